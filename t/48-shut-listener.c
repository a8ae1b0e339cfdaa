/* SPDX-License-Identifier: BSD-2-Clause */
/* t/48-shut-listener: a worker that shuts its socket does not end its seat */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sys/socket.h>

#include "t/lib/app.h"
#include "t/lib/probe.h"
#include "t/lib/tap.h"

#define ASKED	60

/* Whatever listens here: what the application polls is no socket. */
static void
shut_listeners(void)
{
	socklen_t bytes;
	int listens;

	for (int fd = 3; fd < 256; fd++) {
		bytes = sizeof(listens);
		if (getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens,
		    &bytes) == 0 && listens)
			shutdown(fd, SHUT_RDWR);
	}
}

static void
config(struct cadre_master *m, void *arg)
{
	if (cadre_master_listen(m, "tcp:127.0.0.1:0", arg) < 0)
		exit(99);
}

/* The first workers shut what they were given; their successors serve. */
static int
serve(struct cadre_worker *w, void *arg)
{
	if (cadre_worker_generation(w) <= 2 && cadre_worker_seat(w) == 0) {
		shut_listeners();
		return app_idle(w, arg);
	}
	return app_answer(w, arg);
}

static void
mode_try(const char *mode)
{
	char options[32], answer[64];
	unsigned int seat, answered = 0, of[2] = { 0, 0 };
	struct cadre_shm_event e;
	struct app *a;

	snprintf(options, sizeof(options), "mode=%s", mode);
	a = app_start_with(2, serve, config, options);
	ok(app_wait_event(a, CADRE_EVENT_TROUBLE, CADRE_NO_SEAT, &e),
	    "%s: the master sees it on a tick", mode);
	ok(e.text_bytes > 0 && memmem(e.text, e.text_bytes, "listen again",
	    12) != NULL, "and says what it did");
	is_int(app_kill(a, 0, SIGKILL), 0, "the guilty one is killed");
	/* In the kernel's choice as well. */
	ok(app_wait_respawn(a, 0, 2) && probe_turn(a), "its successor is up");
	for (int i = 0; i < ASKED; i++)
		if (app_ask(a, "hello\n", answer, sizeof(answer)) > 0 &&
		    sscanf(answer, "seat %u", &seat) == 1 && seat < 2) {
			answered++;
			of[seat]++;
		}
	is_u64(answered, ASKED, "all requests are answered");
	ok(of[0] > 0 && of[1] > 0, "by both seats: %u and %u", of[0], of[1]);
	is_int(app_stop(a), 0, "the master exits 0");
}

int
main(void)
{
	mode_try("spread");
	mode_try("gate");
	return done_testing();
}
