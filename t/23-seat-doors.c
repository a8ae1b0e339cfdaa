/* t/23-seat-doors: each seat answers at its own addresses, and who has none is not there */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "t/lib/probe.h"
#include "t/lib/tap.h"
#include "t/lib/visit.h"

static void
answers(const struct app *a, unsigned int listener, const char *what)
{
	for (int seat = 0; seat < 3; seat++)
		is_int(visit(a, listener, (unsigned int)seat), seat,
		    "%s: seat %d answers at its own", what, seat);
	is_int(visit(a, listener, 3), VISIT_REFUSED,
	    "%s: a seat without a worker is refused", what);
}

int
main(void)
{
	struct app *a = visit_start(3, NULL);
	struct cadre_shm_listener l;
	char path[128], text[64];

	ok(cadre_region_listener(a->region, 0, &l) == 0 &&
	    strcmp(l.mode, "spread") == 0, "the shared one is the first");
	ok(cadre_region_listener(a->region, VISIT_TCP, &l) == 0 &&
	    strcmp(l.mode, "seat") == 0, "then the doors: %s", l.address);
	ok(strstr(l.address, ":0+N") == NULL && strstr(l.address, "+N") != NULL,
	    "with the port filled in");
	answers(a, VISIT_TCP, "tcp");
	answers(a, VISIT_UNIX, "unix");
	ok(app_ask(a, "hello\n", text, sizeof(text)) > 0,
	    "the shared one answers too");
	snprintf(path, sizeof(path), "%s/door-2", a->dir);
	ok(access(path, F_OK) == 0, "there is %s", path);
	snprintf(path, sizeof(path), "%s/door-3", a->dir);
	ok(access(path, F_OK) < 0, "and no %s", path);
	kill(a->master, SIGTERM);
	is_int(app_wait_end(a), 0, "the master exits 0");
	ok(probe_empty(a->dir), "and leaves no socket");
	app_free(a);
	return done_testing();
}
