/* t/41-pick-up-fails: a worker out of descriptors is told so, and nothing that was handed over is lost */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include <sys/resource.h>
#include <sys/socket.h>

#include "t/lib/keeper.h"
#include "t/lib/tap.h"

enum { TOGETHER = 8, DESCRIPTORS = 64 };

/* Without a descriptor to spare, with too few for a message, with enough. */
static int
poor(struct cadre_worker *w, void *arg)
{
	int epfd = epoll_create1(EPOLL_CLOEXEC), took[DESCRIPTORS], n = 0;
	struct epoll_event e = { .events = EPOLLIN };
	uint32_t seat = 0;
	int refused = 0, fd;

	epoll_ctl(epfd, EPOLL_CTL_ADD, cadre_worker_listener_fd(w, 0), &e);
	cadre_worker_ready(w);
	while (cadre_worker_wait(w, epfd, &e, 1, -1) == 0)
		if (cadre_worker_draining(w))
			return 0;
	while ((fd = fcntl(0, F_DUPFD_CLOEXEC, 0)) >= 0)
		took[n++] = fd;
	for (int i = 0; i < TOGETHER; i++) {
		refused += cadre_worker_accept(w, 0, NULL) == -EMFILE;
		close(took[--n]);
	}
	while (n > 0)
		close(took[--n]);
	while ((fd = cadre_worker_accept(w, 0, NULL)) >= 0) {
		/* How often it was refused before goes to the client. */
		seat = (uint32_t)refused;
		(void)!send(fd, &seat, sizeof(seat), MSG_NOSIGNAL);
		cadre_worker_close(w, fd);
	}
	return keeper(w, arg);
}

/* The master raises its own limit; a worker gets back what it had. */
static void
config(struct cadre_master *m, void *arg)
{
	struct rlimit few;

	(void)arg;
	getrlimit(RLIMIT_NOFILE, &few);
	few.rlim_cur = DESCRIPTORS;
	setrlimit(RLIMIT_NOFILE, &few);
	if (cadre_master_set(m, CADRE_MAX_WORKERS, 1) < 0 ||
	    cadre_master_listen(m, "tcp:127.0.0.1:0", "mode=rr") < 0)
		exit(99);
}

int
main(void)
{
	struct app *a = app_start_with(1, poor, config, NULL);
	int fds[TOGETHER], answered = 0, refused = -1;
	pid_t pid = keeper_acceptor(a);

	ok(app_wait_idle(a, 0), "the worker waits");
	ok(keeper_stand(pid), "the acceptor stands");
	for (int i = 0; i < TOGETHER; i++)
		fds[i] = app_connect(a);
	kill(pid, SIGCONT);
	for (int i = 0; i < TOGETHER; i++) {
		refused = keeper_greeted(fds[i]);
		answered += refused >= 0;
		close(fds[i]);
	}
	is_int(refused, TOGETHER, "each try without room gives -EMFILE");
	is_int(answered, TOGETHER, "all were answered afterwards");
	ok(keeper_rests(a, 1), "no load is left");
	is_int(app_stop(a), 0, "the master exits 0");
	return done_testing();
}
