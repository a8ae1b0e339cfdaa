/* SPDX-License-Identifier: BSD-2-Clause */
/* Many hangs; see hang.h. */
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "shm/clock.h"
#include "t/lib/hang.h"
#include "t/lib/server.h"
#include "t/lib/tap.h"

#define HANG_MS		300
#define LATE_MS		100
#define TRAFFIC_MS	1100		/* one base tick at least */
#define ENDED_MS	20000

/* rr, so that as many clients as seats come to each seat once, mostly. */
static void
config(struct cadre_master *m, void *arg)
{
	(void)arg;
	server_config(m, "rr");
	server_set(m, CADRE_HANG_MS, HANG_MS);
}

struct tally {
	struct app	*app;
	unsigned int	hung, aborted, others;
	uint64_t	slowest_ns;
};

/* Goes through the ring as it comes; it is overwritten later. */
static bool
all_died(void *arg)
{
	struct tally *t = arg;
	struct cadre_shm_event e;

	while (cadre_region_events(t->app->region, &t->app->events, &e,
	    1) == 1) {
		if (e.kind == CADRE_EVENT_HUNG) {
			t->hung++;
			if (e.duration_ns > t->slowest_ns)
				t->slowest_ns = e.duration_ns;
		} else if (e.kind == CADRE_EVENT_DIED) {
			t->aborted += e.exit_signal == SIGABRT;
			t->others += e.exit_signal != SIGABRT;
		}
	}
	return t->aborted + t->others >= t->hung;
}

/*
 * Each client hangs one worker, unless it was handed over together with
 * another and ended with it.
 */
static bool
hang_some(struct tally *t, int *fds, unsigned int n)
{
	bool ended;

	for (unsigned int i = 0; i < n; i++)
		fds[i] = server_open(t->app, "sleep 60000\n");
	ended = server_answers(fds, (int)n, ENDED_MS) == (int)n;
	for (unsigned int i = 0; i < n; i++)
		close(fds[i]);
	return ended && app_until(all_died, t);
}

/* With traffic for so long, the master is sure to look often. */
static bool
traffic(struct app *a, uint64_t ms)
{
	uint64_t end_ns = clock_now_ns() + ms * NS_PER_MS;
	int answered = 0, asked = 0, fd;

	while (clock_now_ns() < end_ns) {
		fd = server_open(a, "hello\n");
		answered += server_answer(fd, NULL, NULL) == 0;
		close(fd);
		asked++;
	}
	return answered == asked;
}

void
hang_test(unsigned int seats, unsigned int rounds)
{
	struct app *a = app_start_with((int)seats, server_run, config, NULL);
	struct tally t = { .app = a };
	unsigned int left = seats * rounds;
	int *fds = NULL;

	fds = calloc(seats, sizeof(*fds));
	ok(server_all_up(a, seats), "%u workers are up", seats);
	ok(traffic(a, TRAFFIC_MS), "they answer");
	for (unsigned int i = 0; i < 2 * rounds && left > 0; i++) {
		if (!hang_some(&t, fds, left < seats ? left : seats))
			break;
		left = t.hung < seats * rounds ? seats * rounds - t.hung : 0;
	}
	ok(t.hung >= seats * rounds, "%u hangs were found", t.hung);
	is_int((int)t.aborted, (int)t.hung, "and aborted");
	is_int((int)t.others, 0, "nobody else died");
	is_u64(a->events.lost, 0, "no event was lost");
	ok(t.slowest_ns <= (HANG_MS + LATE_MS) * NS_PER_MS, "the slowest was "
	    "found after %.1f ms", (double)t.slowest_ns / (double)NS_PER_MS);
	free(fds);
	is_int(app_stop(a), 0, "the master exits 0");
}
