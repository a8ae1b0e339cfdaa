/* t/25-mode-programs: a program that attaches serves in every mode; one that does not is refused at the start, and killed later */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sys/wait.h>

#include "t/lib/exec.h"
#include "t/lib/keeper.h"
#include "t/lib/probe.h"
#include "t/lib/tap.h"

enum { ASKED = 20 };

static const char *mode;
static int64_t after_ms;

static void
config(struct cadre_master *m, void *arg)
{
	(void)arg;
	if (cadre_master_listen(m, "tcp:127.0.0.1:0", mode) < 0 ||
	    cadre_master_set(m, CADRE_MIN_UPTIME_MS, 5000) < 0 ||
	    cadre_master_set(m, CADRE_BACKOFF_FIRST_MS, 10) < 0 ||
	    cadre_master_set(m, CADRE_MAX_TRIES, 3) < 0 ||
	    cadre_master_set(m, CADRE_READY_AFTER_MS, after_ms) < 0)
		exit(99);
}

/* The second listener is the one in that mode. */
static int
ask_all(struct app *a)
{
	char answer[64];
	int n = 0;

	a->port = keeper_port(a, 1);
	for (int i = 0; i < ASKED; i++)
		n += app_ask(a, "hello\n", answer, sizeof(answer)) > 0;
	return n;
}

static void
attaches(void)
{
	struct app *a;

	after_ms = -1;			/* it says so itself, when it has */
	a = EXEC_START(2, config, "answer");
	ok(app_wait_state(a, 0, CADRE_STATE_UP) &&
	    app_wait_state(a, 1, CADRE_STATE_UP), "%s: both are up", mode);
	is_int(ask_all(a), ASKED, "they answer");
	ok(keeper_rests(a, 2), "no load is left");
	is_int(app_stop(a), 0, "the master exits 0");
}

static void
refused(void)
{
	char err[4096];
	int status;

	after_ms = 50;
	status = EXEC_TRY(config, probe_dir(), err, "plain");
	ok(WIFEXITED(status) && WEXITSTATUS(status) != 0, "%s: a program that "
	    "does not attach ends the start", mode);
	ok(strstr(err, "needs a program that uses libcadre") != NULL,
	    "with the reason: %s", err);
}

/* The first life of each seat attaches, the later ones do not. */
static void
killed(void)
{
	struct cadre_shm_event e;
	struct app *a;

	after_ms = 2000;		/* the first ones have attached by then */
	a = EXEC_START(2, config, "once");
	ok(app_wait_state(a, 0, CADRE_STATE_UP) &&
	    app_wait_state(a, 1, CADRE_STATE_UP), "%s: both are up", mode);
	app_kill(a, 0, SIGKILL);
	ok(app_wait_event(a, CADRE_EVENT_TROUBLE, 0, &e) && strstr(e.text,
	    "needs a program that uses libcadre") != NULL,
	    "a successor that does not attach is told of, and killed");
	is_int(ask_all(a), ASKED, "the other answers all");
	ok(app_wait_event(a, CADRE_EVENT_PARKED, 0, NULL),
	    "after some early deaths it is parked");
	is_int(ask_all(a), ASKED, "the other answers all");
	is_int(app_stop(a), 0, "the master exits 0");
}

int
main(void)
{
	static const char *const modes[] = { "mode=rr", "mode=least",
	    "mode=gate", "mode=sticky:addr" };

	for (int i = 0; i < 4; i++) {
		mode = modes[i];
		attaches();
		refused();
	}
	mode = "mode=rr";
	killed();
	return done_testing();
}
