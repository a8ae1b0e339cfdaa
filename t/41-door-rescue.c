/* t/41-door-rescue: what waits at the door of a stalled worker others answer, or it waits, as asked */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include <sys/socket.h>

#include "t/lib/keeper.h"
#include "t/lib/probe.h"
#include "t/lib/restart.h"
#include "t/lib/tap.h"
#include "t/lib/visit.h"

static void
others(void)
{
	struct app *a = visit_start(2, NULL);

	ok(app_wait_idle(a, 0) && keeper_stand(app_pid(a, 0)), "one stands");
	is_int(visit(a, VISIT_TCP, 0), 1, "tcp: the other answers for it");
	is_int(visit(a, VISIT_UNIX, 0), 1, "unix: the other answers for it");
	app_kill(a, 0, SIGCONT);
	ok(visit_until(a, VISIT_TCP, 0, 0), "then it does so itself");
	is_int(app_stop(a), 0, "the master exits 0");
}

/* The seat of who answers there, at last. */
static int
answer_of(int fd)
{
	char answer[64];
	int seat = -1;
	ssize_t n = recv(fd, answer, sizeof(answer) - 1, 0);

	answer[n > 0 ? n : 0] = '\0';
	(void)sscanf(answer, "seat %d ", &seat);
	close(fd);
	return seat;
}

static void
waits(void)
{
	struct app *a = visit_start(3, "stalled=wait");
	char why[300];
	int fd, last;

	ok(app_wait_idle(a, 0) && keeper_stand(app_pid(a, 0)), "one stands");
	fd = visit_connect(a, VISIT_TCP, 0);
	last = visit_connect(a, VISIT_UNIX, 0);
	ok(send(fd, "hello\n", 6, 0) == 6 && send(last, "hello\n", 6, 0) == 6,
	    "two ask it");
	ok(app_wait_event(a, CADRE_EVENT_STALLED, 0, NULL), "that is seen");
	ok(probe_beats(a, 1), "for some time");
	ok(poll(&(struct pollfd){ .fd = fd, .events = POLLIN }, 1, 0) == 0,
	    "nobody answers");
	app_kill(a, 0, SIGCONT);
	is_int(answer_of(fd), 0, "but it does, when it goes on");
	is_int(answer_of(last), 0, "and so of the Unix socket");
	ok(app_wait_idle(a, 2) && keeper_stand(app_pid(a, 2)),
	    "another stands");
	fd = visit_connect(a, VISIT_TCP, 2);
	ok(send(fd, "hello\n", 6, 0) == 6, "and is asked");
	ok(app_wait_event(a, CADRE_EVENT_STALLED, 2, NULL), "that is seen");
	is_int(ask_scale(a, 2, 0, why, sizeof(why)), 0, "one less%s", why);
	last = answer_of(fd);
	ok(last == 0 || last == 1, "seat %d answers what waited", last);
	is_int(visit(a, VISIT_TCP, 2), VISIT_REFUSED, "others are refused");
	app_kill(a, 2, SIGCONT);
	is_int(app_stop(a), 0, "the master exits 0");
}

int
main(void)
{
	others();
	waits();
	return done_testing();
}
