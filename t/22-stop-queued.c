/* t/22-stop-queued: connections that wait for the acceptor when a graceful stop begins are answered */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <signal.h>
#include <unistd.h>

#include <sys/socket.h>

#include "t/lib/keeper.h"
#include "t/lib/tap.h"

enum { WAITING = 40 };

/*
 * The acceptor stands when the stop begins, so all wait in the listener's
 * queue; it goes on when it was told to finish, or never.
 */
static void
stop(const char *options, int workers, bool goes_on)
{
	struct app *a = keeper_start(workers, app_answer, options);
	pid_t pid = keeper_acceptor(a);
	int fds[WAITING], answered = 0, cut = 0;
	char answer[64];

	ok(keeper_stand(pid), "the acceptor stands");
	for (int i = 0; i < WAITING; i++) {
		fds[i] = app_connect(a);
		(void)!send(fds[i], "hello\n", 6, MSG_NOSIGNAL);
	}
	kill(a->master, SIGTERM);
	ok(app_wait_event(a, CADRE_EVENT_STOPPING, CADRE_NO_SEAT, NULL),
	    "%s, %d workers: it stops", options, workers);
	if (goes_on)
		kill(pid, SIGCONT);
	for (int i = 0; i < WAITING; i++) {
		if (recv(fds[i], answer, sizeof(answer), 0) > 0)
			answered++;
		else
			cut++;
		close(fds[i]);
	}
	is_int(goes_on ? answered : cut, WAITING, goes_on ?
	    "all that waited are answered" : "nobody took them, it ends");
	is_int(app_wait_end(a), 0, "the master exits 0");
	ok(app_gone(pid), "the acceptor is gone");
	app_free(a);
}

int
main(void)
{
	stop("mode=rr", 2, true);
	stop("mode=least", 1, true);
	stop("unix,mode=rr", 3, true);
	stop("mode=sticky:addr", 2, true);
	stop("mode=sticky:cookie:sid,strict", 2, true);
	stop("mode=rr", 2, false);
	return done_testing();
}
