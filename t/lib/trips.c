/* SPDX-License-Identifier: BSD-2-Clause */
/* Requests without end; see trips.h. */
#include <sched.h>
#include <stdlib.h>
#include <string.h>

#include "shm/clock.h"
#include "t/lib/tap.h"
#include "t/lib/trips.h"

#define SOME	400
#define THINK_NS	(50 * NS_PER_US)

uint64_t trips_looks, trips_bursts;

static struct cadre_counter *looks, *master_looks;

struct asker {
	struct cadre_mailbox *mailbox;
	bool		waits;
	uint64_t	asked;
	uint64_t	looked, master_looked;	/* by then */
};

/* Else who does not look finds the next one before it could sleep. */
static void
think(void)
{
	uint64_t end_ns = clock_now_ns() + THINK_NS;

	while (clock_now_ns() < end_ns)
		;
}

static void
count(struct cadre_counter *counter, uint64_t all, uint64_t *inout_before)
{
	cadre_counter_add(counter, all - *inout_before);
	*inout_before = all;
}

/* It says how often the master has looked, if the test is its master. */
static void
on_answer(struct cadre_mailbox *mb, int err, struct cadre_message *m,
    void *arg)
{
	struct asker *a = arg;
	uint64_t all;

	(void)mb;
	a->waits = false;
	cadre_counter_add(app_requests, 1);
	count(looks, trips_looks, &a->looked);
	if (err < 0 || m->n != sizeof(all))
		return;
	memcpy(&all, m->bytes, sizeof(all));
	count(master_looks, all, &a->master_looked);
}

static void
ask(struct asker *a)
{
	think();
	a->waits = cadre_mailbox_request(a->mailbox, CADRE_MASTER, 1, "hello",
	    6, -1, on_answer, a) >= 0;
	a->asked += a->waits;
}

int
trips(struct cadre_worker *w, void *arg)
{
	const struct trips *t = arg;
	struct asker a = { .mailbox = cadre_worker_mailbox(w) };
	struct epoll_event e;
	int epfd = epoll_create1(EPOLL_CLOEXEC);

	cadre_worker_ready(w);
	while (!cadre_worker_draining(w)) {
		if (!a.waits && (t->most == 0 || a.asked < t->most))
			ask(&a);
		if (cadre_worker_wait(w, epfd, &e, 1, -1) < 0)
			return 1;
	}
	return 0;
}

int
trips_declare(struct cadre_worker *w)
{
	int err;

	err = cadre_worker_counter(w, "requests", "", "", &app_requests);
	if (err == 0)
		err = cadre_worker_counter(w, "looks", "", "", &looks);
	return err < 0 ? err : cadre_worker_counter(w, "master_looks", "", "",
	    &master_looks);
}

static void
answer(struct cadre_mailbox *mb, struct cadre_message *m, void *arg)
{
	(void)arg;
	think();
	(void)cadre_mailbox_reply(mb, &m->from, 2, &trips_looks,
	    sizeof(trips_looks));
}

static void
config(struct cadre_master *m, void *arg)
{
	const struct trips *t = arg;

	if (cadre_mailbox_on(cadre_master_mailbox(m), 1, answer, NULL) < 0 ||
	    cadre_master_counter(m, "looks", "", "", &looks) < 0 ||
	    cadre_master_counter(m, "master_looks", "", "", &master_looks) < 0 ||
	    cadre_master_set(m, CADRE_MIN_UPTIME_MS, 0) < 0 ||
	    cadre_master_set(m, CADRE_BUSY_POLL_US, t->busy_us) < 0)
		exit(cadre_fail(-1));
}

struct app *
trips_start(const struct trips *t)
{
	struct app *a = app_start_with(1, trips, config,
	    (void *)(uintptr_t)t);

	if (!app_wait_state(a, 0, CADRE_STATE_UP))
		bail_out("its worker does not get ready");
	return a;
}

bool
trips_go_on(struct app *a)
{
	return app_wait_total(a, "requests", app_total(a, "requests") + SOME);
}

static void
pin(pid_t pid, int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	(void)sched_setaffinity(pid, sizeof(set), &set);
}

void
trips_apart(pid_t one, pid_t other)
{
	cpu_set_t all;
	int first = -1;

	if (sched_getaffinity(0, sizeof(all), &all) < 0)
		return;
	for (int cpu = 0; cpu < CPU_SETSIZE; cpu++)
		if (CPU_ISSET(cpu, &all)) {
			pin(first < 0 ? one : other, cpu);
			if (first >= 0)
				return;
			first = cpu;
		}
}

bool
trips_possible(void)
{
	return cadre_cpus(NULL) > 1;
}
