/* t/22-gate-loop: the gate is there for a loop of one's own, too, and for one that looks away for a while */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <sys/signalfd.h>
#include <sys/socket.h>

#include "t/lib/keeper.h"
#include "t/lib/probe.h"
#include "t/lib/tap.h"

enum { ASKED = 20 };

static void
answer_all(struct cadre_worker *w)
{
	uint32_t seat = cadre_worker_seat(w);
	int fd;

	for (unsigned int l = 0; cadre_worker_listener_fd(w, l) >= 0; l++)
		while ((fd = cadre_worker_accept(w, l, NULL)) >= 0) {
			(void)!send(fd, &seat, sizeof(seat), MSG_NOSIGNAL);
			cadre_worker_close(w, fd);
		}
}

/* poll(2) on all listeners, without cadre_worker_wait(). */
static int
polls(struct cadre_worker *w, void *arg)
{
	struct pollfd fds[4] = { { cadre_worker_fd(w), POLLIN, 0 } };
	unsigned int n = 0;

	(void)arg;
	while ((fds[n + 1].fd = cadre_worker_listener_fd(w, n)) >= 0)
		fds[++n].events = POLLIN;
	cadre_worker_ready(w);
	for (;;) {
		cadre_worker_turn_end(w);
		if (cadre_worker_draining(w))
			return 0;
		(void)poll(fds, n + 1, -1);
		cadre_worker_turn_begin(w);
		answer_all(w);
	}
}

/* Looks away at SIGUSR1, out of its epoll, and comes back at SIGUSR2. */
static int
looks_away(struct cadre_worker *w, void *arg)
{
	struct epoll_event e = { .events = EPOLLIN };
	int epfd = epoll_create1(EPOLL_CLOEXEC), signals;
	int listener = cadre_worker_listener_fd(w, 0);
	struct signalfd_siginfo info;
	sigset_t set;

	(void)arg;
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigaddset(&set, SIGUSR2);
	sigprocmask(SIG_BLOCK, &set, NULL);
	signals = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
	epoll_ctl(epfd, EPOLL_CTL_ADD, signals, &e);
	epoll_ctl(epfd, EPOLL_CTL_ADD, listener, &e);
	cadre_worker_ready(w);
	while (!cadre_worker_draining(w)) {
		/* One at a time: the others must not starve the listener. */
		if (cadre_worker_wait(w, epfd, &e, 1, -1) > 0)
			answer_all(w);
		if (read(signals, &info, sizeof(info)) > 0)
			epoll_ctl(epfd, info.ssi_signo == SIGUSR1 ?
			    EPOLL_CTL_DEL : EPOLL_CTL_ADD, listener, &e);
	}
	return 0;
}

static int
ask_all(struct app *a, unsigned int listener)
{
	unsigned int seat;
	int fd, n = 0;

	a->port = keeper_port(a, listener);
	for (int i = 0; i < ASKED; i++) {
		fd = keeper_enter(a, &seat);
		n += fd >= 0;
		close(fd);
	}
	return n;
}

static void
own_loop(const char *options, unsigned int listeners)
{
	struct app *a = keeper_start(3, polls, options);

	for (unsigned int l = 0; l < listeners; l++)
		is_int(ask_all(a, l), ASKED, "%s: all are answered", options);
	for (unsigned int i = 0; i < 3; i++)
		ok(app_wait_idle(a, i), "seat %u waits", i);
	ok(keeper_rests(a, 3), "nobody has load");
	is_int(app_stop(a), 0, "the master exits 0");
}

/* While it looks away what waits for it costs some turns, not a loop. */
static void
away(const char *options)
{
	struct app *a = keeper_start(1, looks_away, options);
	uint64_t turns;
	int fd;

	is_int(ask_all(a, 0), ASKED, "%s: all are answered", options);
	app_kill(a, 0, SIGUSR1);
	ok(app_wait_idle(a, 0) && probe_beats(a, 1), "it looks away");
	turns = app_total(a, "turns");
	fd = app_connect(a);
	ok(fd >= 0 && probe_beats(a, 1), "a client waits");
	turns = app_total(a, "turns") - turns;
	ok(turns <= 4, "it takes no more than %d turns", (int)turns);
	app_kill(a, 0, SIGUSR2);
	is_int(keeper_greeted(fd), 0, "it is answered when it looks again");
	close(fd);
	is_int(ask_all(a, 0), ASKED, "and so are others");
	is_int(app_stop(a), 0, "the master exits 0");
}

int
main(void)
{
	own_loop("mode=gate", 1);
	own_loop("mode=gate mode=gate", 2);
	own_loop("mode=gate mode=rr", 2);
	away("mode=gate");
	return done_testing();
}
