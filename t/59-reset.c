/* t/59-reset: a reset brings a parked seat back at once, alone or with all others, and harms none that is up */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "t/lib/command.h"
#include "t/lib/exec.h"
#include "t/lib/restart.h"
#include "t/lib/tap.h"

#define SEATS	2

/* Seat 1 of it cannot serve while a file named `broken` is there. */
static void
config(struct cadre_master *m, void *arg)
{
	static char script[5000];
	const char *argv[] = { "/bin/sh", "-c", script, NULL };

	(void)arg;
	snprintf(script, sizeof(script), "test $CADRE_SEAT != 1 || "
	    "test ! -e $CADRE_RUNTIME_DIR/broken || exit 9; exec %s answer",
	    exec_path());
	if (cadre_master_set(m, CADRE_MAX_TRIES, 2) < 0 ||
	    cadre_master_set(m, CADRE_BACKOFF_FIRST_MS, 1) < 0 ||
	    cadre_master_program(m, SEATS, argv) < 0)
		exit(99);
}

static void
parked(struct app *a, const char *path)
{
	fclose(fopen(path, "we"));
	ok(app_kill(a, 1, SIGKILL) == 0, "seat 1 breaks");
	ok(app_wait_state(a, 1, CADRE_STATE_PARKED), "and is parked");
}

int
main(void)
{
	struct app *a = EXEC_START(SEATS, config, "answer");
	char path[128], why[300];
	struct cadre_shm_event e;
	struct command c;
	uint64_t other;

	snprintf(path, sizeof(path), "%s/broken", a->dir);
	for (unsigned int i = 0; i < SEATS; i++)
		ok(app_wait_state(a, i, CADRE_STATE_UP), "seat %u is up", i);
	other = app_generation(a, 0);
	parked(a, path);
	is_int(ask_reset(a, 1, why, sizeof(why)), 0, "a reset tries it%s", why);
	ok(app_wait_event(a, CADRE_EVENT_RESET, 1, &e) && e.tries == 2,
	    "which is told, after %u deaths", e.tries);
	ok(app_wait_event(a, CADRE_EVENT_PARKED, 1, NULL), "is parked again");
	unlink(path);
	is_int(COMMAND(&c, "reset", a->name), 0, "mended: cadre reset%s",
	    c.err);
	ok(app_wait_state(a, 1, CADRE_STATE_UP), "seat 1 is up");
	parked(a, path);
	unlink(path);
	is_int(COMMAND(&c, "reset", a->name, "1"), 0, "of one seat%s", c.err);
	ok(app_wait_state(a, 1, CADRE_STATE_UP), "seat 1 is up");
	is_int(COMMAND(&c, "reset", a->name, "all"), 0, "of seats that are up");
	is_u64(app_generation(a, 0), other, "seat 0 had one worker all along");
	is_int(ask_reset(a, 4096, why, sizeof(why)), -ENOENT, "no seat: %s",
	    why);
	is_int(ask_reset(a, SEATS, why, sizeof(why)), -ESRCH, "not wanted: %s",
	    why);
	is_int(COMMAND(&c, "reset", a->name, "9"), 1, "the command exits 1");
	ok(strstr(c.err, "no worker is wanted in seat 9") != NULL, "and says "
	    "why: %s", c.err);
	is_int(COMMAND(&c, "reset", a->name, "x"), 2, "a word is no seat");
	is_int(COMMAND(&c, "reset"), 2, "which app? it asks");
	is_int(COMMAND(&c, "reset", "nobody"), 3, "there is no such app");
	is_int(app_stop(a), 0, "the master exits 0");
	return done_testing();
}
