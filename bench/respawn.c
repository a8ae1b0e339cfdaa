/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From the death of a worker to its successor's ready: workers are killed one
 * after the other, each when it has lived for min_uptime, and the master's
 * own events say when it saw the death and when the next one was ready.
 *
 *	respawn [KILLS [SEATS]]
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <sys/epoll.h>

#include <cadre/cadre.h>

#include "bench/measure.h"
#include "shm/clock.h"

#define MIN_UPTIME_MS	1000
#define SEATS_MAX	256

static struct {
	uint64_t	ready_ns;	/* 0: not ready now */
	uint64_t	died_ns;
} seats[SEATS_MAX];
static double *from_death, *from_kill;
static unsigned int nseats, deaths, early;
static uint64_t killed_ns;

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
	if (e->seat >= nseats)
		return;
	if (e->kind == CADRE_EVENT_DIED) {
		seats[e->seat].ready_ns = 0;
		seats[e->seat].died_ns = e->mono_ns;
	} else if (e->kind == CADRE_EVENT_BACKOFF) {
		early++;
	} else if (e->kind == CADRE_EVENT_READY) {
		seats[e->seat].ready_ns = e->mono_ns;
		if (killed_ns == 0)
			return;		/* the first ones, of the start */
		from_death[deaths] =
		    (double)(e->mono_ns - seats[e->seat].died_ns);
		from_kill[deaths++] = (double)(e->mono_ns - killed_ns);
	}
}

/* Let the master work for so long, or until that seat is ready. */
static void
dispatch(struct cadre_master *m, int ms, const uint64_t *ready_ns)
{
	uint64_t end = clock_now_ns() + (uint64_t)ms * NS_PER_MS, now;
	struct epoll_event e = { .events = EPOLLIN };
	int epfd = epoll_create1(EPOLL_CLOEXEC);

	epoll_ctl(epfd, EPOLL_CTL_ADD, cadre_master_fd(m), &e);
	while ((now = clock_now_ns()) < end &&
	    (ready_ns == NULL || *ready_ns == 0))
		if (epoll_wait(epfd, &e, 1, (int)((end - now) / NS_PER_MS) + 1)
		    > 0 && cadre_master_dispatch(m) <= 0)
			measure_check(-ECHILD, "the app ended");
	close(epfd);
}

static void
kill_one(struct cadre_master *m, unsigned int seat)
{
	uint64_t age_ms = (clock_now_ns() - seats[seat].ready_ns) / NS_PER_MS;
	struct cadre_health health;

	if (age_ms <= MIN_UPTIME_MS)
		dispatch(m, (int)(MIN_UPTIME_MS - age_ms) + 1, NULL);
	measure_check(cadre_master_health(m, seat, &health), "health");
	seats[seat].ready_ns = 0;
	killed_ns = clock_now_ns();
	kill((pid_t)health.pid, SIGKILL);
	dispatch(m, 10000, &seats[seat].ready_ns);
	if (seats[seat].ready_ns == 0)
		measure_check(-ETIMEDOUT, "no successor");
}

static void
report(const char *title, double *values, unsigned int n)
{
	printf("%-16s p50 %.3f ms  p90 %.3f ms  p99 %.3f ms  most %.3f ms\n",
	    title, measure_quantile(values, n, 0.5) / 1e6,
	    measure_quantile(values, n, 0.9) / 1e6,
	    measure_quantile(values, n, 0.99) / 1e6,
	    measure_quantile(values, n, 1) / 1e6);
}

int
main(int argc, char **argv)
{
	unsigned int kills = argc > 1 ? (unsigned int)atoi(argv[1]) : 1000;
	struct cadre_master *m;
	char title[96];

	nseats = argc > 2 ? (unsigned int)atoi(argv[2]) : 16;
	if (kills == 0 || nseats == 0 || nseats > SEATS_MAX) {
		fprintf(stderr, "usage: respawn [KILLS [SEATS]]\n");
		return 2;
	}
	snprintf(title, sizeof(title), "respawn: %u kills over %u seats, each "
	    "worker after %d ms", kills, nseats, MIN_UPTIME_MS);
	measure_conditions(title);
	measure_runtime_dir();
	from_death = calloc(kills, sizeof(*from_death));
	from_kill = calloc(kills, sizeof(*from_kill));
	measure_check(cadre_master_new("respawn", &m), "new");
	measure_check(cadre_master_listen(m, "tcp:127.0.0.1:0", NULL), "listen");
	measure_check(cadre_master_workers(m, (int)nseats, idle, NULL), "workers");
	measure_check(cadre_master_set(m, CADRE_MIN_UPTIME_MS, MIN_UPTIME_MS),
	    "min_uptime");
	measure_check(cadre_master_on_event(m, on_event, NULL), "hook");
	measure_check(cadre_master_start(m), "start");
	for (unsigned int i = 0; i < nseats; i++)
		dispatch(m, 10000, &seats[i].ready_ns);
	for (unsigned int i = 0; i < kills; i++)
		kill_one(m, i % nseats);
	cadre_master_free(m);
	report("death to ready", from_death, deaths);
	report("kill to ready", from_kill, deaths);
	printf("%u deaths, %u of them early; budget p50 1.5 ms, p99 5 ms\n",
	    deaths, early);
	return 0;
}
