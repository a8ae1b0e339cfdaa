/* t/58-reload-waits: a reload waits for the end of another, two that wait are one, and --force cuts what is waited for */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "t/lib/restart.h"
#include "t/lib/server.h"
#include "t/lib/tap.h"

static void
config(struct cadre_master *m, void *arg)
{
	(void)arg;
	server_config(m, NULL);
	server_set(m, CADRE_MIN_UPTIME_MS, 20);
	server_set(m, CADRE_STALL_MS, 0);
}

/* It reads nothing more until that is over; a drain has to wait for it. */
static int
hold(struct app *a, const char *line)
{
	int fd = server_open(a, line);

	ok(server_busy(a, 0), "the worker is in a long turn");
	return fd;
}

int
main(void)
{
	struct cadre_reload plain = { .flags = 0 };
	struct app *a = app_start_with(1, server_run, config, NULL);
	struct cadre_shm_event e;
	int first, second, third, fd;
	char why[300];

	ok(server_all_up(a, 1), "the worker is up");
	fd = hold(a, "sleep 60000\n");
	first = ask_reload_begin(a, &plain);
	ok(app_wait_event(a, CADRE_EVENT_DRAINING, 0, &e), "a reload has "
	    "replaced it, and it drains");
	second = ask_reload_begin(a, &plain);
	ok(app_wait_event(a, CADRE_EVENT_WAITS, CADRE_NO_SEAT, &e) &&
	    strstr(e.text, "reload that is under way") != NULL, "a second "
	    "waits: %s", e.text);
	third = ask_reload_begin(a, &(struct cadre_reload){ .flags =
	    CADRE_RELOAD_FORCE });
	ok(app_wait_event(a, CADRE_EVENT_WAITS, CADRE_NO_SEAT, &e), "and a "
	    "third with it");
	is_int(ask_restart_end(first, why, sizeof(why)), 0, "which cuts: the "
	    "first ends");
	is_int(ask_restart_end(second, why, sizeof(why)), 0, "the second");
	is_int(ask_restart_end(third, why, sizeof(why)), 0, "and the third");
	is_u64(app_generation(a, 0), 3, "which were one");
	close(fd);
	is_int(app_stop(a), 0, "the master exits 0");
	return done_testing();
}
