/* SPDX-License-Identifier: BSD-2-Clause */
/* t/74-doctor-wrapper: a script that starts its program, and does not exec it */
#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "t/lib/app.h"
#include "t/lib/doctor.h"
#include "t/lib/tap.h"
#include "tools/proc.h"

/* A shell script that starts a program, or that becomes it. */
static void
config(struct cadre_master *m, void *script)
{
	const char *const argv[] = { "/bin/sh", "-c", script, NULL };

	cadre_master_set(m, CADRE_MAX_WORKERS, 1);
	cadre_master_listen(m, "tcp:127.0.0.1:0", NULL);
	cadre_master_program(m, 1, argv);
}

struct wanted {
	const char	*command;
	bool		child;		/* of the worker; or it itself */
	struct app	*app;
};

static bool
runs(void *arg)
{
	const struct wanted *w = arg;
	pid_t pid, worker = app_pid(w->app, 0);
	DIR *proc = opendir("/proc");
	struct dirent *e;
	char command[64];
	bool found = false;

	while (!found && (e = readdir(proc)) != NULL) {
		pid = atoi(e->d_name);
		if (pid <= 0 || getpgid(pid) != worker)
			continue;
		proc_command(pid, command, sizeof(command));
		found = strcmp(command, w->command) == 0 &&
		    w->child == (pid != worker);
	}
	closedir(proc);
	return found;
}

static void
wrapped(const char *script, struct wanted w, const char *remedy)
{
	struct app *a = app_start_with(1, app_idle, config,
	    (void *)(uintptr_t)script);
	char want[96] = "none";
	struct command c;
	json_t *j;

	w.app = a;
	ok(app_wait_state(a, 0, CADRE_STATE_UP) && app_until(runs, &w),
	    "sh -c '%s'", script);
	doctor(&c, NULL, "app", &j);
	if (remedy != NULL)
		snprintf(want, sizeof(want), "(%s) under pid %d (sh)",
		    w.command, (int)app_pid(a, 0));
	doctor_is(j, "wrappers", remedy != NULL ? "warn" : "ok", want, remedy);
	doctor_is(j, "attached", "warn", "0 of 1 workers",
	    "cadre_worker_attach()");
	json_decref(j);
	app_kill(a, 0, SIGKILL);
	app_stop(a);
}

int
main(void)
{
	wrapped("sleep 60; exit 1", (struct wanted){ "sleep", true, NULL },
	    "exec before");
	wrapped("exec sleep 60", (struct wanted){ "sleep", false, NULL }, NULL);
	/* A program of several processes is no wrapper. */
	wrapped("mkfifo $CADRE_RUNTIME_DIR/f; (read x <$CADRE_RUNTIME_DIR/f) &"
	    " wait", (struct wanted){ "sh", true, NULL }, NULL);
	return done_testing();
}
