/* SPDX-License-Identifier: BSD-2-Clause */
/* t/48-shut-handover: a worker that shuts its hand-over harms itself alone */
#include <signal.h>
#include <stdlib.h>

#include <sys/socket.h>

#include "t/lib/asked.h"
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

int
main(void)
{
	static char mode[] = "mode=rr";
	struct app *a = app_start_with(2, serve, config, mode);
	unsigned int first;

	ok(app_wait_state(a, 0, CADRE_STATE_UP) &&
	    app_wait_state(a, 1, CADRE_STATE_UP), "both are up");
	is_u64(asked(a, ASKED, &first), ASKED, "all requests are answered");
	is_u64(first, 0, "by the other one");
	is_int(app_kill(a, 0, SIGKILL), 0, "the guilty one is killed");
	ok(app_wait_respawn(a, 0, 2), "its successor is up");
	ok(asked_first(a, ASKED, &first), "all requests are answered");
	ok(first > 0, "by both: %u by the successor", first);
	is_int(app_stop(a), 0, "the master exits 0");
	return done_testing();
}
