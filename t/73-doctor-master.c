/* SPDX-License-Identifier: BSD-2-Clause */
/* t/73-doctor-master: an app is well, then its master is stopped, then dead */
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "t/lib/app.h"
#include "t/lib/doctor.h"
#include "t/lib/tap.h"

static void
is_well(void)
{
	struct command c;
	char text[64];
	json_t *j;

	doctor(&c, NULL, "app", &j);
	is_str(json_string_value(json_at(j, "app")), "app", "its name");
	doctor_is(j, "master", "ok", "beat", NULL);
	doctor_is(j, "workers", "ok", "1 of 1 up", NULL);
	doctor_is(j, "stalls", "ok", "none", NULL);
	doctor_is(j, "attached", "ok", "1 of 1 workers", NULL);
	doctor_is(j, "missing_slots", "ok", "0 ", NULL);
	doctor_is(j, "logs", "ok", "in 1 files", NULL);
	doctor_is(j, "left_running", "ok", "none", NULL);
	doctor_is(j, "wrappers", "ok", "none", NULL);
	snprintf(text, sizeof(text), "1 workers may act as uid %u", geteuid());
	doctor_is(j, "uids", "warn", text, "trust");
	json_decref(j);
}

int
main(void)
{
	struct app *a = app_start(1, app_answer);
	struct command c;
	char text[64];
	json_t *j;
	int fd;

	is_well();
	fd = app_hold(a);
	kill(a->master, SIGSTOP);
	is_int(doctor(&c, NULL, "app", &j), 1, "its master is stopped: 1");
	snprintf(text, sizeof(text), "kill -CONT %d", (int)a->master);
	doctor_is(j, "master", "fail", "stopped", text);
	json_decref(j);
	kill(a->master, SIGCONT);
	kill(a->master, SIGKILL);
	app_wait_end(a);
	is_int(doctor(&c, NULL, "app", &j), 1, "its master is dead: 1");
	snprintf(text, sizeof(text), "kill %d", (int)app_pid(a, 0));
	doctor_is(j, "master", "fail", "dead; 1 of its processes", text);
	json_decref(j);
	app_kill(a, 0, SIGKILL);
	close(fd);
	app_free(a);
	return done_testing();
}
