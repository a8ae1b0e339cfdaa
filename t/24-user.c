/* t/24-user: a forked worker runs as its user from the first line on, with no way back, after a death and a reload too */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sys/prctl.h>
#include <sys/stat.h>

#include "t/lib/app.h"
#include "t/lib/probe.h"
#include "t/lib/restart.h"
#include "t/lib/tap.h"
#include "t/lib/user.h"

static int
tell(struct cadre_worker *w, void *arg)
{
	int signal = 0;

	(void)arg;
	prctl(PR_GET_PDEATHSIG, &signal);
	dprintf(STDOUT_FILENO, "%d %d %d %d %d %s\n", setuid(0),
	    setresuid(0, 0, 0), prctl(PR_GET_DUMPABLE), signal,
	    getenv("HOME") != NULL, getenv("CADRE_SEAT"));
	return app_answer(w, NULL);
}

static void
config(struct cadre_master *m, void *arg)
{
	(void)arg;
	user_take(m);
	if (cadre_master_listen(m, "tcp:127.0.0.1:0", "mode=rr") < 0 ||
	    cadre_master_set(m, CADRE_MIN_UPTIME_MS, 50) < 0)
		exit(99);
}

static void
life(struct app *a, const char *when, unsigned int n)
{
	char text[1024] = "", *at = text, answer[64];

	ok(app_wait_state(a, 0, CADRE_STATE_UP), "%s: it is up", when);
	user_is(app_pid(a, 0), a->master, when);
	text[probe_log(a, 0, text, sizeof(text) - 1)] = '\0';
	for (unsigned int i = 1; i < n && at != NULL; i++)
		at = strchr(at, '\n') != NULL ? strchr(at, '\n') + 1 : NULL;
	is_str(at, "-1 -1 0 15 0 0\n", "%s: setuid(0) fails; not dumpable; "
	    "the death signal; no HOME; its seat", when);
	ok(app_ask(a, "hello\n", answer, sizeof(answer)) > 0,
	    "%s: it answers what the acceptor hands over", when);
}

static void
owned(const struct app *a)
{
	char path[192];
	struct stat st = { .st_uid = 0 };

	snprintf(path, sizeof(path), "%s/app/log/seat-0.log", a->dir);
	ok(stat(path, &st) == 0 && st.st_uid == USER_UID &&
	    (st.st_mode & 0777) == 0640, "its log is its own");
	snprintf(path, sizeof(path), "%s/app", a->dir);
	ok(stat(path, &st) == 0 && (st.st_mode & 0777) == 0750,
	    "the directory is not for functions");
}

int
main(void)
{
	uint64_t generation;
	struct app *a;
	char why[300];

	if (geteuid() != 0)
		skip_all("needs root, to become another user");
	setenv("HOME", "/root", 1);
	a = app_start_with(1, tell, config, NULL);
	life(a, "at first", 1);
	owned(a);
	generation = app_generation(a, 0);
	is_int(app_kill(a, 0, SIGKILL), 0, "it is killed");
	ok(app_wait_respawn(a, 0, generation), "another comes");
	life(a, "after a death", 2);
	is_int(ask_reload(a, 0, why, sizeof(why)), 0, "a reload: %s", why);
	life(a, "after a reload", 3);
	is_int(app_stop(a), 0, "the master can end it, and exits 0");
	return done_testing();
}
