/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * contrast: a worker has something to tell: how many requests it answered, how
 * many failed, how many it has in hand, how long the last one took. It can send
 * that to its master, or write it down where everybody can look.
 *
 *	contrast [-i WORKERS] [-n UPDATES] [-r RATE] [-e EVENT] [-d MS] WAY
 *
 * WAY	change	  a message to the master at each change
 *	interval  a message each 250 ms, of what is true then
 *	region	  words of the worker's own slot, at each change
 *	fact	  a message of one number; counter: that number alone, a word
 *
 * The workers tell. The master, who forked them, takes messages; the observer,
 * who started it, reads memory and asks nobody. The one of the two who knows
 * notes some 100 times a second how old that is. Options are in plan.h.
 */
#include <sys/epoll.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cadre/cadre.h>

#include "examples/plan.h"
#include "examples/yardstick.h"

#define INTERVAL	(250 * MS)
#define STUCK		(100 * MS)	/* a turn, by its own beat */
#define BURST		1000000
#define METRICS		16

enum type { GO, HEALTH, ONE_FACT, RESULT };

struct health {			/* as a message, … */
	uint64_t	stamp_ns, requests, errors, in_flight, latency;
};
static struct {			/* … and as words */
	struct cadre_counter *requests, *errors;
	struct cadre_gauge *stamp_ns, *in_flight, *latency;
} my;

/* Whoever wants to know looks, or does not: it is nothing to the worker. */
static int
write_down(const struct health *h)
{
	cadre_counter_add(my.requests, 1);
	cadre_counter_add(my.errors, h->requests % 100 == 0);
	cadre_gauge_set(my.in_flight, (int64_t)h->in_flight);
	cadre_gauge_set(my.latency, (int64_t)h->latency);
	cadre_gauge_set(my.stamp_ns, (int64_t)h->stamp_ns);
	return 0;
}

/* After i requests: as cadre_mailbox_send(), or 0. */
static int
tell_one(struct cadre_mailbox *mb, uint64_t i, uint64_t now)
{
	struct health h = { now, i, i / 100, i % 8, 1000 + i % 512 };
	static uint64_t next_ns;

	if (plan.way == REGION)
		return write_down(&h);
	if (plan.way == INTERVALS && now < next_ns)
		return 0;	/* its heap knows, and nobody else */
	next_ns = now + INTERVAL;
	return plan.way == FACT ?
	    cadre_mailbox_send(mb, CADRE_MASTER, ONE_FACT, &i, sizeof(i)) :
	    cadre_mailbox_send(mb, CADRE_MASTER, HEALTH, &h, sizeof(h));
}

/* From i up to what is due; what waits in our own queue is sent first. */
static uint64_t
tell(struct cadre_worker *w, int epfd, uint64_t i, uint64_t due,
    uint64_t *refused)
{
	struct cadre_mailbox *mb = cadre_worker_mailbox(w);
	struct epoll_event ev;
	uint64_t now = now_ns();
	int err = 0;

	effort_begin();
	for (; plan.way == COUNTER && i < due; i++)
		cadre_counter_add(my.requests, 1);
	while (i < due && err == 0)
		err = tell_one(mb, ++i, now);
	*refused += err < 0;
	if (err != 0)
		cadre_worker_wait(w, epfd, &ev, 1, 1);
	effort_end();
	return i;
}

static void
misbehave(struct cadre_mailbox *mb, uint64_t i)
{
	if (witness->since_ns != 0)
		return;
	witness->since_ns = now_ns();
	while (plan.event == LOOP &&
	    now_ns() < witness->since_ns + plan.event_ms * MS)
		;
	for (int n = 0, unsent = 0; plan.event == KILL && n < BURST &&
	    unsent < 100; n++)	/* in our queue */
		unsent += tell_one(mb, ++i, now_ns()) != 0;
	witness->counted = i;
	if (plan.event == KILL)
		kill(getpid(), SIGKILL);
}

static void
on_go(struct cadre_mailbox *mb, struct cadre_message *m, void *going)
{
	(void)mb;
	(void)m;
	*(bool *)going = true;
}

static int
work(struct cadre_worker *w, void *arg)
{
	struct cadre_mailbox *mb = cadre_worker_mailbox(w);
	struct result r = { .updates = plan.updates };
	int epfd = epoll_create1(EPOLL_CLOEXEC);
	struct epoll_event ev;
	bool going = false;
	uint64_t i = 0, start;

	(void)arg;
	cadre_mailbox_on(mb, GO, on_go, &going);
	cadre_worker_ready(w);
	while (!going && !cadre_worker_draining(w))
		cadre_worker_wait(w, epfd, &ev, 1, -1);
	for (start = now_ns(); going && i < plan.updates;) {
		i = tell(w, epfd, i, plan_due(start), &r.refused);
		if (i >= plan.updates / 2 && cadre_worker_seat(w) == 0)
			misbehave(mb, i);
		cadre_worker_wait(w, epfd, &ev, 1, plan_wait_ms(start, i));
	}
	cadre_gauge_set(my.stamp_ns, 0);	/* from here on it is silent */
	r.cpu_ns = effort_ns();
	while (going && cadre_mailbox_send(mb, CADRE_MASTER, RESULT, &r,
	    sizeof(r)) == -ENOBUFS)
		cadre_worker_wait(w, epfd, &ev, 1, 1);
	while (!cadre_worker_draining(w))
		cadre_worker_wait(w, epfd, &ev, 1, -1);
	return 0;
}

static struct result all;	/* what the master got */
static uint64_t ready, ended;

static void
on_message(struct cadre_mailbox *mb, struct cadre_message *m, void *arg)
{
	struct health h;
	struct result r;

	(void)mb;
	(void)arg;
	all.facts += m->type == ONE_FACT;
	if (m->type == HEALTH && m->n == sizeof(h)) {
		memcpy(&h, m->bytes, sizeof(h));
		learn(m->from.seat, h.stamp_ns, h.requests);
	} else if (m->type == RESULT && m->n == sizeof(r)) {
		memcpy(&r, m->bytes, sizeof(r));
		result_add(&all, &r);
		ended++;
		learn(m->from.seat, 0, 0);
	}
}

static void
on_worker(struct cadre_mailbox *mb, const struct cadre_worker_event *e, void *a)
{
	(void)a;
	if (e->kind == CADRE_WORKER_READY && ++ready == plan.workers)
		cadre_mailbox_broadcast(mb, NULL, 0, GO, NULL, 0);
	if (e->kind == CADRE_WORKER_EXITED && ended++ < plan.workers)
		learn(e->seat, 0, 0);	/* killed: it has no result */
}

static int
lead(struct cadre_master *m)
{
	bool knows = !plan_observed(), over = false, going;
	int goes_on = 1;

	while (goes_on > 0) {
		going = ready >= plan.workers && !over;
		effort_begin();
		if (readable_before_look(cadre_master_fd(m))) {
			goes_on = cadre_master_dispatch(m);
			if (going)
				effort_end();
		} else if (knows) {
			look(plan.way == INTERVALS &&
			    silence_ns(0) > 2 * INTERVAL);
		}
		if (!over && ended >= plan.workers) {
			over = true;
			report(&all, knows);
			cadre_master_stop(m, CADRE_STOP_GRACEFUL);
		}
	}
	return goes_on;
}

static int
declare(struct cadre_master *m)
{
	int err = cadre_master_counter(m, "requests", "", "", &my.requests);

	return err < 0 ||
	    (err = cadre_master_counter(m, "errors", "", "", &my.errors)) ||
	    (err = cadre_master_gauge(m, "stamp_ns", "ns", "", &my.stamp_ns)) ||
	    (err = cadre_master_gauge(m, "in_flight", "", "", &my.in_flight)) ||
	    (err = cadre_master_gauge(m, "latency", "ns", "", &my.latency))
	    ? err : 0;
}

static int
be_master(const char *name)
{
	struct cadre_mailbox *mb;
	struct cadre_master *m;
	int err;

	prctl(PR_SET_PDEATHSIG, SIGTERM);	/* of the observer */
	if ((err = cadre_master_new(name, &m)) < 0)
		return cadre_fail(err);
	mb = cadre_master_mailbox(m);
	if ((err = declare(m)) ||
	    (err = cadre_master_set(m, CADRE_SIGNALS, 1)) ||
	    (err = cadre_mailbox_on(mb, CADRE_TYPE_ANY, on_message, NULL)) ||
	    (err = cadre_mailbox_on_worker(mb, on_worker, NULL)) ||
	    (err = cadre_master_workers(m, (int)plan.workers, work, NULL)) ||
	    (err = cadre_master_start(m)) || (err = lead(m)))
		err = cadre_fail(err);
	cadre_master_free(m);
	return err;
}

/* Until the master is gone, and once more: what stands there outlasts it. */
static void
observe(const char *name, int pidfd)
{
	uint64_t v[METRICS] = { 0 };
	struct cadre_region *r = NULL;
	struct cadre_seat_view s;
	int stamp = -1, requests = -1;
	bool gone, stuck;

	do {
		gone = readable_before_look(pidfd);
		if (r == NULL && cadre_region_open(name, &r) == 0) {
			stamp = cadre_region_find(r, "stamp_ns");
			requests = cadre_region_find(r, "requests");
		}
		if (stamp < 0 || requests < 0 || !plan_observed())
			continue;
		effort_begin();
		for (unsigned int i = 0; i < plan.workers; i++)
			if (cadre_region_values(r, i, v, METRICS) > 0)
				learn(i, v[stamp], v[requests]);
		stuck = cadre_region_seat(r, 0, &s) == 0 &&
		    s.newest.busy_ns > STUCK;
		effort_end();
		look(stuck);
	} while (!gone);
	cadre_region_close(r);
	if (plan_observed())
		report(NULL, true);
}

int
main(int argc, char **argv)
{
	char name[32];
	int status;
	pid_t pid;

	if (!plan_read(argc, argv) || !witness_make())
		return 2;
	snprintf(name, sizeof(name), "contrast-%d", (int)getpid());
	pid = fork();
	if (pid == 0)
		return be_master(name);
	observe(name, pidfd_open(pid, 0));
	if (pid < 0 || waitpid(pid, &status, 0) < 0)
		return cadre_fail(-errno);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
