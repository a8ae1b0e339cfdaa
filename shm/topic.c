/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A ring of records of any length, and who is to be woken for one.
 *
 * The publisher says first how far it will overwrite (`reserve`), then writes
 * the record, then where it ends, then counts it. A reader copies, and asks
 * `reserve` afterwards whether it was overwritten meanwhile. Killed anywhere
 * before the count, nothing was published, and the next record goes to the same
 * place; `reserve` stays, as what it names may be torn.
 *
 * Fences come in pairs, A to E: each names the function of its partner.
 */
#include "shm/export.h"

#include <string.h>

#include "shm/topic.h"

#define WORD		sizeof(uint64_t)
#define TRIES		8		/* to look at a count and its end */
#define BEGIN_TRIES	1000
#define JUMPS		3		/* of a reader that was lapped, a call */

/* FNV-1a, 64 bits. */
uint64_t
cadre__topic_hash(const char *topic, size_t n)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325);

	for (size_t i = 0; i < n; i++)
		h = (h ^ (unsigned char)topic[i]) * UINT64_C(0x100000001b3);
	return h != 0 ? h : 1;
}

static uint64_t
whole_words(uint64_t n)
{
	return (n + WORD - 1) & ~(uint64_t)(WORD - 1);
}

static uint64_t
news_bytes(const struct cadre_shm_news *news)
{
	return sizeof(*news) + whole_words(news->topic_bytes) +
	    whole_words(news->bytes);
}

/* A word of the ring, wherever a position says: always inside. */
static size_t
place(uint64_t at, uint64_t bytes)
{
	return (at & (bytes - 1)) / WORD;
}

/* Returns the position behind it, the last word filled up with zeros. */
static uint64_t
put(struct cadre__publisher *p, uint64_t at, const void *from, size_t n)
{
	const char *f = from;
	uint64_t word;

	for (; n >= WORD; n -= WORD, f += WORD, at += WORD) {
		memcpy(&word, f, WORD);
		shm_store(&p->ring[place(at, p->bytes)], word);
	}
	if (n == 0)
		return at;
	word = 0;
	memcpy(&word, f, n);
	shm_store(&p->ring[place(at, p->bytes)], word);
	return at + WORD;
}

static uint64_t
get(const struct cadre__reader *r, uint64_t at, void *to, uint64_t n)
{
	char *t = to;
	uint64_t word;

	for (uint64_t i = 0; i < n; i += WORD, at += WORD) {
		word = shm_load(&r->ring[place(at, r->bytes)]);
		memcpy(t + i, &word, WORD);
	}
	return at;
}

/*
 * Words that make no sense are of a life that did as it liked; who reads them
 * passes on to what comes now.
 */
void
cadre__publisher_begin(struct cadre__publisher *p,
    struct cadre_shm_topics *head, uint64_t *ring, uint64_t bytes,
    uint64_t generation)
{
	uint64_t n = shm_load(&head->records), end;

	*p = (struct cadre__publisher){ head, ring, bytes, generation };
	end = whole_words(shm_load(&head->end[n & 1]));
	if (shm_load(&head->reserve) - end > bytes)
		shm_store(&head->reserve, end);
	CADRE_FAULT_AT("topic.begin");
	shm_store(&head->wanted.filter, 0);
	shm_store(&head->wanted.topics, 0);
	for (int i = 0; i < CADRE_WANTED_MAX; i++)
		shm_store(&head->wanted.hash[i], 0);
	cadre__wanted_awake(&head->wanted);
}

/* The first that begins in an eighth; a longer one may leave out the next. */
static void
put_mark(struct cadre__publisher *p, uint64_t at)
{
	uint64_t eighth = p->bytes / CADRE_NEWS_MARKS;
	uint64_t *mark = &p->head->mark[at / eighth % CADRE_NEWS_MARKS];

	if (shm_load(mark) / eighth != at / eighth)
		shm_store(mark, at);
}

void
cadre__publish(struct cadre__publisher *p, const char *topic,
    size_t topic_bytes, uint64_t hash, uint16_t scope, const void *bytes,
    size_t n)
{
	struct cadre_shm_topics *h = p->head;
	struct cadre_shm_news news = {
		.number = shm_load(&h->records) + 1,
		.bytes = (uint32_t)n,
		.topic_bytes = (uint16_t)topic_bytes,
		.scope = scope,
		.hash = hash,
		.generation = p->generation,
	};
	uint64_t at = whole_words(shm_load(&h->end[(news.number - 1) & 1]));
	uint64_t end = at + news_bytes(&news);

	/* One that was killed may have torn more than this one will. */
	if ((int64_t)(end - shm_load(&h->reserve)) > 0)
		shm_store(&h->reserve, end);
	CADRE_FAULT_AT("topic.reserve");
	shm_fence_store();	/* A: the last count, and reserve, then words:
				   look(), its second, and whole() */
	put_mark(p, at);
	at = put(p, at, &news, sizeof(news));
	at = put(p, at, topic, topic_bytes);
	(void)put(p, at, bytes, n);
	CADRE_FAULT_AT("topic.words");
	shm_store(&h->end[news.number & 1], end);
	shm_fence_store();	/* B: words and end, then the count: look() */
	shm_store(&h->records, news.number);
	CADRE_FAULT_AT("topic.count");
}

/* A count, and where it ends, of one instant. */
static bool
look(struct cadre__reader *r, int tries)
{
	uint64_t n = 0, end = 0;

	for (int i = 0; i < tries; i++) {
		n = shm_load(&r->head->records);
		shm_fence_load();	/* B: the count, then words and end:
					   cadre__publish() */
		end = shm_load(&r->head->end[n & 1]);
		shm_fence_load();	/* A: the end, then the count:
					   cadre__publish() */
		if (shm_load(&r->head->records) != n)
			continue;
		r->known = n;
		r->end = whole_words(end);
		return true;
	}
	return false;
}

void
cadre__reader_begin(struct cadre__reader *r,
    const struct cadre_shm_topics *head, const uint64_t *ring, uint64_t bytes)
{
	*r = (struct cadre__reader){ .head = head, .ring = ring,
	    .bytes = bytes };
	/* Without, the first record makes no sense, and is passed over. */
	(void)look(r, BEGIN_TRIES);
	r->seen = r->known;
	r->at = r->end;
}

/* After a copy: had nothing of what begins there been overwritten? */
static bool
whole(const struct cadre__reader *r, uint64_t at)
{
	shm_fence_load();	/* A: words, then reserve: cadre__publish() */
	return shm_load(&r->head->reserve) - at <= r->bytes;
}

static bool
head_copy(const struct cadre__reader *r, uint64_t at,
    struct cadre_shm_news *ret_news)
{
	(void)get(r, at, ret_news, sizeof(*ret_news));
	return whole(r, at);
}

/* To the newest, past all that is not understood or cannot be had. */
static void
give_up(struct cadre__reader *r)
{
	r->lost += r->known - r->seen;
	r->seen = r->known;
	r->at = r->end;
}

/* The first record that begins in one of the eighths from this one on. */
static bool
mark_find(const struct cadre__reader *r, uint64_t from, uint64_t *ret_at)
{
	uint64_t eighth = r->bytes / CADRE_NEWS_MARKS, at;

	for (uint64_t k = from; k - from < CADRE_NEWS_MARKS; k++) {
		at = shm_load(&r->head->mark[k % CADRE_NEWS_MARKS]);
		if (at % WORD == 0 && at / eighth == k &&
		    r->end - at - 1 < r->bytes) {
			*ret_at = at;
			return true;
		}
	}
	return false;
}

/*
 * Lapped: go on an eighth behind the oldest, or two, since the writer needs
 * that long to lap it again. The number of the record there tells how many
 * are lost. False: now is no time for it.
 */
static bool
jump(struct cadre__reader *r)
{
	uint64_t eighth = r->bytes / CADRE_NEWS_MARKS, at, passed;
	struct cadre_shm_news news;

	for (int i = 0; i < JUMPS; i++) {
		if (!look(r, TRIES))
			return false;
		at = shm_load(&r->head->reserve) - r->bytes;
		if (!mark_find(r, at / eighth + 2, &at))
			break;
		if (!head_copy(r, at, &news))
			continue;
		passed = news.number - 1 - r->seen;
		if (passed >= r->known - r->seen)
			break;
		r->lost += passed;
		r->seen += passed;
		r->at = at;
		return true;
	}
	give_up(r);
	return true;
}

/* Could it be what a publisher writes, all of which it has counted? */
static bool
makes_sense(const struct cadre__reader *r, const struct cadre_shm_news *news)
{
	return news->number == r->seen + 1 && news->bytes <= r->bytes / 4 &&
	    news->topic_bytes > 0 && news->topic_bytes <= CADRE__TOPIC_MAX &&
	    news_bytes(news) <= r->end - r->at;
}

bool
cadre__reader_next(struct cadre__reader *r, struct cadre_shm_news *ret_news)
{
	struct cadre_shm_news news;

	for (int i = 0; i < JUMPS; i++) {
		if (r->seen == r->known && (cadre__reader_newest(r) ==
		    r->seen || !look(r, TRIES)))
			return false;
		if (!head_copy(r, r->at, &news)) {
			if (!jump(r))
				return false;
		} else if (makes_sense(r, &news)) {
			*ret_news = news;
			return true;
		} else {
			give_up(r);
			return false;
		}
	}
	return false;
}

bool
cadre__reader_take(struct cadre__reader *r, const struct cadre_shm_news *news,
    char topic[CADRE__TOPIC_BYTES], void *payload)
{
	uint64_t at = r->at + sizeof(*news);

	at = get(r, at, topic, whole_words(news->topic_bytes));
	topic[news->topic_bytes] = '\0';
	(void)get(r, at, payload, whole_words(news->bytes));
	return whole(r, r->at);
}

void
cadre__reader_pass(struct cadre__reader *r, const struct cadre_shm_news *news)
{
	r->at += news_bytes(news);
	r->seen++;
	if (r->seen == r->known)
		r->at = r->end;
}

/*
 * Two look at each other: who publishes stores its count, passes a full fence
 * and looks who sleeps; who goes to sleep says so, passes a full fence and
 * looks at the counts. One of them sees the other: either it is woken, or it
 * does not sleep. How many there are to look at is of the same kind: the fork
 * after cadre__anchor_used() is the fence of whoever is born.
 */
void
cadre__publish_fence(void)
{
	shm_fence_full();	/* C: the count, then seats and who sleeps:
				   cadre__wanted_sleep(), and the fork after
				   cadre__anchor_used() */
}

void
cadre__wanted_sleep(struct cadre_shm_wanted *w)
{
	shm_fence_store();	/* D: what it wants, then that it sleeps:
				   cadre__wanted_sleeps() */
	shm_store(&w->sleeps, shm_load(&w->sleeps) + 1);
	CADRE_FAULT_AT("topic.asleep");
	shm_fence_full();	/* C: it sleeps, then seats and counts:
				   cadre__publish_fence(), and the fork after
				   cadre__anchor_used() */
}

void
cadre__wanted_awake(struct cadre_shm_wanted *w)
{
	uint64_t sleeps = shm_load(&w->sleeps);

	if ((sleeps & 1) != 0)
		shm_store(&w->sleeps, sleeps + 1);
}

void
cadre__wanted_set(struct cadre_shm_wanted *w, unsigned int place, uint64_t hash)
{
	uint64_t filter = 0, topics = 0, h;

	if (place >= CADRE_WANTED_MAX)
		return;
	shm_store(&w->hash[place], hash);
	CADRE_FAULT_AT("topic.wanted");
	for (unsigned int i = 0; i < CADRE_WANTED_MAX; i++) {
		h = shm_load(&w->hash[i]);
		filter |= h != 0 ? cadre__topic_bit(h) : 0;
		topics += h != 0;
	}
	shm_store(&w->topics, topics);
	shm_fence_store();	/* E: hashes, then filter:
				   cadre__wanted_has() */
	shm_store(&w->filter, filter);
}

bool
cadre__wanted_has(const struct cadre_shm_wanted *w, uint64_t hash)
{
	if ((shm_load(&w->filter) & cadre__topic_bit(hash)) == 0)
		return false;
	shm_fence_load();	/* E: filter, then hashes:
				   cadre__wanted_set() */
	for (unsigned int i = 0; i < CADRE_WANTED_MAX; i++)
		if (shm_load(&w->hash[i]) == hash)
			return true;
	return false;
}

/* What it subscribed to while it was awake is seen by who sees it asleep. */
bool
cadre__wanted_sleeps(const struct cadre_shm_wanted *w, uint64_t hash,
    uint64_t *inout_woken)
{
	uint64_t sleep = shm_load(&w->sleeps);

	if ((sleep & 1) == 0 || sleep == *inout_woken)
		return false;
	shm_fence_load();	/* D: it sleeps, then what it wants:
				   cadre__wanted_sleep() */
	if (!cadre__wanted_has(w, hash))
		return false;
	*inout_woken = sleep;
	return true;
}
