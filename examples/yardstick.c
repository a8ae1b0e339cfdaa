/* SPDX-License-Identifier: BSD-2-Clause */
/* What contrast.c measures with. */
#include <sys/mman.h>

#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "examples/plan.h"
#include "examples/yardstick.h"

#define SAMPLES		(1 << 16)	/* the last of them */
#define LOOK		(5 * MS)	/* and up to 10 ms more, by lot */
#define AWAY_AFTER	20		/* looks */
#define FRESH		(50 * MS)
#define EMPTY_ROUNDS	1000

struct witness *witness;

static uint64_t
clock_ns(clockid_t id)
{
	struct timespec t;

	clock_gettime(id, &t);
	return (uint64_t)t.tv_sec * SECOND + (uint64_t)t.tv_nsec;
}

uint64_t
now_ns(void)
{
	return clock_ns(CLOCK_MONOTONIC);
}

bool
witness_make(void)
{
	witness = mmap(NULL, sizeof(*witness), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (witness == MAP_FAILED)
		perror("contrast");
	return witness != MAP_FAILED;
}

static struct effort {
	uint64_t	ns, begun_ns, times;
} effort;

void
effort_begin(void)
{
	(void)getppid();
	(void)clock_ns(CLOCK_THREAD_CPUTIME_ID); /* who just woke is slow */
	effort.begun_ns = clock_ns(CLOCK_THREAD_CPUTIME_ID);
}

void
effort_end(void)
{
	effort.ns += clock_ns(CLOCK_THREAD_CPUTIME_ID) - effort.begun_ns;
	effort.times++;
	(void)getuid();
}

uint64_t
effort_ns(void)
{
	struct effort e = effort;
	uint64_t empty;

	effort = (struct effort){ 0 };
	for (int i = 0; i < EMPTY_ROUNDS; i++) {
		effort.begun_ns = clock_ns(CLOCK_THREAD_CPUTIME_ID);
		effort.ns += clock_ns(CLOCK_THREAD_CPUTIME_ID) -
		    effort.begun_ns;
	}
	empty = effort.ns * e.times / EMPTY_ROUNDS;
	effort = e;
	return e.ns > empty ? e.ns - empty : 0;
}

struct samples {
	uint64_t	v[SAMPLES];
	uint64_t	n;
};
static struct samples age, noticed;

static void
sample(struct samples *s, uint64_t v)
{
	s->v[s->n++ % SAMPLES] = v;
}

static int
order(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

static uint64_t
percentile(struct samples *s, unsigned int p)
{
	size_t n = s->n < SAMPLES ? (size_t)s->n : SAMPLES;

	qsort(s->v, n, sizeof(*s->v), order);
	return n == 0 ? 0 : s->v[(n - 1) * p / 100];
}

static struct {
	uint64_t	stamp_ns, requests;
} known[SEATS];

/* Times are 0 until the thing has happened. */
static struct {
	uint64_t	looks, seen;
	uint64_t	oldest_ns;	/* ever */
	uint64_t	stuck_ns;	/* from the misdeed until it was seen */
	uint64_t	back_at_ns;
	uint64_t	back_age_ns;	/* of the oldest, at the first look then */
	uint64_t	fresh_ns;	/* from there until nothing was old */
} face;

void
learn(unsigned int seat, uint64_t stamp_ns, uint64_t requests)
{
	if (seat >= SEATS)
		return;
	if (stamp_ns != 0 && requests != known[seat].requests) {
		sample(&noticed, now_ns() - stamp_ns);
		face.seen++;
	}
	known[seat].stamp_ns = stamp_ns;
	if (requests > known[seat].requests)
		known[seat].requests = requests;
}

uint64_t
silence_ns(unsigned int seat)
{
	return known[seat].stamp_ns == 0 ? 0 : now_ns() - known[seat].stamp_ns;
}

bool
readable_before_look(int fd)
{
	static uint64_t next_ns, lot = 1;
	struct pollfd p = { .fd = fd, .events = POLLIN };
	uint64_t now = now_ns();
	struct timespec t;

	if (next_ns == 0)
		next_ns = now + LOOK;
	if (now < next_ns) {
		t.tv_sec = (time_t)((next_ns - now) / SECOND);
		t.tv_nsec = (long)((next_ns - now) % SECOND);
		if (ppoll(&p, 1, &t, NULL) > 0)
			return true;
	}
	lot = lot * UINT64_C(6364136223846793005) + 1442695040888963407;
	next_ns = now_ns() + LOOK + (lot >> 33) % (10 * MS);
	return false;
}

/* As one who has other things to do; what is known when he is back? */
static void
look_away(void)
{
	poll(NULL, 0, (int)plan.event_ms);
	face.back_at_ns = now_ns();
}

void
look(bool stuck)
{
	uint64_t now = now_ns(), most = 0, ns;

	for (unsigned int i = 0; i < plan.workers; i++) {
		if (known[i].stamp_ns == 0)
			continue;
		sample(&age, ns = now - known[i].stamp_ns);
		most = ns > most ? ns : most;
	}
	if (most > face.oldest_ns)
		face.oldest_ns = most;
	if (stuck && face.stuck_ns == 0 && witness->since_ns != 0)
		face.stuck_ns = now - witness->since_ns;
	if (face.back_at_ns != 0 && face.back_age_ns == 0)
		face.back_age_ns = most;
	if (face.back_at_ns != 0 && face.fresh_ns == 0 && most < FRESH)
		face.fresh_ns = now - face.back_at_ns;
	if (most != 0 && ++face.looks == AWAY_AFTER && plan.event == SLOW)
		look_away();
}

void
result_add(struct result *to, const struct result *r)
{
	to->updates += r->updates;
	to->refused += r->refused;
	to->facts += r->facts;
	to->cpu_ns += r->cpu_ns;
}

static void
report_known(void)
{
	const struct {
		const char *name;
		uint64_t v;
	} figures[] = {
		{ "looks", face.looks },
		{ "seen", face.seen },
		{ "cpu_ns", effort_ns() },
		{ "age_p50_ns", percentile(&age, 50) },
		{ "age_p99_ns", percentile(&age, 99) },
		{ "noticed_p50_ns", percentile(&noticed, 50) },
		{ "noticed_p99_ns", percentile(&noticed, 99) },
		{ "oldest_ns", face.oldest_ns },
		{ "stuck_ns", face.stuck_ns },
		{ "back_age_ns", face.back_age_ns },
		{ "fresh_ns", face.fresh_ns },
		{ "known", known[0].requests },
		{ "counted", witness->counted },
	};

	printf("knows");
	for (size_t i = 0; i < sizeof(figures) / sizeof(figures[0]); i++)
		printf(" %s %" PRIu64, figures[i].name, figures[i].v);
	printf("\n");
}

void
report(const struct result *tellers, bool knows)
{
	if (tellers != NULL)
		printf("tells updates %" PRIu64 " refused %" PRIu64 " facts %"
		    PRIu64 " cpu_ns %" PRIu64 "\n", tellers->updates,
		    tellers->refused, tellers->facts, tellers->cpu_ns);
	if (knows)
		report_known();
	fflush(stdout);
}
