/* SPDX-License-Identifier: BSD-2-Clause */
/* t/73-doctor-seats: a stalled seat and a parked one are told, and why */
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "t/lib/app.h"
#include "t/lib/doctor.h"
#include "t/lib/tap.h"

static void
stopped(struct app *a)
{
	char pid[64], remedy[32];
	struct command c;
	json_t *j;

	app_kill(a, 0, SIGSTOP);
	ok(app_wait_event(a, CADRE_EVENT_STALLED, 0, NULL), "one is stopped");
	doctor(&c, NULL, "app", &j);
	snprintf(pid, sizeof(pid), "seat 0 (pid %d): stopped by a signal",
	    app_pid(a, 0));
	snprintf(remedy, sizeof(remedy), "kill -CONT %d;", app_pid(a, 0));
	doctor_is(j, "stalls", "warn", pid, remedy);
	json_decref(j);
	app_kill(a, 0, SIGCONT);
	ok(app_wait_event(a, CADRE_EVENT_RESUMED, 0, NULL), "and goes on");
}

static void
stalled(void)
{
	struct app *a = app_start(1, app_answer);
	struct command c;
	json_t *j;
	char pid[48];
	int fd;

	stopped(a);
	fd = app_connect(a);
	ok(fd >= 0 && write(fd, "busy\n", 5) == 5, "one worker loops");
	ok(app_wait_event(a, CADRE_EVENT_STALLED, 0, NULL), "and is stalled");
	doctor(&c, NULL, "app", &j);
	snprintf(pid, sizeof(pid), "seat 0 (pid %d): busy loop", app_pid(a, 0));
	doctor_is(j, "stalls", "warn", pid, "gdb -p");
	json_decref(j);
	close(fd);
	app_kill(a, 0, SIGKILL);
	app_stop(a);
}

/* Seat 1 ends at once, with the status that is asked for, and last words. */
static int
end_at_once(struct cadre_worker *w, void *arg)
{
	if (cadre_worker_seat(w) == 0)
		return app_idle(w, NULL);
	fprintf(stderr, "no data\033base\n");
	return *(int *)arg;
}

static void
config(struct cadre_master *m, void *arg)
{
	(void)arg;
	cadre_master_set(m, CADRE_BACKOFF_FIRST_MS, 1);
	cadre_master_set(m, CADRE_MAX_TRIES, 2);
}

static void
parked(int status, const char *found, const char *remedy)
{
	struct app *a = app_start_with(2, end_at_once, config, &status);
	struct command c;
	json_t *j;

	ok(app_wait_state(a, 0, CADRE_STATE_UP) &&
	    app_wait_state(a, 1, CADRE_STATE_PARKED), "seat 1 is parked");
	is_int(doctor(&c, NULL, "app", &j), 1, "that fails");
	doctor_is(j, "workers", "fail", found, remedy);
	doctor_is(j, "workers", "fail", "no data\\x1bbase", remedy);
	json_decref(j);
	app_stop(a);
}

int
main(void)
{
	stalled();
	parked(3, "1 of 2 up; seat 1 (pid ", "cadre events app");
	parked(0, "exit code 0", "daemon off;");
	return done_testing();
}
