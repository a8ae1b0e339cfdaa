/* SPDX-License-Identifier: BSD-2-Clause */
/* t/25-embed: in a loop of one's own it leaves signals and children alone */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include <sys/wait.h>

#include "t/lib/app.h"
#include "t/lib/probe.h"
#include "t/lib/tap.h"

struct signals {
	void	(*handlers[64])(int);
	sigset_t mask;
};

static struct signals
signals_now(void)
{
	struct signals s;
	struct sigaction sa;

	memset(&s, 0, sizeof(s));	/* padding is compared too */
	for (int i = 1; i < 64; i++)
		if (sigaction(i, NULL, &sa) == 0)
			s.handlers[i] = sa.sa_handler;
	sigprocmask(SIG_BLOCK, NULL, &s.mask);
	return s;
}

static bool
same(const struct signals *before)
{
	struct signals now = signals_now();

	return memcmp(before, &now, sizeof(now)) == 0;
}

int
main(void)
{
	struct signals before;
	struct cadre_health h;
	struct cadre_master *m;
	struct pollfd p = { .events = POLLIN };
	int status = 0;
	pid_t own;

	probe_dir();
	before = signals_now();
	own = fork();
	if (own == 0)
		_exit(42);
	cadre_master_new("app", &m);
	cadre_master_workers(m, 2, app_idle, NULL);
	is_int(cadre_master_start(m), 0, "started");
	ok(same(&before), "the start changed no signal");
	p.fd = cadre_master_fd(m);
	is_int(poll(&p, 1, APP_WAIT_S * 1000), 1, "its descriptor gets ready");
	ok(probe_up(m, 0, 0) && probe_up(m, 1, 0), "dispatch makes its workers ready");
	is_int(cadre_master_health(m, 1, &h), 0, "the health of seat 1 is");
	ok(h.pid > 0 && h.pid != own && h.generation > 0 && h.restarts == 0,
	    "pid, generation, restarts");
	is_int(cadre_master_health(m, 999, &h), -ENOENT, "that of no seat not");
	kill((pid_t)h.pid, SIGKILL);
	ok(probe_up(m, 1, h.generation), "a worker killed is replaced");
	is_int(waitpid(own, &status, 0), own, "our own child is ours to reap");
	is_int(WEXITSTATUS(status), 42, "with its status");
	is_int(waitpid(-1, &status, WNOHANG), 0, "what is left are workers");
	is_int(cadre_master_stop(m, CADRE_STOP_GRACEFUL), 0, "stop begins");
	ok(probe_ends(m), "dispatch ends");
	is_int(waitpid(-1, &status, WNOHANG), -1, "no child is left");
	cadre_master_free(m);
	ok(same(&before), "no signal was changed in the end");
	return done_testing();
}
