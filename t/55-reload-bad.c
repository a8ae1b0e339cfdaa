/* t/55-reload-bad: a bad new version is withdrawn and told of, and the old workers serve on */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "t/lib/exec.h"
#include "t/lib/restart.h"
#include "t/lib/tap.h"

#define SEATS	2

/* What a file named `version` says, each worker does when it begins. */
static const char versions[] =
    "case `cat $CADRE_RUNTIME_DIR/version` in "
    "exit) echo no good >&2; exit 1 ;; "
    "abort) kill -ABRT $$ ;; "
    "hang) exec sleep 1000 ;; "
    "refuse) exec %s no-such-word ;; "
    "away) sleep 1000 & exit 0 ;; "
    "brief) exec %s brief ;; "
    "esac; exec %s answer";

static const struct bad {
	const char	*version, *why;
} bad[] = {
	{ "exit", "exit code 1" },
	{ "exit", "no good" },
	{ "abort", "SIGABRT" },
	{ "hang", "not ready within" },
	{ "refuse", "exit code" },
	{ "away", "did it go into the background?" },
	{ "brief", "did not stay up" },
	{ "brief", "exit code 7" },
};

static const char *listens;

static void
config(struct cadre_master *m, void *arg)
{
	static char script[20000];
	const char *argv[] = { "/bin/sh", "-c", script, NULL };

	(void)arg;
	snprintf(script, sizeof(script), versions, exec_path(), exec_path(),
	    exec_path());
	if (cadre_master_listen(m, "tcp:127.0.0.1:0", listens) < 0 ||
	    cadre_master_set(m, CADRE_READY_AFTER_MS, -1) < 0 ||
	    cadre_master_set(m, CADRE_READY_TIMEOUT_MS, 700) < 0 ||
	    cadre_master_set(m, CADRE_MIN_UPTIME_MS, 300) < 0 ||
	    cadre_master_program(m, SEATS, argv) < 0)
		exit(99);
}

static void
version(const struct app *a, const char *name)
{
	char path[128];
	FILE *f;

	snprintf(path, sizeof(path), "%s/version", a->dir);
	f = fopen(path, "we");
	fprintf(f, "%s\n", name);
	fclose(f);
}

/* By the events: how many of both seats were up, at the least. */
static int
least_up(struct app *a)
{
	struct cadre_shm_event e;
	int up = SEATS, least = SEATS;
	bool was_up[1000] = { false };

	while (cadre_region_events(a->region, &a->events, &e, 1) == 1) {
		if (e.kind == CADRE_EVENT_READY)
			was_up[e.generation % 1000] = true;
		up += (e.kind == CADRE_EVENT_READY) - ((e.kind ==
		    CADRE_EVENT_DIED || e.kind == CADRE_EVENT_DRAINING) &&
		    was_up[e.generation % 1000]);
		least = up < least ? up : least;
	}
	return least;
}

static void
mode(const char *options)
{
	uint64_t before[SEATS];
	struct app *a;
	char why[700];

	listens = options;
	a = EXEC_START(SEATS, config, "answer");
	for (unsigned int i = 0; i < SEATS; i++) {
		ok(app_wait_state(a, i, CADRE_STATE_UP), "%s: seat %u is up",
		    options, i);
		before[i] = app_generation(a, i);
	}
	(void)least_up(a);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		version(a, bad[i].version);
		is_int(ask_reload(a, 0, why, sizeof(why)), -ECHILD, "%s, %s: it "
		    "fails", options, bad[i].version);
		ok(strstr(why, bad[i].why) != NULL, "%s", why);
	}
	is_int(least_up(a), SEATS, "%s: never fewer than all were up", options);
	for (unsigned int i = 0; i < SEATS; i++)
		ok(app_wait_state(a, i, CADRE_STATE_UP) &&
		    app_generation(a, i) == before[i], "%s: seat %u has its "
		    "old worker", options, i);
	ok(app_ask(a, "hello\n", why, sizeof(why)) > 0, "%s: it answers",
	    options);
	version(a, "good");
	is_int(ask_reload(a, 0, why, sizeof(why)), 0, "%s: a good one: %s",
	    options, why);
	is_int(app_stop(a), 0, "%s: the master exits 0", options);
}

int
main(void)
{
	mode("mode=spread");
	mode("mode=gate");
	mode("mode=rr");
	return done_testing();
}
