/* t/46-nth-reload: whichever call of a reload fails, who asked is answered, and the seat is served */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sys/prctl.h>
#include <sys/socket.h>

#include "runtime/master.h"
#include "t/lib/app.h"
#include "t/lib/nth.h"
#include "t/lib/probe.h"
#include "t/lib/restart.h"
#include "t/lib/tap.h"

static struct cadre_master *m;
static struct app app = { .name = "app" };	/* for those that ask */
static int asker;		/* a process whose calls do not fail */
static unsigned int answers[2];	/* reloaded, or why not */

static void __attribute__((noreturn))
ask_for_ever(int fd)
{
	char word, why[300];
	int err;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	while (recv(fd, &word, 1, 0) == 1) {
		err = ask_reload(&app, 0, why, sizeof(why));
		if (send(fd, &err, sizeof(err), 0) < 0)
			break;
	}
	_exit(0);
}

static bool
is_answered(void *ret_err)
{
	return cadre_master_dispatch(m) <= 0 ||
	    recv(asker, ret_err, sizeof(int), MSG_DONTWAIT) > 0;
}

/* One worker, who is up, and nobody who finishes. */
static bool
is_served(void *arg)
{
	const struct seat *s = &m->seats[0];

	(void)arg;
	return cadre_master_dispatch(m) <= 0 || (!m->reload.runs &&
	    s->lives[s->newest].row.state == CADRE_STATE_UP &&
	    s->lives[1 - s->newest].pidfd < 0);
}

static int
reload(void *arg)
{
	int err = -ETIMEDOUT;
	char answer[64];

	(void)arg;
	if (send(asker, "r", 1, 0) < 0 || !app_until(is_answered, &err) ||
	    err == -ETIMEDOUT)
		return -EBADMSG;
	answers[err < 0]++;
	/* By a channel that failed it learns no more than that it is gone. */
	if (err == -EPIPE && !nth_fired())
		return -EPIPE;
	nth_disarm();
	return app_until(is_served, NULL) && m->state == CADRE_APP_RUNNING &&
	    app_ask(&app, "hello\n", answer, sizeof(answer)) > 0 ? 0 : -EBADMSG;
}

static void
nothing(void *arg)
{
	(void)arg;
}

static void
begin(void)
{
	char address[64];
	int pair[2];

	cadre_master_new("app", &m);
	cadre_master_listen(m, "tcp:127.0.0.1:0", NULL);
	cadre_master_set(m, CADRE_MAX_WORKERS, 1);
	cadre_master_set(m, CADRE_MIN_UPTIME_MS, 10);
	cadre_master_counter(m, "requests", "", "", &app_requests);
	cadre_master_workers(m, 1, app_answer, NULL);
	is_int(cadre_master_start(m), 0, "a master");
	ok(probe_up(m, 0, 0), "and its worker");
	cadre_master_address(m, 0, address, sizeof(address));
	app.port = (unsigned int)atoi(strrchr(address, ':') + 1);
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		bail_out("socketpair: %s", strerror(errno));
	if (fork() == 0)
		ask_for_ever(pair[1]);
	close(pair[1]);
	asker = pair[0];
}

int
main(void)
{
	static const struct { const char *call; int err; } calls[] = {
	    { "accept4", EMFILE }, { "calloc", ENOMEM },
	    { "epoll_ctl", ENOSPC }, { "epoll_wait", EINTR },
	    { "fork", EAGAIN }, { "fstat", EIO }, { "getsockopt", ENOBUFS },
	    { "malloc", ENOMEM }, { "open", EMFILE }, { "openat", EMFILE },
	    { "pidfd_open", EMFILE }, { "read", EIO }, { "recvmsg", ENOMEM },
	    { "sendmsg", ENOBUFS }, { "setsockopt", ENOPROTOOPT },
	    { "socketpair", EMFILE }, { "timerfd_settime", EINVAL } };
	static const char *const all[] = { "*", NULL };
	const struct nth_op op = { reload, nothing, NULL, all, NULL };
	const char *dir = probe_dir();
	unsigned int n = 0;

	begin();
	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
		n += nth_walk(&op, calls[i].call, calls[i].err);
	ok(n >= 10, "%u calls failed", n);
	ok(answers[0] > 0 && answers[1] > 0, "%u reloads, %u that were "
	    "refused or withdrawn", answers[0], answers[1]);
	cadre_master_free(m);
	close(asker);
	ok(probe_empty(dir), "nothing is left");
	return done_testing();
}
