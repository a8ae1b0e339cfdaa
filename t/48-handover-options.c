/* t/48-handover-options: what a worker sets on its hand-over harms neither others nor its successor, and it cannot send there */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <linux/filter.h>
#include <sys/socket.h>

#include "t/lib/asked.h"
#include "t/lib/tap.h"

#define ASKED	40

static const char *harm;

/* Of its channels the oldest: it was there before this worker. */
static int
handover(void)
{
	socklen_t bytes;
	int type;

	for (int fd = 3; fd < 256; fd++) {
		bytes = sizeof(type);
		if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &bytes) == 0 &&
		    type == SOCK_SEQPACKET)
			return fd;
	}
	return -1;
}

static bool
do_harm(int fd)
{
	struct sock_filter none = BPF_STMT(BPF_RET | BPF_K, 0);
	struct sock_fprog program = { 1, &none };
	int on = 1;

	if (strcmp(harm, "filter") == 0)
		return setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program,
		    sizeof(program)) == 0 && setsockopt(fd, SOL_SOCKET,
		    SO_LOCK_FILTER, &on, sizeof(on)) == 0;
	if (strcmp(harm, "credentials") == 0)
		return setsockopt(fd, SOL_SOCKET, SO_PASSCRED, &on,
		    sizeof(on)) == 0;
	if (strcmp(harm, "pidfd") == 0)
		return setsockopt(fd, SOL_SOCKET, 76, &on, sizeof(on)) == 0;
	return send(fd, harm, 4, MSG_NOSIGNAL | MSG_DONTWAIT) < 0 &&
	    errno == EPIPE;
}

/* It stands still then, with what was handed to it. */
static int
serve(struct cadre_worker *w, void *arg)
{
	if (cadre_worker_generation(w) <= 2 && cadre_worker_seat(w) == 0) {
		if (!do_harm(handover()))
			return 1;
		cadre_worker_ready(w);
		for (;;)
			pause();
	}
	return app_answer(w, arg);
}

static void
config(struct cadre_master *m, void *arg)
{
	if (cadre_master_listen(m, "tcp:127.0.0.1:0", arg) < 0)
		exit(99);
}

static void
harmed(const char *name, const char *mode)
{
	unsigned int first;
	struct app *a;

	harm = name;
	a = app_start_with(2, serve, config, (void *)(uintptr_t)mode);
	ok(app_wait_state(a, 0, CADRE_STATE_UP) &&
	    app_wait_state(a, 1, CADRE_STATE_UP), "%s: both are up", name);
	/* What it throws away by a filter is as good as accepted by it. */
	ok(asked(a, ASKED, &first) == ASKED || strcmp(name, "filter") == 0, "%s: all are "
	    "answered but its own", name);
	is_int(app_kill(a, 0, SIGKILL), 0, "%s: the guilty one is killed", name);
	ok(app_wait_respawn(a, 0, 2), "%s: its successor is up", name);
	ok(asked_first(a, ASKED, &first), "%s: all are answered",
	    name);
	ok(first > 0, "%s: %u of them by the successor", name, first);
	is_int(app_stop(a), 0, "%s: the master exits 0", name);
}

int
main(void)
{
	harmed("credentials", "mode=rr");
	harmed("filter", "mode=rr");
	harmed("pidfd", "mode=least");
	harmed("send", "mode=rr");
	return done_testing();
}
