/* SPDX-License-Identifier: BSD-2-Clause */
/* t/43-master-killed: its workers finish what they have, then are gone */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "t/lib/app.h"
#include "t/lib/tap.h"

/* On a Unix socket, which both share, only who is free accepts. */
static void
config(struct cadre_master *m, void *arg)
{
	char web[128];

	(void)arg;
	snprintf(web, sizeof(web), "unix:%s/web", getenv("CADRE_RUNTIME_DIR"));
	cadre_master_listen(m, web, NULL);
}

static void
start_again(struct app *a, int exit_status, pid_t named)
{
	char err[512] = "", text[64];
	int status = app_try(1, app_idle, app_once, NULL, a->dir, err,
	    sizeof(err));

	ok(WIFEXITED(status) && WEXITSTATUS(status) == exit_status,
	    "a start now exits %d %s", exit_status, err);
	snprintf(text, sizeof(text), ": pid %d;", named);
	ok(named == 0 || strstr(err, text) != NULL, "naming %d", named);
}

int
main(void)
{
	pid_t idle, busy;
	unsigned int seat;
	char answer[64];
	struct app *a;
	int fd;

	prctl(PR_SET_CHILD_SUBREAPER, 1);	/* orphans are our children */
	a = app_start_with(2, app_answer, config, NULL);
	ok(app_wait_state(a, 0, CADRE_STATE_UP) &&
	    app_wait_state(a, 1, CADRE_STATE_UP), "two workers are up");
	ok((fd = app_hold_seat(a, &seat)) >= 0, "one is busy");
	busy = app_pid(a, seat);
	idle = app_pid(a, 1 - seat);
	kill(a->master, SIGKILL);
	is_int(app_wait_end(a), SIGKILL, "the master is killed");
	is_int(app_end_of(idle), 0, "the idle one leaves by itself");
	start_again(a, 1, busy);
	ok(send(fd, "go on\n", 6, MSG_NOSIGNAL) == 6 &&
	    recv(fd, answer, sizeof(answer), 0) > 0, "the busy one answers");
	is_int(app_end_of(busy), 0, "and leaves by itself");
	start_again(a, 0, 0);
	close(fd);
	app_free(a);
	return done_testing();
}
