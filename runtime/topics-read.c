/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a worker reads of others, and when it sleeps. Bytes of their rings it
 * believes no more than shm/topic.c does, and no turn reads more than a bounded
 * number of them. Who has nothing to read says in its slot that it sleeps, and
 * looks once more; whoever publishes what it wants then wakes it.
 */
#include "runtime/export.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>

#include <sys/epoll.h>

#include "runtime/mailbox.h"
#include "runtime/topics.h"
#include "runtime/wake.h"
#include "runtime/worker.h"
#include "shm/fault.h"

#define TURN_RECORDS	256	/* looked at in one turn, … */
#define RING_RECORDS	64	/* … of them in one ring */

static void
received(struct topics *t)
{
	t->counts.received++;
	cadre__topics_received(&t->publisher);
}

static void
lost(struct topics *t, uint64_t n)
{
	if (n == 0)
		return;
	t->counts.lost += n;
	cadre__topics_lost(&t->publisher, n);
}

/* Copies first: the function may do what it likes, also with topics. */
static void
hand_out(struct topics *t, struct cadre_mailbox *mailbox,
    const struct topic *topic, const struct cadre_news *news)
{
	cadre_news_fn *fn = topic->fn;
	void *arg = topic->arg;

	received(t);
	CADRE_FAULT_AT("topics.received");
	fn(mailbox, news, arg);
}

const char *
topics_mail(struct cadre_mailbox *mb, struct mail *mail)
{
	struct topics *t = worker_topics(mb->worker);
	char name[CADRE_TOPIC_BYTES];
	struct cadre_news news;
	const char *wrong = topic_open(mail, name, &news);
	struct topic *topic;
	size_t n;

	if (wrong != NULL || news.topic == NULL)
		return wrong;
	n = strlen(name);
	topic = topic_find(&t->table, name, n, cadre__topic_hash(name, n));
	if (topic != NULL)
		hand_out(t, mb, topic, &news);
	return NULL;
}

static bool
is_for_us(struct topics *t, unsigned int slot,
    const struct cadre_shm_news *news)
{
	if (slot == t->own) {
		if (news->scope != CADRE_SCOPE_ALL)
			return false;
		t->own_seen++;
	}
	return news->scope <= CADRE_SCOPE_SIBLINGS &&
	    (t->table.filter & cadre__topic_bit(news->hash)) != 0;
}

/* One record. It is behind the reader when its function runs. */
static void
read_one(struct topics *t, struct cadre_mailbox *mailbox, unsigned int slot,
    const struct cadre_shm_news *head)
{
	struct cadre__reader *r = &t->readers[slot];
	char name[CADRE__TOPIC_BYTES];
	struct cadre_news news = {
		.topic = name,
		.seat = slot / CADRE_SLOTS_PER_SEAT,
		.generation = head->generation,
		.bytes = t->payload,
		.n = head->bytes,
	};
	struct topic *topic;

	if (!is_for_us(t, slot, head)) {
		cadre__reader_pass(r, head);
		return;
	}
	if (!cadre__reader_take(r, head, name, t->payload))
		return;
	cadre__reader_pass(r, head);
	topic = topic_find(&t->table, name, head->topic_bytes, head->hash);
	if (topic != NULL && head->number > topic->from[slot])
		hand_out(t, mailbox, topic, &news);
}

/*
 * Of our own records those for others do not count: what is lost of ours is
 * known when the end is reached, as nobody else writes there.
 */
static void
lost_count(struct topics *t, unsigned int slot, uint64_t before)
{
	const struct cadre__reader *r = &t->readers[slot];

	if (slot != t->own)
		lost(t, r->lost - before);
	else if (r->seen == cadre__reader_newest(r)) {
		lost(t, t->own_all - t->own_seen);
		t->own_seen = t->own_all;
	}
}

static unsigned int
read_ring(struct topics *t, struct cadre_mailbox *mailbox, unsigned int slot,
    unsigned int room)
{
	struct cadre__reader *r = &t->readers[slot];
	struct cadre_shm_news news;
	unsigned int n = 0;
	uint64_t before;

	if (cadre__reader_newest(r) == r->seen)
		return 0;
	/* Counted each time: what a function asks for is up to date. */
	while (n < room && topics_listen(t)) {
		before = r->lost;
		if (!cadre__reader_next(r, &news)) {
			lost_count(t, slot, before);
			break;
		}
		lost_count(t, slot, before);
		read_one(t, mailbox, slot, &news);
		n++;
	}
	lost_count(t, slot, r->lost);
	cadre__topics_cursor(t->cursors, slot, r->seen);
	CADRE_FAULT_AT("topics.cursor");
	return n;
}

void
topics_turn(struct topics *t, struct cadre_mailbox *mailbox)
{
	unsigned int left = TURN_RECORDS, n, slot;

	if (!topics_listen(t) || t->reads)
		return;
	t->reads = true;
	n = topics_slots(t);
	t->turn = t->turn + 1 < n ? t->turn + 1 : 0;
	slot = t->turn;
	for (unsigned int i = 0; i < n && left > 0; i++) {
		left -= read_ring(t, mailbox, slot, left < RING_RECORDS ?
		    left : RING_RECORDS);
		slot = slot + 1 < n ? slot + 1 : 0;
	}
	t->reads = false;
}

static bool
is_new(const struct topics *t)
{
	unsigned int n = topics_slots(t);

	for (unsigned int i = 0; i < n; i++)
		if (cadre__reader_newest(&t->readers[i]) !=
		    t->readers[i].seen)
			return true;
	return false;
}

bool
topics_new(const struct topics *t)
{
	return topics_listen(t) && is_new(t);
}

void
topics_after_wait(struct topics *t)
{
	if (t->asleep)
		cadre__wanted_awake(&t->publisher.head->wanted);
	t->asleep = false;
}

/* It says that it sleeps, and looks once more: cadre__publish_fence(). */
static bool
falls_asleep(struct topics *t)
{
	topics_after_wait(t);
	cadre__wanted_sleep(&t->publisher.head->wanted);
	t->asleep = true;
	if (!is_new(t))
		return true;
	topics_after_wait(t);
	return false;
}

int
topics_before_wait(struct topics *t, int timeout_ms)
{
	if (!topics_listen(t) || timeout_ms == 0)
		return timeout_ms;
	if ((t->deaf || t->epoll < 0) && (timeout_ms < 0 || timeout_ms > WAKE_LOOK_MS))
		timeout_ms = WAKE_LOOK_MS;
	return falls_asleep(t) ? timeout_ms : 0;
}

bool
topics_pend(struct topics *t)
{
	if (!topics_listen(t) || falls_asleep(t))
		return false;
	return topics_wake(t, t->own / CADRE_SLOTS_PER_SEAT);
}

static bool
hear(const struct topics *t, int epfd)
{
	struct epoll_event e = { .events = EPOLLIN | EPOLLRDHUP | EPOLLET,
	    .data.ptr = (void *)(uintptr_t)t };

	return CADRE_FAULT("topics.join") == 0 && (epoll_ctl(epfd,
	    EPOLL_CTL_ADD, t->bell, &e) == 0 || errno == EEXIST);
}

/*
 * A clock in its place. Without memory for one a wait of ours is short; in a
 * loop of the application messages and connections still wake it.
 */
static void
bell_shut(struct topics *t, int epfd)
{
	int clock = wake_clock();

	t->deaf = true;
	if (clock < 0)
		return;
	if (t->epoll >= 0)
		(void)epoll_ctl(t->epoll, EPOLL_CTL_DEL, t->bell, NULL);
	t->bell = clock;
	t->shut = true;
	t->deaf = !hear(t, epfd);
	t->epoll = t->deaf ? -1 : epfd;
}

/*
 * Only who subscribes is to be woken. Who shares the bell may have hung it into
 * so many epolls that the kernel takes no more of them.
 */
void
topics_join(struct topics *t, int epfd)
{
	if (!topics_listen(t) || t->epoll == epfd)
		return;
	if (hear(t, epfd)) {
		if (t->epoll >= 0)
			(void)epoll_ctl(t->epoll, EPOLL_CTL_DEL, t->bell, NULL);
		t->epoll = epfd;
		t->deaf = false;
	} else if (!t->shut)
		bell_shut(t, epfd);
	else
		t->deaf = true;
}

void
topics_rung(struct topics *t, uint32_t events)
{
	if (t->shut)
		wake_clock_read(t->bell);
	else if ((events & (EPOLLHUP | EPOLLRDHUP)) != 0)
		bell_shut(t, t->epoll);
	else
		wake_empty(t->bell, t->cords[t->own / CADRE_SLOTS_PER_SEAT %
		    t->ncords]);
}
