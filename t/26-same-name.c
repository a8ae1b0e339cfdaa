/* SPDX-License-Identifier: BSD-2-Clause */
/* t/26-same-name: a second app of a name is refused, the first serves on */
#include <stdio.h>
#include <string.h>

#include <sys/wait.h>

#include "t/lib/app.h"
#include "t/lib/tap.h"

int
main(void)
{
	struct app *a = app_start(1, app_answer);
	char err[512], pid[32], answer[64];
	struct cadre_app app;
	int status;

	for (int i = 0; i < 2; i++) {
		status = app_try(1, app_idle, NULL, NULL, a->dir, err,
		    sizeof(err));
		ok(WIFEXITED(status) && WEXITSTATUS(status) == 1, "it exits 1");
		snprintf(pid, sizeof(pid), "(master pid %d)", a->master);
		ok(strstr(err, pid) != NULL &&
		    strstr(err, "cadre stop app") != NULL, "says: %s", err);
	}
	ok(app_ask(a, "hello\n", answer, sizeof(answer)) > 0,
	    "the first still answers");
	cadre_region_close(a->region);
	is_int(cadre_region_open("app", &a->region), 0, "and can be found");
	cadre_region_app(a->region, &app);
	is_int(app.master_pid, a->master, "under its name");
	is_int(app_stop(a), 0, "the master exits 0");
	return done_testing();
}
