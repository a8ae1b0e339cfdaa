/* SPDX-License-Identifier: BSD-2-Clause */
/* t/48-shut-listener: a worker that shuts its socket does not end its seat */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include <sys/socket.h>

#include "t/lib/app.h"
#include "t/lib/tap.h"

#define ASKED	60

/* The first workers shut what they were given; their successors serve. */
static int
serve(struct cadre_worker *w, void *arg)
{
	if (cadre_worker_generation(w) <= 2 && cadre_worker_seat(w) == 0) {
		shutdown(cadre_worker_listener_fd(w, 0), SHUT_RDWR);
		return app_idle(w, arg);
	}
	return app_answer(w, arg);
}

int
main(void)
{
	struct app *a = app_start(2, serve);
	unsigned int seat, answered = 0, of[2] = { 0, 0 };
	struct cadre_shm_event e;
	char answer[64];

	ok(app_wait_event(a, CADRE_EVENT_TROUBLE, CADRE_NO_SEAT, &e),
	    "the master sees it on a tick");
	ok(e.text_bytes > 0 && memmem(e.text, e.text_bytes, "listen again",
	    12) != NULL, "and says what it did");
	is_int(app_kill(a, 0, SIGKILL), 0, "the guilty one is killed");
	ok(app_wait_respawn(a, 0, 2), "its successor is up");
	for (int i = 0; i < ASKED; i++)
		if (app_ask(a, "hello\n", answer, sizeof(answer)) > 0 &&
		    sscanf(answer, "seat %u", &seat) == 1 && seat < 2) {
			answered++;
			of[seat]++;
		}
	is_u64(answered, ASKED, "all requests are answered");
	ok(of[0] > 0 && of[1] > 0, "by both seats: %u and %u", of[0], of[1]);
	is_int(app_stop(a), 0, "the master exits 0");
	return done_testing();
}
