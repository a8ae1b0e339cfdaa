/* SPDX-License-Identifier: BSD-2-Clause */
/* t/20-start-stop: workers get ready, TERM ends all, nothing is left behind */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include <sys/stat.h>
#include <sys/wait.h>

#include "t/lib/app.h"
#include "t/lib/tap.h"

int
main(void)
{
	struct app *a = app_start(2, app_idle);
	pid_t workers[] = { app_pid(a, 0), app_pid(a, 1) };
	struct cadre_app app;
	char sock[128];
	struct stat st;

	cadre_region_app(a->region, &app);
	is_int(app.state, CADRE_APP_RUNNING, "the app runs");
	is_u64(app.workers, 2, "two workers are wanted");
	ok(workers[0] != workers[1] && workers[0] > 0, "two processes");
	snprintf(sock, sizeof(sock), "%s/app/sock", a->dir);
	ok(stat(sock, &st) == 0 && (st.st_mode & 0777) == 0660,
	    "its socket is there, mode 0660");
	kill(a->master, SIGTERM);
	is_int(app_wait_end(a), 0, "the master exits 0");
	ok(app_gone(workers[0]) && app_gone(workers[1]), "no worker is left");
	cadre_region_app(a->region, &app);
	is_int(app.state, CADRE_APP_STOPPED, "the last state can be read");
	sock[strlen(a->dir) + 4] = '\0';
	ok(stat(sock, &st) < 0, "its directory is gone");
	app_free(a);
	return done_testing();
}
