/* t/59-reload-back: a version that fails at its second seat leaves none behind, and who dies later is of the old one */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "t/lib/restart.h"
#include "t/lib/tap.h"
#include "t/lib/deploy.h"

#define ASKED	20

static bool
all_say(const struct app *a, const char *what)
{
	for (int i = 0; i < ASKED; i++)
		if (!web_answers(a, what))
			return false;
	return true;
}

static void
fails(struct app *a, int (*replace)(const struct app *, char *, size_t),
    const char *verb)
{
	uint64_t before = app_generation(a, 0);
	char why[700];

	web_deploy("seat1-exit");
	is_int(replace(a, why, sizeof(why)), -ECHILD, "a %s fails", verb);
	ok(strstr(why, "the new worker of seat 1 is not ready") != NULL &&
	    strstr(why, "exit code 3") != NULL, "%s", why);
	ok(strstr(why, "1 of 2 seats were replaced, and are back at the "
	    "version before") != NULL, "and says what became of the other");
	ok(app_wait_state(a, 0, CADRE_STATE_UP) &&
	    app_wait_state(a, 1, CADRE_STATE_UP), "both seats are up");
	ok(app_generation(a, 0) >= before + 2, "seat 0 had two new workers");
	ok(all_say(a, "ok-a"), "all answers are of the old version");
	for (unsigned int i = 0; i < 2; i++) {
		before = app_generation(a, i);
		ok(app_kill(a, i, SIGKILL) == 0 &&
		    app_wait_respawn(a, i, before), "seat %u: killed, it has a "
		    "new worker", i);
	}
	ok(all_say(a, "ok-a"), "of the old version, too");
}

static int
reload(const struct app *a, char *why, size_t bytes)
{
	return ask_reload(a, 0, why, bytes);
}

int
main(void)
{
	struct app *a = web_start(2, "mode=spread");
	char why[700];

	fails(a, reload, "reload");
	fails(a, ask_restart, "restart");
	web_deploy("ok-b");
	is_int(reload(a, why, sizeof(why)), 0, "a good one is taken: %s", why);
	ok(all_say(a, "ok-b"), "by all");
	is_int(app_stop(a), 0, "the master exits 0");
	unlink("program");
	return chdir("/") < 0 ? 1 : done_testing();
}
