/* SPDX-License-Identifier: BSD-2-Clause */
/* t/88-sessions-message: asked of the master a session is one, kill and reload */
#include <signal.h>
#include <unistd.h>

#include "t/lib/session.h"
#include "t/lib/tap.h"

static unsigned int visits;

static void
visit(int fd, unsigned int seat, const char *what)
{
	struct visit v = session_visit(fd, SESSION);

	is_int(v.status, 200, "%s: answered", what);
	is_u64(v.seat, seat, "%s: by seat %u", what, seat);
	is_u64(v.count, ++visits, "%s: the count goes on", what);
}

int
main(void)
{
	struct app *a = session_start(2, "--store=message", NULL);
	int fds[2] = { session_connect(a, 0), session_connect(a, 1) };
	uint64_t generation = app_generation(a, 1);

	visit(fds[0], 0, "the first visit");
	visit(fds[1], 1, "at the other worker");
	visit(fds[0], 0, "at the first again");

	app_kill(a, 1, SIGKILL);
	ok(app_wait_respawn(a, 1, generation), "a worker is killed");
	close(fds[1]);
	fds[1] = session_connect(a, 1);
	visit(fds[1], 1, "at its successor");

	kill(a->master, SIGHUP);
	ok(app_wait_event(a, CADRE_EVENT_RELOADED, CADRE_NO_SEAT, NULL),
	    "all workers are replaced by a reload");
	ok(app_generation(a, 0) > generation, "by younger ones");
	for (unsigned int seat = 0; seat < 2; seat++) {
		close(fds[seat]);
		fds[seat] = session_connect(a, seat);
		visit(fds[seat], seat, "after the reload");
	}
	is_u64(app_total(a, "errors"), 0, "no request was refused");
	is_int(app_stop(a), 0, "TERM: exit status 0");
	return done_testing();
}
