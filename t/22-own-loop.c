/* t/22-own-loop: a worker that waits by itself answers, is idle when it waits, and drains */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <sys/socket.h>

#include "t/lib/app.h"
#include "t/lib/probe.h"
#include "t/lib/tap.h"

#define ASKED	20

static void
answer_all(struct cadre_worker *w)
{
	char line[64];
	ssize_t n;
	int fd;

	while ((fd = cadre_worker_accept(w, 0, NULL)) >= 0) {
		struct pollfd p = { fd, POLLIN, 0 };

		n = poll(&p, 1, APP_WAIT_S * 1000) == 1 ?
		    recv(fd, line, sizeof(line), 0) : 0;
		if (n > 0)
			(void)!send(fd, line, (size_t)n, MSG_NOSIGNAL);
		cadre_worker_close(w, fd);
	}
}

/* poll(2) in the place of cadre_worker_wait(), as a foreign loop would. */
static int
serve(struct cadre_worker *w, void *arg)
{
	struct pollfd fds[] = {
		{ cadre_worker_listener_fd(w, 0), POLLIN, 0 },
		{ cadre_worker_fd(w), POLLIN, 0 },
	};

	(void)arg;
	cadre_worker_ready(w);
	while (!cadre_worker_draining(w)) {
		cadre_worker_turn_end(w);
		cadre_worker_turn_end(w);	/* an end without a begin */
		(void)poll(fds, 2, -1);
		cadre_worker_turn_begin(w);
		answer_all(w);
		/* Looks at its channel too. */
		cadre_worker_turn_end(w);
		cadre_worker_turn_begin(w);
	}
	return 7;
}

int
main(void)
{
	struct app *a = app_start(1, serve);
	struct cadre_shm_event e;
	char answer[64];
	int answered = 0;

	for (int i = 0; i < ASKED; i++)
		answered += app_ask(a, "hello\n", answer, sizeof(answer)) == 6;
	is_int(answered, ASKED, "it answers");
	ok(app_wait_idle(a, 0), "it is idle in its own wait");
	ok(app_total(a, "turns") >= ASKED, "its turns are counted");
	is_u64(app_total(a, "done"), ASKED, "and its connections");
	kill(a->master, SIGTERM);
	ok(app_wait_event(a, CADRE_EVENT_DIED, 0, &e), "told to drain it ends");
	is_int((int)e.exit_code, 7, "by its own return");
	is_int(app_wait_end(a), 0, "the master exits 0");
	app_free(a);
	return done_testing();
}
