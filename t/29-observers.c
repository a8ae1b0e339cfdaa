/* SPDX-License-Identifier: BSD-2-Clause */
/* t/29-observers: a master that is stopped or dead does not blind them */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>

#include <sys/prctl.h>
#include <sys/wait.h>

#include "t/lib/app.h"
#include "t/lib/probe.h"
#include "t/lib/tap.h"

static struct cadre_region *region;

static void
look(const struct app *a, bool lives)
{
	struct cadre_seat_view v;
	struct cadre_app app;
	uint64_t value[16];

	is_int(cadre_region_open("app", &region), 0, "an observer gets in");
	cadre_region_app(region, &app);
	is_int(app.master_lives, lives, "it knows whether the master lives");
	is_int(app.master_pid, a->master, "and which one");
	ok(cadre_region_seat(region, 0, &v) == 0 && v.state == CADRE_STATE_UP &&
	    v.newest.life.pid == (uint64_t)app_pid(a, 0), "sees the worker");
	ok(cadre_region_totals(region, value, 16) > 0 &&
	    value[cadre_region_find(region, "requests")] == 1, "its requests");
	cadre_region_close(region);
}

static bool
nobody(void *arg)
{
	(void)arg;
	return cadre_region_open("app", &region) == -ENOENT;
}

int
main(void)
{
	struct app *a;
	char answer[64];
	pid_t pid;
	int fd;

	prctl(PR_SET_CHILD_SUBREAPER, 1);
	a = app_start(1, app_answer);
	ok(app_ask(a, "hello\n", answer, sizeof(answer)) > 0, "it answers");
	ok((fd = app_hold(a)) >= 0, "a connection stays open");
	look(a, true);
	kill(a->master, SIGSTOP);
	look(a, true);
	kill(a->master, SIGCONT);
	look(a, true);
	kill(a->master, SIGKILL);
	pid = app_pid(a, 0);
	waitid(P_PID, (id_t)a->master, &(siginfo_t){ 0 }, WEXITED | WNOWAIT);
	look(a, false);
	(void)!send(fd, "go on\n", 6, MSG_NOSIGNAL);
	is_int(app_end_of(pid), 0, "then its worker ends too");
	ok(app_until(nobody, NULL), "now nobody has it any more");
	app_wait_end(a);
	app_free(a);
	return done_testing();
}
