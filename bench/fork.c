/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From fork to ready, by the number of seats: one worker alone, which succeeds
 * a killed one; and the whole start, region and sockets included, where all
 * the others want the processors too.
 *
 *	fork [ROUNDS]
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include <sys/epoll.h>

#include <cadre/cadre.h>

#include "bench/measure.h"
#include "shm/clock.h"

#define SEATS_MAX	256
#define ALONE		5		/* kills of each round */

static unsigned int ready;
static double last_ns;			/* fork to ready, of the last one */

static int
idle(struct cadre_worker *w, void *arg)
{
	int epfd = epoll_create1(EPOLL_CLOEXEC);
	struct epoll_event e;

	(void)arg;
	cadre_worker_ready(w);
	while (!cadre_worker_draining(w))
		cadre_worker_wait(w, epfd, &e, 1, -1);
	return 0;
}

static void
on_event(const struct cadre_shm_event *e, void *arg)
{
	(void)arg;
	if (e->kind != CADRE_EVENT_READY)
		return;
	ready++;
	last_ns = (double)e->duration_ns;
}

static void
dispatch_until(struct cadre_master *m, unsigned int n)
{
	struct pollfd p = { .fd = cadre_master_fd(m), .events = POLLIN };

	while (ready < n)
		if (poll(&p, 1, 10000) <= 0 || cadre_master_dispatch(m) <= 0)
			measure_check(-ETIMEDOUT, "not all got ready");
}

/* An app of that many workers; how long did its start and its forks take? */
static void
round_of(unsigned int nseats, double *ret_start_ns, double *ret_alone_ns)
{
	double alone_ns[ALONE];
	struct cadre_health health;
	struct cadre_master *m;
	uint64_t begin;

	ready = 0;
	measure_check(cadre_master_new("fork", &m), "new");
	measure_check(cadre_master_listen(m, "tcp:127.0.0.1:0", NULL), "listen");
	measure_check(cadre_master_workers(m, (int)nseats, idle, NULL), "workers");
	measure_check(cadre_master_set(m, CADRE_MAX_WORKERS, nseats), "seats");
	measure_check(cadre_master_set(m, CADRE_MIN_UPTIME_MS, 0), "min_uptime");
	measure_check(cadre_master_on_event(m, on_event, NULL), "hook");
	begin = clock_now_ns();
	measure_check(cadre_master_start(m), "start");
	dispatch_until(m, nseats);
	*ret_start_ns = (double)(clock_now_ns() - begin);
	for (unsigned int i = 0; i < ALONE; i++) {
		measure_check(cadre_master_health(m, i % nseats, &health), "seat");
		kill((pid_t)health.pid, SIGKILL);
		dispatch_until(m, nseats + i + 1);
		alone_ns[i] = last_ns;
	}
	*ret_alone_ns = measure_quantile(alone_ns, ALONE, 0.5);
	cadre_master_free(m);
}

int
main(int argc, char **argv)
{
	static const unsigned int counts[] = { 4, 16, 64, 256 };
	size_t rounds = argc > 1 ? (size_t)atoi(argv[1]) : 7;
	double *start, *alone, ms;

	if (rounds == 0 || rounds > 1000) {
		fprintf(stderr, "usage: fork [ROUNDS]\n");
		return 2;
	}
	measure_conditions("fork: to ready, medians of the rounds");
	measure_runtime_dir();
	start = calloc(2 * rounds, sizeof(*start));
	alone = start + rounds;
	printf("seats  one alone (slowest round)  whole start  per seat\n");
	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		for (size_t r = 0; r < rounds; r++)
			round_of(counts[i], &start[r], &alone[r]);
		ms = measure_quantile(start, rounds, 0.5) / 1e6;
		printf("%5u  %6.3f ms (%6.3f ms)       %8.2f ms   %6.3f ms\n",
		    counts[i], measure_quantile(alone, rounds, 0.5) / 1e6,
		    measure_quantile(alone, rounds, 1) / 1e6, ms,
		    ms / counts[i]);
	}
	free(start);
	return 0;
}
