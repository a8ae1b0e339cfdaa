/* SPDX-License-Identifier: BSD-2-Clause */
/* t/48-shut-handover: a worker that shuts its hand-over harms itself alone */
#include <signal.h>
#include <stdlib.h>

#include <sys/socket.h>

#include "t/lib/app.h"
#include "t/lib/tap.h"

#define ASKED	40

/* Of its channels the oldest: it was there before this worker. */
static void
shut_handover(void)
{
	socklen_t bytes;
	int type;

	for (int fd = 3; fd < 256; fd++) {
		bytes = sizeof(type);
		if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &bytes) == 0 &&
		    type == SOCK_SEQPACKET) {
			shutdown(fd, SHUT_RDWR);
			return;
		}
	}
}

static int
serve(struct cadre_worker *w, void *arg)
{
	if (cadre_worker_generation(w) <= 2 && cadre_worker_seat(w) == 0) {
		shut_handover();
		return app_idle(w, arg);
	}
	return app_answer(w, arg);
}

static void
config(struct cadre_master *m, void *arg)
{
	if (cadre_master_listen(m, "tcp:127.0.0.1:0", arg) < 0)
		exit(99);
}

/* How many of `of` were answered, and how many of them by seat 0. */
static unsigned int
ask(struct app *a, unsigned int *ret_first)
{
	unsigned int n = 0, first = 0;
	char answer[64];

	for (unsigned int i = 0; i < ASKED; i++)
		if (app_ask(a, "hello\n", answer, sizeof(answer)) > 0) {
			n++;
			first += answer[5] == '0';
		}
	*ret_first = first;
	return n;
}

struct asked {
	struct app	*app;
	unsigned int	n, first;
};

/* The acceptor has heard of the successor, or somebody was not answered. */
static bool
is_known(void *arg)
{
	struct asked *q = arg;

	q->n = ask(q->app, &q->first);
	return q->n != ASKED || q->first > 0;
}

int
main(void)
{
	static char mode[] = "mode=rr";
	struct app *a = app_start_with(2, serve, config, mode);
	struct asked q = { .app = a };
	unsigned int first;

	ok(app_wait_state(a, 0, CADRE_STATE_UP) &&
	    app_wait_state(a, 1, CADRE_STATE_UP), "both are up");
	is_u64(ask(a, &first), ASKED, "all requests are answered");
	is_u64(first, 0, "by the other one");
	is_int(app_kill(a, 0, SIGKILL), 0, "the guilty one is killed");
	ok(app_wait_respawn(a, 0, 2), "its successor is up");
	ok(app_until(is_known, &q) && q.n == ASKED, "all requests are answered");
	ok(q.first > 0, "by both: %u by the successor", q.first);
	is_int(app_stop(a), 0, "the master exits 0");
	return done_testing();
}
