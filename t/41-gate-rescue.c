/* t/41-gate-rescue: whoever the gate wakes and who then takes nothing: the connection is answered by another */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include "shm/clock.h"
#include "t/lib/keeper.h"
#include "t/lib/tap.h"

enum { WORKERS = 3 };

static int words[2];		/* for the first that is woken: what to do */

/* Until it is woken for a connection. False: it shall end. */
static bool
woken(struct cadre_worker *w)
{
	struct epoll_event e = { .events = EPOLLIN };
	int epfd = epoll_create1(EPOLL_CLOEXEC), n = 0;

	epoll_ctl(epfd, EPOLL_CTL_ADD, cadre_worker_listener_fd(w, 0), &e);
	while (n <= 0 && !cadre_worker_draining(w))
		n = cadre_worker_wait(w, epfd, &e, 1, -1);
	return n > 0;			/* the runtime keeps to this epoll */
}

static int
faithless(struct cadre_worker *w, void *arg)
{
	char how;

	cadre_worker_ready(w);
	if (!woken(w))
		return 0;
	if (read(words[0], &how, 1) != 1)
		return keeper(w, arg);		/* the others are faithful */
	if (how == 'w')				/* never looks there again */
		return app_idle(w, arg);
	kill(getpid(), how == 'k' ? SIGKILL : SIGSTOP);
	return keeper(w, arg);
}

static void
config(struct cadre_master *m, void *arg)
{
	(void)arg;
	cadre_master_listen(m, "tcp:127.0.0.1:0", "mode=gate");
	cadre_master_keep_fd(m, words[0]);
}

static void
wake(char how, const char *what)
{
	unsigned int seat;
	struct app *a;
	uint64_t from_ns;
	int fd;

	if (pipe2(words, O_CLOEXEC | O_NONBLOCK) < 0)
		bail_out("no pipe");
	a = app_start_with(WORKERS, faithless, config, NULL);
	for (unsigned int i = 0; i < WORKERS; i++)
		ok(app_wait_idle(a, i), "seat %u waits", i);
	ok(write(words[1], &how, 1) == 1, "the first to be woken %s", what);
	from_ns = clock_now_ns();
	ok((fd = keeper_enter(a, &seat)) >= 0, "its client is answered");
	ok(clock_now_ns() - from_ns < NS_PER_S, "after %d ms",
	    (int)((clock_now_ns() - from_ns) / NS_PER_MS));
	close(fd);
	for (unsigned int i = 0; i < WORKERS; i++)
		app_kill(a, i, SIGCONT);
	close(words[0]);
	close(words[1]);
	is_int(app_stop(a), 0, "the master exits 0");
}

int
main(void)
{
	wake('k', "is killed");
	wake('s', "stands");
	wake('w', "waits for other things");
	return done_testing();
}
