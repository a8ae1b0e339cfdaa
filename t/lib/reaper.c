/* SPDX-License-Identifier: BSD-2-Clause */
/* Publishers and subscribers that are killed; see reaper.h. */
#include "t/lib/reaper.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sys/mman.h>

#include "runtime/topics.h"
#include "runtime/worker.h"
#include "shm/atomic.h"
#include "shm/clock.h"
#include "shm/region.h"
#include "t/lib/gazette.h"
#include "t/lib/probe.h"
#include "t/lib/tap.h"

#define RING	16384
#define LOT	1500		/* more than a ring holds */

enum { AWAKE = 1, TALLY };

static struct common {			/* of all these processes */
	uint64_t	rests;		/* publishers do */
	uint64_t	torn, astray, failed;
} *common;

struct life_tally {
	uint64_t	received, lost, generation;
	uint64_t	from;		/* records that were there before it */
};

static uint64_t piece[GAZETTE_BYTES / 8];

static void
on_news(struct cadre_mailbox *mb, const struct cadre_news *news, void *arg)
{
	static struct gazette_tally t;

	(void)arg;
	gazette_news(mb, news, &t);
	shm_add(&common->torn, t.torn);
	shm_add(&common->astray, t.astray);
	t.torn = t.astray = 0;
}

static void
on_tally(struct cadre_mailbox *mb, struct cadre_message *message, void *arg)
{
	const struct topics *topics = worker_topics(arg);
	struct life_tally t = {
		.received = topics->counts.received,
		.lost = topics->counts.lost,
		.generation = cadre_worker_generation(arg),
	};

	for (unsigned int i = 0; i < topics->nslots; i++)
		t.from += i != topics->own ?
		    topics->table.topic[0].from[i] : 0;
	cadre_mailbox_reply(mb, &message->from, TALLY, &t, sizeof(t));
}

static void
publish(struct cadre_worker *w, struct cadre_mailbox *mb, uint64_t *number)
{
	long lot = random() % 200 == 0 ? LOT : random() % 20;
	size_t n;

	while (lot-- > 0) {
		n = gazette_write(piece, ++*number, cadre_worker_seat(w),
		    (size_t)(random() % 300));
		if (cadre_mailbox_publish(mb, "news", piece, n,
		    CADRE_SCOPE_OTHERS) < 0)
			shm_add(&common->failed, 1);
	}
}

static void
serve(struct cadre_worker *w, struct cadre_mailbox *mb)
{
	int epfd = epoll_create1(EPOLL_CLOEXEC);
	struct epoll_event e[4];
	uint64_t number = 0;

	srandom((unsigned int)cadre_worker_generation(w));
	cadre_mailbox_on(mb, TALLY, on_tally, w);
	if (cadre_mailbox_subscribe(mb, "news", on_news, NULL) < 0 ||
	    cadre_worker_ready(w) < 0)
		_exit(99);
	while (!cadre_worker_draining(w))
		if (shm_load(&common->rests) != 0)
			(void)cadre_worker_wait(w, epfd, e, 4, -1);
		else {
			publish(w, mb, &number);
			(void)cadre_worker_wait(w, epfd, e, 4,
			    (int)(random() % 3));
		}
}

static void
config(struct cadre_master *m, void *arg)
{
	(void)arg;
	cadre_master_set(m, CADRE_PUBLISH_BYTES, RING);
	cadre_master_set(m, CADRE_MIN_UPTIME_MS, 0);
}

static const struct cadre_shm_topics *
head(unsigned int slot)
{
	const struct cadre_region *r = gazette_region();

	return (const void *)(r->slot[slot] + r->part[PART_TOPICS].offset);
}

static uint64_t
published(unsigned int slots, unsigned int own)
{
	uint64_t sum = 0;

	for (unsigned int i = 0; i < slots; i++)
		sum += i != own ? shm_load(&head(i)->records) : 0;
	return sum;
}

struct resting {
	unsigned int	workers, slots;
	unsigned int	slot[GAZETTE_SEATS];
	uint64_t	killed[GAZETTE_SEATS];	/* the last life there */
};

/*
 * Which slot the life is in, and has it read all and sleeps? One that was
 * killed stands there so until the master has heard of it.
 */
static bool
has_read_all(struct resting *a, unsigned int seat)
{
	const struct cadre_region *r = gazette_region();
	struct cadre_seat_view v;
	const uint64_t *cursor;
	unsigned int own;

	if (cadre_region_seat(r, seat, &v) < 0 ||
	    v.state != CADRE_STATE_UP ||
	    v.newest.life.generation <= a->killed[seat])
		return false;
	a->slot[seat] = own = CADRE_SLOTS_PER_SEAT * seat + v.newest.slot;
	cursor = (const void *)(r->slot[own] + r->part[PART_CURSORS].offset);
	if ((shm_load(&head(own)->wanted.sleeps) & 1) == 0)
		return false;
	for (unsigned int i = 0; i < a->slots; i++)
		if (i != own && shm_load(&cursor[i]) !=
		    shm_load(&head(i)->records))
			return false;
	return true;
}

static bool
all_rest(void *arg)
{
	struct resting *a = arg;

	for (unsigned int i = 0; i < a->workers; i++)
		if (!has_read_all(a, i))
			return false;
	return true;
}

static struct life_tally told;
static int came;

static void
on_told(struct cadre_mailbox *mb, int err, struct cadre_message *reply,
    void *arg)
{
	(void)mb;
	(void)arg;
	if (err == 0)
		memcpy(&told, reply->bytes, sizeof(told));
	came++;
}

static bool
counts_right(const struct resting *a, uint32_t seat)
{
	uint64_t all;

	came = 0;
	told = (struct life_tally){ .generation = 0 };
	if (cadre_mailbox_request(post_box, seat, TALLY, "", 0,
	    APP_WAIT_S * 1000, on_told, NULL) < 0 || !post_counted(&came, 1))
		return false;
	all = published(a->slots, a->slot[seat]);
	if (told.received + told.lost + told.from == all)
		return true;
	diag("seat %u, life %llu: received %llu, lost %llu, from %llu, of %llu",
	    seat, (unsigned long long)told.generation,
	    (unsigned long long)told.received, (unsigned long long)told.lost,
	    (unsigned long long)told.from, (unsigned long long)all);
	return false;
}

/* How many lives have not counted right. */
static unsigned int
count(const struct resting *a)
{
	unsigned int wrong = 0;

	for (unsigned int i = 0; i < a->workers; i++)
		wrong += !counts_right(a, i);
	return wrong;
}

static bool
has_passed(void *arg)
{
	return clock_now_ns() > *(uint64_t *)arg;
}

/* At any moment of a life: soon, or some time after its start. */
static bool
kill_one(struct resting *a)
{
	unsigned int seat = (unsigned int)random() % a->workers;
	uint64_t at = clock_now_ns() + (uint64_t)random() % (4 * NS_PER_MS);
	struct cadre_health h;

	if (!probe_up(post_master, seat, a->killed[seat]))
		return false;
	(void)post_until(has_passed, &at);
	if (cadre_master_health(post_master, seat, &h) < 0 || h.pid <= 0)
		return false;
	a->killed[seat] = h.generation;
	return kill((pid_t)h.pid, SIGKILL) == 0;
}

void
reaper(unsigned int workers, unsigned int kills, unsigned int pause)
{
	struct resting all = { .workers = workers };
	unsigned int n = 0, stuck = 0, wrong = 0, lives = 0;

	common = mmap(NULL, sizeof(*common), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	post_start((int)workers, serve, config);
	all.slots = gazette_region()->nslots;
	while (n < kills && stuck == 0 && kill_one(&all)) {
		if (++n % pause != 0)
			continue;
		shm_store(&common->rests, 1);
		stuck += !post_until(all_rest, &all);
		wrong += stuck == 0 ? count(&all) : 0;
		lives += workers;
		shm_store(&common->rests, 0);
		(void)cadre_mailbox_broadcast(post_box, NULL, 0, AWAKE, "", 0);
	}
	is_int((int)n, (int)kills, "so many were killed");
	is_int((int)stuck, 0, "each time publishers rest, all subscribers have "
	    "read all, and sleep");
	is_int((int)wrong, 0, "in each of %u lives received + lost = "
	    "published", lives);
	is_u64(common->torn, 0, "of %llu pieces none is torn",
	    (unsigned long long)published(all.slots, UINT32_MAX));
	is_u64(common->astray, 0, "none out of order, or twice");
	is_u64(common->failed, 0, "all could be published");
	ok(gazette_stop(), "it ends");
	munmap(common, sizeof(*common));
}
