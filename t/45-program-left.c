/* t/45-program-left: what leaves a worker's group is told of, ends with us */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "t/lib/exec.h"
#include "t/lib/probe.h"
#include "t/lib/tap.h"

static void
config(struct cadre_master *m, void *arg)
{
	(void)arg;
	if (cadre_master_set(m, CADRE_SUBREAPER, 1) < 0 ||
	    cadre_master_set(m, CADRE_MIN_UPTIME_MS, 0) < 0)
		exit(99);
}

/* Of the newest worker: the last that stands in the log. */
static pid_t
last_left(const struct app *a)
{
	char text[4096] = "", *at = text;
	int pid = 0;

	(void)probe_log(a, 0, text, sizeof(text) - 1);
	for (; (at = strstr(at, "left ")) != NULL; at++)
		(void)sscanf(at, "left %d", &pid);
	return pid;
}

/* How often it was told of. */
static int
told(struct app *a, pid_t pid)
{
	struct cadre_shm_event e;
	char want[64];
	int n = 0;

	snprintf(want, sizeof(want), "pid %d (program) ", pid);
	a->events = (struct cadre_cursor){ 0 };
	while (cadre_region_events(a->region, &a->events, &e, 1) == 1)
		n += e.kind == CADRE_EVENT_LEFT &&
		    strncmp(e.text, want, strlen(want)) == 0;
	return n;
}

int
main(void)
{
	struct app *a = EXEC_START(1, config, "leaves");
	uint64_t generation = 0;
	pid_t left, near;

	left = exec_number(a, 0, "left");
	near = exec_number(a, 0, "near");
	ok(left > 0 && near > 0, "a worker leaves two, one in its group");
	ok(app_wait_event(a, CADRE_EVENT_LEFT, CADRE_NO_SEAT, NULL), "told of");
	ok(app_kill_next(a, 0, &generation) &&
	    app_wait_respawn(a, 0, generation), "the worker dies");
	ok(app_gone(near), "what is in its group dies too, and is reaped");
	is_int(kill(left, SIGKILL), 0, "the other one goes on, until it ends");
	ok(app_gone(left), "then it is reaped");
	ok(probe_beats(a, 2), "some time passes");
	is_int(told(a, left), 1, "it was told of once");
	is_int(told(a, near), 0, "who stayed in the group never");
	is_int(probe_children(a->master, 'Z'), 0, "nothing waits to be reaped");

	near = left;
	left = last_left(a);
	ok(left != near, "the next worker left one too");
	kill(a->master, SIGTERM);
	is_int(app_wait_end(a), 0, "the master exits 0");
	ok(app_gone(left), "and has killed it");
	app_free(a);
	return done_testing();
}
