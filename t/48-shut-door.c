/* t/48-shut-door: a worker that shuts its door gets it back on a tick, and cannot open one that is shut */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <signal.h>

#include <sys/socket.h>

#include "t/lib/restart.h"
#include "t/lib/tap.h"
#include "t/lib/visit.h"

/* The first worker of seat 0 shuts all that listens, and then serves. */
static int
serve(struct cadre_worker *w, void *arg)
{
	socklen_t bytes;
	int listens, type;

	for (int fd = 3; fd < 256 && cadre_worker_generation(w) <= 2 &&
	    cadre_worker_seat(w) == 0; fd++) {
		bytes = sizeof(listens);
		if (getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens,
		    &bytes) == 0 && listens && getsockopt(fd, SOL_SOCKET,
		    SO_DOMAIN, &type, &bytes) == 0 && type == AF_INET)
			shutdown(fd, SHUT_RDWR);
	}
	cadre_worker_ready(w);
	return app_answer(w, arg);
}

int
main(void)
{
	struct app *a = app_start_with(2, serve, visit_config, NULL);

	ok(visit_told(a, 0, "a worker shut its door; it listens again"),
	    "the master sees it on a tick");
	ok(visit_until(a, VISIT_TCP, 0, 0), "it answers there");
	is_int(visit(a, VISIT_TCP, 1), 1, "as does the other");
	is_int(app_stop(a), 0, "the master exits 0");
	return done_testing();
}
