/* t/48-filtered-listener: a filter that a worker puts on what all accept from is seen, told, and taken away */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>

#include <linux/filter.h>
#include <sys/socket.h>

#include "t/lib/restart.h"
#include "t/lib/tap.h"
#include "t/lib/visit.h"

/* On all that listens here: nothing passes. */
static void
filter(void)
{
	struct sock_filter nothing = BPF_STMT(BPF_RET | BPF_K, 0);
	const struct sock_fprog program = { 1, &nothing };
	socklen_t bytes = sizeof(int);
	int listens;

	for (int fd = 3; fd < 256; fd++)
		if (getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens,
		    &bytes) == 0 && listens)
			(void)setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER,
			    &program, sizeof(program));
}

static int
serve(struct cadre_worker *w, void *arg)
{
	if (cadre_worker_generation(w) <= 2 && cadre_worker_seat(w) == 0)
		filter();
	cadre_worker_ready(w);
	return app_answer(w, arg);
}

static void
config(struct cadre_master *m, void *options)
{
	if (cadre_master_listen(m, "tcp:127.0.0.1:0", options) < 0 ||
	    cadre_master_seat_listen(m, "tcp:127.0.0.1:0+N", NULL) < 0 ||
	    cadre_master_set(m, CADRE_MAX_WORKERS, VISIT_SEATS) < 0)
		exit(99);
}

static void
mode_try(const char *options)
{
	struct app *a = app_start_with(2, serve, config,
	    (void *)(uintptr_t)options);
	char answer[64];
	int answered = 0;

	ok(visit_told(a, CADRE_NO_SEAT, "put a filter on a socket of"),
	    "the master sees it on a tick, and says so");
	ok(visit_told(a, 0, "put a filter on its door"), "of a door, too");
	for (int i = 0; i < 30; i++)
		answered += app_ask(a, "hello\n", answer, sizeof(answer)) > 0;
	is_int(answered, 30, "all are answered");
	ok(visit_until(a, VISIT_TCP, 0, 0), "and at the door");
	is_int(app_stop(a), 0, "the master exits 0");
}

int
main(void)
{
	mode_try("mode=gate");
	mode_try("mode=spread");
	return done_testing();
}
