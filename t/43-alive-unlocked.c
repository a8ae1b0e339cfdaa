/* SPDX-License-Identifier: BSD-2-Clause */
/* t/43-alive-unlocked: one worker cannot give up the guard of the others */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <sys/file.h>

#include "t/lib/app.h"
#include "t/lib/tap.h"

static void
unlock_all(void)
{
	for (int fd = 3; fd < 256; fd++)
		(void)flock(fd, LOCK_UN);
}

/* Seat 0 unlocks and waits; seat 1 will not leave until its deadline. */
static int
serve(struct cadre_worker *w, void *arg)
{
	if (cadre_worker_seat(w) == 0) {
		unlock_all();
		return app_idle(w, arg);
	}
	cadre_worker_ready(w);
	for (;;)
		pause();
}

static void
config(struct cadre_master *m, void *arg)
{
	(void)arg;
	cadre_master_listen(m, "tcp:127.0.0.1:0", NULL);
	cadre_master_set(m, CADRE_DRAIN_TIMEOUT_MS, 3000);
}

int
main(void)
{
	struct app *a = app_start_with(2, serve, config, NULL);
	char err[512];
	pid_t stays;

	ok(app_wait_state(a, 0, CADRE_STATE_UP) &&
	    app_wait_state(a, 1, CADRE_STATE_UP), "both workers are up");
	stays = app_pid(a, 1);
	kill(a->master, SIGKILL);
	ok(app_wait_end(a) != -1, "the master is killed");
	ok(app_gone(app_pid(a, 0)), "the worker that unlocked is gone");
	is_int(app_try(1, app_idle, config, NULL, a->dir, err, sizeof(err)),
	    1 << 8, "a start is refused");
	ok(strstr(err, "still serve") != NULL, "for the one that stays: %s", err);
	ok(app_gone(stays), "it leaves at its deadline");
	app_free(a);
	return done_testing();
}
