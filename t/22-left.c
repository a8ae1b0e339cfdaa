/* t/22-left: a worker that was told to finish by somebody else is out of choice when it has said that it accepts no more, and loses nothing */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include "t/lib/keeper.h"
#include "t/lib/probe.h"
#include "t/lib/tap.h"

#define ASKED	40

/* Drains when it is told to, but for what it has open. */
static int
stays(struct cadre_worker *w, void *arg)
{
	struct epoll_event e;
	int epfd = epoll_create1(EPOLL_CLOEXEC), err = keeper(w, arg);

	/* keeper() has had its last -EAGAIN, and said so. */
	while (err == 0 && access("go", F_OK) < 0)
		if (cadre_worker_wait(w, epfd, &e, 1, 20) < 0)
			return 1;
	return err;
}

static bool
has_left(void *arg)
{
	struct cadre_seat_view view;

	return app_seat(arg, 0, &view) &&
	    (view.newest.life.flags & CADRE_LIFE_LEFT) != 0;
}

static int
elsewhere(const struct app *a)
{
	unsigned int seat;
	int n = 0, fd;

	for (int i = 0; i < ASKED; i++) {
		fd = keeper_enter(a, &seat);
		n += fd >= 0 && seat == 1;
		if (fd >= 0)
			close(fd);
	}
	return n;
}

static void
mode(const char *options)
{
	struct app *a = keeper_start(2, stays, options);
	uint64_t before = app_generation(a, 0);

	unlink("go");
	is_int(app_kill(a, 0, SIGTERM), 0, "%s: told by a signal", options);
	ok(app_until(has_left, a), "%s: it has left", options);
	ok(probe_turn(a), "%s: the master has taken it in", options);
	is_int(elsewhere(a), ASKED, "%s: all go to the other one", options);
	close(creat("go", 0600));
	ok(app_wait_respawn(a, 0, before), "%s: gone, another follows",
	    options);
	is_int(app_stop(a), 0, "%s: the master exits 0", options);
}

int
main(void)
{
	if (chdir(probe_dir()) < 0)
		bail_out("no directory");
	mode("mode=spread");
	mode("mode=gate");
	mode("mode=rr");
	unlink("go");
	return chdir("/") < 0 ? 1 : done_testing();
}
