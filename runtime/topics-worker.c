/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A worker's side of publish and subscribe: what it wants, and what it
 * publishes. It writes into its own slot alone; what it wants of others is
 * read in topics-read.c.
 *
 * A wake-up may be one too many, as workers of a seat share a bell (wake.h),
 * and is never one too few.
 */
#include "runtime/export.h"

#include <errno.h>
#include <stdlib.h>

#include <sys/random.h>

#include "runtime/mailbox.h"
#include "runtime/size.h"
#include "runtime/topics.h"
#include "runtime/wake.h"
#include "runtime/worker.h"
#include "shm/atomic.h"
#include "shm/clock.h"
#include "shm/fail.h"
#include "shm/fault.h"
#include "shm/slot.h"

/*
 * Others remember in which sleep they have woken this slot. Whoever wrote there
 * before us may have been woken for a sleep that is still to come: it must not
 * have known its number.
 */
static void
sleeps_begin(struct cadre_shm_wanted *own, uint64_t generation)
{
	uint64_t lot = clock_now_ns() ^ generation << 32;

	(void)!getrandom(&lot, sizeof(lot), GRND_NONBLOCK);
	shm_store(&own->sleeps, lot & ~UINT64_C(1));
}

/* The anchor is our own master's, and believed: see cadre__slot_begin(). */
void
topics_begin(struct topics *t, struct cadre_worker *w,
    const struct worker_birth *birth)
{
	const struct cadre_shm_section *head, *cursors, *news, *wanted;
	char *slot = birth->slot;

	*t = (struct topics){ .epoll = -1 };
	head = cadre__section_find(birth->anchor, CADRE_SECTION_TOPICS);
	cursors = cadre__section_find(birth->anchor, CADRE_SECTION_CURSORS);
	news = cadre__section_find(birth->anchor, CADRE_SECTION_NEWS);
	wanted = cadre__section_find(birth->anchor, CADRE_SECTION_WANTED);
	if (head == NULL || cursors == NULL || news == NULL || wanted == NULL)
		return;
	t->master = (const void *)((const char *)birth->anchor +
	    wanted->offset);
	t->head_at = head->offset;
	t->news_at = news->offset;
	t->cursors = (void *)(slot + cursors->offset);
	t->nslots = cursors->records;
	t->own = birth->slot_number;
	t->exec = w;
	t->slots = birth->slots;
	t->cords = birth->cords;
	t->ncords = birth->ncords;
	t->bell = birth->bell;
	cadre__publisher_begin(&t->publisher, (void *)(slot + t->head_at),
	    (void *)(slot + t->news_at), news->bytes, birth->generation);
	sleeps_begin(&t->publisher.head->wanted, birth->generation);
}

static const struct cadre_shm_topics *
head_of(const struct topics *t, unsigned int slot)
{
	return (const void *)(t->slots[slot] + t->head_at);
}

static int
can(struct topics *t)
{
	if (t->publisher.head == NULL)
		return cadre__fail(-EOPNOTSUPP, "nobody can publish in this "
		    "app: CADRE_PUBLISH_BYTES is 0, or it has more than %d "
		    "seats", PUBLISH_SEATS_MAX);
	return t->ncords > 0 ? 0 : topics_ask(t->exec, &t->slots, &t->cords,
	    &t->ncords, &t->bell);
}

/* From now on: with no topic before, nobody has read for a while. */
static void
readers_begin(struct topics *t)
{
	for (unsigned int i = 0; i < t->nslots; i++) {
		cadre__reader_begin(&t->readers[i], head_of(t, i),
		    (const void *)(t->slots[i] + t->news_at),
		    t->publisher.bytes);
		cadre__topics_cursor(t->cursors, i, t->readers[i].seen);
	}
	t->own_all = t->own_seen = 0;
}

static int
readers_make(struct topics *t)
{
	if (t->readers == NULL && CADRE_FAULT("topics.readers") == 0)
		t->readers = calloc(t->nslots, sizeof(*t->readers));
	/* As it stands in the ring: whole words. */
	if (t->payload == NULL)
		t->payload = malloc(t->publisher.bytes / 4);
	return t->readers == NULL || t->payload == NULL ? -ENOMEM : 0;
}

int
topics_subscribe(struct cadre_mailbox *mb, const char *name,
    cadre_news_fn *fn, void *arg)
{
	struct topics *t = worker_topics(mb->worker);
	struct topic *topic;
	bool first = !topics_listen(t);
	int err;

	err = can(t);
	if (err == 0)
		err = readers_make(t);
	if (err == 0)
		err = topic_add(&t->table, name, fn, arg, &topic);
	if (err <= 0)
		return err;
	topic->from = calloc(t->nslots, sizeof(*topic->from));
	if (topic->from == NULL) {
		topic_remove(&t->table, topic);
		return -ENOMEM;
	}
	if (first)
		readers_begin(t);
	/* The first begins where the readers do: what is lost from there on is
	   what it has lost. */
	for (unsigned int i = 0; i < t->nslots; i++)
		topic->from[i] = first ? t->readers[i].seen :
		    cadre__reader_newest(&t->readers[i]);
	cadre__wanted_set(&t->publisher.head->wanted,
	    (unsigned int)(topic - t->table.topic), topic->hash);
	return 0;
}

int
topics_unsubscribe(struct cadre_mailbox *mb, const char *name)
{
	struct topics *t = worker_topics(mb->worker);
	struct topic *topic;
	size_t n;
	int err;

	err = topic_check(name, &n);
	topic = err < 0 ? NULL : topic_find(&t->table, name, n,
	    cadre__topic_hash(name, n));
	if (topic == NULL)
		return cadre__fail(-ENOENT, "that topic is not subscribed to");
	cadre__wanted_set(&t->publisher.head->wanted,
	    (unsigned int)(topic - t->table.topic), 0);
	topic_remove(&t->table, topic);
	return 0;
}

bool
topics_wake(const struct topics *t, unsigned int seat)
{
	return wake_pull(t->cords[seat % t->ncords]);
}

static void
wake_sleepers(struct topics *t, uint64_t hash)
{
	const struct cadre_shm_wanted *w;
	unsigned int n;

	cadre__publish_fence();
	n = topics_slots(t);
	for (unsigned int i = 0; i < n; i++) {
		w = &head_of(t, i)->wanted;
		if (i == t->own || !cadre__wanted_asleep(w, t->woken[i]) ||
		    !cadre__wanted_sleeps(w, hash, &t->woken[i]))
			continue;
		if (topics_wake(t, i / CADRE_SLOTS_PER_SEAT)) {
			t->counts.woken++;
			cadre__topics_woken(&t->publisher);
		} else
			t->woken[i] = 0;	/* the next one tries again */
	}
}

/* What is not for ourselves is passed over at once, if nothing waits before. */
static void
own_pass(struct topics *t, enum cadre_scope scope)
{
	struct cadre__reader *r;

	if (!topics_listen(t))
		return;
	r = &t->readers[t->own];
	if (scope == CADRE_SCOPE_ALL)
		t->own_all++;
	else if (r->seen + 1 == cadre__reader_newest(r))
		cadre__reader_begin(r, r->head, r->ring, r->bytes);
}

static int
publish_here(struct topics *t, const struct topic_post *p)
{
	if (t->woken == NULL && CADRE_FAULT("topics.woken") == 0)
		t->woken = calloc(t->nslots, sizeof(*t->woken));
	if (t->woken == NULL)
		return -ENOMEM;
	cadre__publish(&t->publisher, p->name, p->name_bytes, p->hash,
	    (uint16_t)p->scope, p->bytes, p->n);
	own_pass(t, p->scope);
	CADRE_FAULT_AT("topics.published");
	wake_sleepers(t, p->hash);
	return 0;
}

/*
 * What can fail comes first: the master's copy, and the room for who was woken.
 * Then it is written, and what is left to fail is that the copy is sent.
 */
static int
publish(struct topics *t, struct cadre_mailbox *mb,
    const struct topic_post *p, struct letter *up)
{
	bool here = p->scope != CADRE_SCOPE_MASTER;
	int err = here ? publish_here(t, p) : 0;

	if (err < 0)
		return err;
	if (up != NULL)
		err = mb->side->send(mb, CADRE_MASTER, up);
	t->counts.published += here || err >= 0;
	return err < 0 ? err : 0;
}

int
topics_publish(struct cadre_mailbox *mb, const struct topic_post *p)
{
	struct topics *t = worker_topics(mb->worker);
	struct letter up;
	int err;

	err = can(t);
	if (err < 0)
		return err;
	if (p->n > t->publisher.bytes / 4)
		return cadre__fail(-EMSGSIZE, "%zu bytes are too many to "
		    "publish: a quarter of CADRE_PUBLISH_BYTES at most, %llu",
		    p->n, (unsigned long long)t->publisher.bytes / 4);
	if (p->scope == CADRE_SCOPE_SIBLINGS ||
	    !cadre__wanted_has(t->master, p->hash))
		return publish(t, mb, p, NULL);
	err = topic_letter(mb, p, &up);
	if (err < 0)
		return err;
	err = publish(t, mb, p, &up);
	topic_letter_done(&up);
	return err;
}

const struct cadre_topic_counts *
topics_counts(const struct cadre_mailbox *mb)
{
	return &worker_topics(mb->worker)->counts;
}
