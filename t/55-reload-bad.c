/* t/55-reload-bad: a bad new version is withdrawn, cadre reload exits 1 and says why, and the old workers serve on, as many as before */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "t/lib/background.h"
#include "t/lib/capacity.h"
#include "t/lib/command.h"
#include "t/lib/tap.h"
#include "t/lib/version.h"

#define SEATS	2

static const char *mode;
static pid_t pids[SEATS];

static struct app *
start(void)
{
	struct app *a = background_new();

	version_put(a, &version_good);
	BACKGROUND_START(a, "-i", "2", "--mode", mode, "--wait-ready",
	    "--ready-timeout", "1", "--min-uptime", "1", "--",
	    version_path(a));
	for (unsigned int i = 0; i < SEATS; i++)
		pids[i] = app_pid(a, i);
	return a;
}

static void
bad(struct app *a, const struct version *v)
{
	struct capacity *served = capacity_begin(a);
	char answer[64];
	struct command c;

	version_put(a, v);
	is_int(COMMAND(&c, "reload", "app"), 1, "%s, %s: it exits 1", mode,
	    v->name);
	ok(strstr(c.err, v->why[0]) != NULL && strstr(c.err, v->why[1]) != NULL,
	    "%s, %s: and says why: %s", mode, v->name, c.err);
	is_int(command_lines(c.err), 1, "in one line");
	for (unsigned int i = 0; i < SEATS; i++)
		ok(app_wait_state(a, i, CADRE_STATE_UP) &&
		    app_pid(a, i) == pids[i], "%s, %s: seat %u has its old "
		    "worker", mode, v->name, i);
	ok(app_ask(a, "hello\n", answer, sizeof(answer)) > 0, "%s, %s: it "
	    "answers", mode, v->name);
	is_int(capacity_end(served), SEATS, "%s, %s: never fewer than all were "
	    "up", mode, v->name);
}

static void
all_bad(void)
{
	struct app *a = start();
	struct command c;

	for (unsigned int i = 0; i < nversions_bad; i++)
		bad(a, &versions_bad[i]);
	version_put(a, &version_good);
	is_int(COMMAND(&c, "reload", "app"), 0, "%s, a good one: %s%s", mode,
	    c.out, c.err);
	for (unsigned int i = 0; i < SEATS; i++)
		ok(app_wait_state(a, i, CADRE_STATE_UP) &&
		    app_pid(a, i) != pids[i], "%s: seat %u has a new worker",
		    mode, i);
	is_int(app_stop(a), 0, "%s: the master exits 0", mode);
}

int
main(void)
{
	static const char *const modes[] = { "spread", "gate", "rr" };

	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		mode = modes[i];
		all_bad();
	}
	return done_testing();
}
