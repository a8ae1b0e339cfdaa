/* SPDX-License-Identifier: BSD-2-Clause */
/* Workers that publish and subscribe as told; see gazette.h. */
#include "t/lib/gazette.h"

#include <errno.h>
#include <signal.h>
#include <string.h>

#include <sys/mman.h>

#include "runtime/topics.h"
#include "runtime/worker.h"
#include "shm/atomic.h"
#include "shm/clock.h"
#include "t/lib/tap.h"

#define LIVES	8192	/* told apart by their generation */
#define METRICS	32
#define FLOW	1000	/* pieces, each time */

enum { SUBSCRIBE = 1, UNSUBSCRIBE, PUBLISH, HOLD, TALLY };

struct piece {
	uint64_t	number;
	uint64_t	sum;		/* of all that follows */
	uint32_t	seat, bytes;	/* all of it */
	unsigned char	filling[];
};

static struct {
	uint64_t	pieces;		/* published as told, by all workers */
	uint64_t	until;		/* so many are: who is held goes on */
} *shared;

static struct gazette_tally tally;	/* a worker's */
static uint64_t numbers;		/* of what it published */
static struct cadre_worker *self;
static struct cadre_region *region;	/* of the app there is */

/* Before any worker is forked. */
static void __attribute__((constructor))
share(void)
{
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED)
		bail_out("no shared words: %s", strerror(errno));
}

static uint64_t
sum(const struct piece *p)
{
	uint64_t h = p->number * UINT64_C(0x9e3779b97f4a7c15) + p->seat;

	for (size_t i = 0; i < p->bytes - sizeof(*p); i++)
		h = (h ^ p->filling[i]) * UINT64_C(0x100000001b3);
	return h;
}

size_t
gazette_write(void *to, uint64_t number, uint32_t seat, size_t bytes)
{
	struct piece *p = to;

	p->number = number;
	p->seat = seat;
	p->bytes = (uint32_t)(sizeof(*p) + bytes);
	for (size_t i = 0; i < bytes; i++)
		p->filling[i] = (unsigned char)(number * 131 + i * 7 + seat);
	p->sum = sum(p);
	return p->bytes;
}

void
gazette_news(struct cadre_mailbox *mb, const struct cadre_news *news,
    void *arg)
{
	static uint64_t generation[LIVES], last[LIVES];
	static uint64_t aligned[GAZETTE_BYTES / 8 + 8];
	const struct piece *p = (const void *)aligned;
	struct gazette_tally *t = arg;
	size_t i = news->generation % LIVES;

	(void)mb;
	t->calls++;
	if (news->n < sizeof(*p) || news->n > sizeof(aligned)) {
		t->torn++;
		return;
	}
	memcpy(aligned, news->bytes, news->n);
	if (p->bytes != news->n || p->sum != sum(p)) {
		t->torn++;
		return;
	}
	/* A life counts from 1; two of a seat may publish at once. */
	if (news->generation != generation[i]) {
		t->astray += news->generation < generation[i];
		generation[i] = news->generation;
		last[i] = 0;
	}
	t->astray += p->seat != news->seat || p->number <= last[i];
	last[i] = p->number;
	t->from[news->seat % GAZETTE_SEATS]++;
}

static int
publish(struct cadre_mailbox *mb, const struct gazette_order *o)
{
	static uint64_t piece[GAZETTE_BYTES / 8 + 8];
	int err = 0;
	size_t n;

	for (uint32_t i = 0; i < o->count && err == 0; i++) {
		numbers++;
		n = gazette_write(piece, numbers, cadre_worker_seat(self),
		    o->bytes != 0 ? o->bytes : numbers * 61 % 500);
		err = cadre_mailbox_publish(mb, o->topic, piece, n,
		    (enum cadre_scope)o->scope);
		shm_add(&shared->pieces, 1);
	}
	return err;
}

/* Should the test come to a bad end, so does this. */
static void
hold(void)
{
	uint64_t end_ns = clock_now_ns() + APP_WAIT_S * NS_PER_S;

	while (shm_load(&shared->pieces) < shm_load(&shared->until) &&
	    clock_now_ns() < end_ns)
		;
}

/* Is there anything that it has yet to read? That it sleeps may be old. */
static bool
is_behind(void)
{
	const struct topics *t = worker_topics(self);

	for (unsigned int i = 0; topics_listen(t) && i < topics_slots(t); i++)
		if (cadre__reader_newest(&t->readers[i]) !=
		    t->readers[i].seen)
			return true;
	return false;
}

static void
on_order(struct cadre_mailbox *mb, struct cadre_message *message, void *arg)
{
	struct gazette_order o;

	(void)arg;
	memcpy(&o, message->bytes, sizeof(o));
	if (message->type == SUBSCRIBE)
		o.err = cadre_mailbox_subscribe(mb, o.topic, gazette_news,
		    &tally);
	else if (message->type == UNSUBSCRIBE)
		o.err = cadre_mailbox_unsubscribe(mb, o.topic);
	else if (message->type == PUBLISH)
		o.err = publish(mb, &o);
	else if (message->type == TALLY) {
		cadre_mailbox_topic_counts(mb, &tally.counts);
		tally.behind = is_behind();
		cadre_mailbox_reply(mb, &message->from, TALLY, &tally,
		    sizeof(tally));
		return;
	}
	cadre_mailbox_reply(mb, &message->from, message->type, &o, sizeof(o));
	if (message->type == HOLD)
		hold();
}

void
gazette_set_up(struct cadre_worker *w, struct cadre_mailbox *mb)
{
	self = w;
	memset(&tally, 0, sizeof(tally));
	cadre_mailbox_on(mb, CADRE_TYPE_ANY, on_order, NULL);
}

struct answer {
	int	came, err;
	struct gazette_tally *tally;
};

static void
on_answer(struct cadre_mailbox *mb, int err, struct cadre_message *reply,
    void *arg)
{
	struct answer *a = arg;
	struct gazette_order o;

	(void)mb;
	a->came = 1;
	a->err = err;
	if (err < 0)
		return;
	if (a->tally != NULL)
		memcpy(a->tally, reply->bytes, sizeof(*a->tally));
	else {
		memcpy(&o, reply->bytes, sizeof(o));
		a->err = o.err;
	}
}

static int
tell(uint32_t seat, uint32_t type, const char *topic, struct gazette_order o,
    struct gazette_tally *ret_tally)
{
	static struct answer a;		/* it may come when nobody waits */
	int err;

	a = (struct answer){ .tally = ret_tally };
	strcpy(o.topic, topic);
	err = cadre_mailbox_request(post_box, seat, type, &o, sizeof(o),
	    APP_WAIT_S * 1000, on_answer, &a);
	if (err >= 0)
		err = post_counted(&a.came, 1) ? a.err : -ETIMEDOUT;
	return err;
}

int
gazette_subscribe(uint32_t seat, const char *topic)
{
	struct gazette_order o = { .count = 0 };

	return tell(seat, SUBSCRIBE, topic, o, NULL);
}

int
gazette_unsubscribe(uint32_t seat, const char *topic)
{
	struct gazette_order o = { .count = 0 };

	return tell(seat, UNSUBSCRIBE, topic, o, NULL);
}

int
gazette_publish(uint32_t seat, const char *topic, enum cadre_scope scope,
    uint32_t count, uint32_t bytes)
{
	struct gazette_order o = { .scope = scope, .count = count,
	    .bytes = bytes };

	return tell(seat, PUBLISH, topic, o, NULL);
}

int
gazette_hold(uint32_t seat, uint32_t pieces)
{
	struct gazette_order o = { .count = 0 };

	shm_store(&shared->until, shm_load(&shared->pieces) + pieces);
	return tell(seat, HOLD, "", o, NULL);
}

void
gazette_release(void)
{
	shm_store(&shared->until, 0);
}

static void
seen(struct cadre_region *r, uint32_t seat, struct cadre_topics_view *sum_view,
    bool *ret_asleep)
{
	struct cadre_topics_view v;

	*sum_view = (struct cadre_topics_view){ .lost = 0 };
	*ret_asleep = false;
	for (unsigned int k = 0; k < CADRE_SLOTS_PER_SEAT; k++)
		if (cadre_region_topics(r, seat, k, &v) == 0) {
			sum_view->received += v.received;
			sum_view->lost += v.lost;
			sum_view->woken += v.woken;
			sum_view->topics += v.topics;
			*ret_asleep |= v.asleep;
		}
}

struct cadre_region *
gazette_region(void)
{
	if (region == NULL && cadre_region_open("app", &region) < 0)
		bail_out("no region: %s", cadre_error(-ENOENT));
	return region;
}

bool
gazette_stop(void)
{
	cadre_region_close(region);
	region = NULL;
	return post_stop();
}

struct wish {
	uint32_t	seat;
	uint64_t	received;
};

static bool
is_asleep(void *arg)
{
	const struct wish *w = arg;
	struct cadre_topics_view v;
	bool asleep;

	seen(gazette_region(), w->seat, &v, &asleep);
	return asleep;
}

static bool
has_received(void *arg)
{
	const struct wish *w = arg;
	struct cadre_topics_view v;
	bool asleep;

	seen(gazette_region(), w->seat, &v, &asleep);
	return v.received >= w->received;
}

bool
gazette_asleep(uint32_t seat)
{
	struct wish w = { .seat = seat };

	return post_until(is_asleep, &w);
}

bool
gazette_received(uint32_t seat, uint64_t n)
{
	struct wish w = { .seat = seat, .received = n };

	return post_until(has_received, &w);
}

uint64_t
gazette_woken(uint32_t seat)
{
	struct cadre_topics_view v;
	bool asleep;

	seen(gazette_region(), seat, &v, &asleep);
	return v.woken;
}

int
gazette_tally(uint32_t seat, struct gazette_tally *ret_tally)
{
	struct gazette_order o = { .count = 0 };
	uint64_t end_ns = clock_now_ns() + APP_WAIT_S * NS_PER_S;
	int err;

	do
		err = tell(seat, TALLY, "", o, ret_tally);
	while (err == 0 && ret_tally->behind && clock_now_ns() < end_ns);
	return err == 0 && ret_tally->behind ? -ETIMEDOUT : err;
}

uint64_t
gazette_total(const char *metric, unsigned int seat)
{
	int i = cadre_region_find(gazette_region(), metric);
	uint64_t v[METRICS] = { 0 };

	if (i < 0 || i >= METRICS)
		bail_out("no metric %s", metric);
	if (seat == CADRE_NO_SEAT)
		cadre_region_totals(gazette_region(), v, METRICS);
	else
		cadre_region_values(gazette_region(), seat, v, METRICS);
	return v[i];
}

struct flow {
	unsigned int	seats, least;
	uint64_t	before[GAZETTE_SEATS];
};

static bool
flows(void *arg)
{
	const struct flow *f = arg;
	struct cadre_health h;
	unsigned int up = 0;

	for (unsigned int i = 0; i < f->seats; i++) {
		if (cadre_master_health(post_master, i, &h) < 0 ||
		    h.state != CADRE_STATE_UP)
			continue;
		if (gazette_total("got", i) < f->before[i] + FLOW)
			return false;
		up++;
	}
	return up >= f->least;
}

bool
gazette_flows(unsigned int seats, unsigned int least)
{
	struct flow f = { .seats = seats, .least = least };

	for (unsigned int i = 0; i < seats; i++)
		f.before[i] = gazette_total("got", i);
	return post_until(flows, &f);
}

void
gazette_kill_some(unsigned int seats)
{
	struct cadre_health h;

	for (unsigned int i = 0; i < seats; i += 2)
		if (cadre_master_health(post_master, i, &h) == 0 && h.pid > 0)
			kill((pid_t)h.pid, SIGKILL);
}
