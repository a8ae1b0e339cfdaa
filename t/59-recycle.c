/* t/59-recycle: after so many requests a worker is replaced, one seat at a time, and no connection fails */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include <sys/mman.h>

#include "t/lib/app.h"
#include "t/lib/tap.h"

#define SEATS		3
#define REQUESTS	20

static unsigned int *asked;	/* shared: answered, failed */

static void
config(struct cadre_master *m, void *arg)
{
	if (cadre_master_listen(m, "tcp:127.0.0.1:0", arg) < 0 ||
	    cadre_master_set(m, CADRE_MAX_REQUESTS, REQUESTS) < 0 ||
	    cadre_master_set(m, CADRE_REQUESTS_JITTER, 50) < 0)
		exit(99);
}

/* Clients, one after another, until it is killed. */
static pid_t
client(const struct app *a)
{
	char answer[64];
	pid_t pid = fork();

	while (pid == 0)
		__atomic_add_fetch(&asked[app_ask(a, "hello\n", answer,
		    sizeof(answer)) < 0], 1, __ATOMIC_RELAXED);
	return pid;
}

/* By the events, in their order, until each seat was replaced. */
static void
one_at_a_time(struct app *a)
{
	int up = 0, least = SEATS, most = 0, at = 0, at_most = 0, left = SEATS;
	bool was[SEATS] = { false };
	struct cadre_shm_event e;

	while (left > 0) {
		if (cadre_region_events(a->region, &a->events, &e, 1) != 1)
			continue;
		up += (e.kind == CADRE_EVENT_READY) -
		    (e.kind == CADRE_EVENT_DRAINING);
		most = up > most ? up : most;
		if (most >= SEATS && up < least)
			least = up;
		at += (e.kind == CADRE_EVENT_RECYCLING) -
		    (e.kind == CADRE_EVENT_RECYCLED);
		at_most = at > at_most ? at : at_most;
		if (e.kind == CADRE_EVENT_RECYCLED && !was[e.seat]) {
			was[e.seat] = true;
			left--;
		}
		if (e.kind == CADRE_EVENT_DIED && e.exit_code +
		    e.exit_signal != 0)
			break;
	}
	is_int(left, 0, "each seat was replaced");
	is_int(at_most, 1, "never two at once");
	is_int(least, SEATS, "never fewer than all were up");
	is_int(most, SEATS + 1, "nor more than one beyond");
}

int
main(void)
{
	struct cadre_shm_event e;
	struct app *a;
	pid_t pid;

	asked = mmap(NULL, 2 * sizeof(*asked), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	a = app_start_with(SEATS, app_answer, config, "mode=spread");
	for (unsigned int i = 0; i < SEATS; i++)
		ok(app_wait_state(a, i, CADRE_STATE_UP), "seat %u is up", i);
	pid = client(a);
	ok(app_wait_event(a, CADRE_EVENT_RECYCLING, 0, &e), "%.*s",
	    (int)e.text_bytes, e.text);
	a->events = (struct cadre_cursor){ 0 };
	one_at_a_time(a);
	kill(pid, SIGKILL);
	app_end_of(pid);
	is_int((int)asked[1], 0, "of %u none failed", asked[0]);
	is_int(app_stop(a), 0, "the master exits 0");
	return done_testing();
}
