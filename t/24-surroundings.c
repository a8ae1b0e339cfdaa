/* SPDX-License-Identifier: BSD-2-Clause */
/* t/24-surroundings: a worker's limits, signals, group and environment */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sys/resource.h>

#include "t/lib/app.h"
#include "t/lib/probe.h"
#include "t/lib/tap.h"

#define SOFT	96		/* descriptors, before the start */

struct facts {
	struct rlimit	descriptors;
	char		seat[16];
	bool		leads_group, ignores_pipe, has_usr1, blocks_usr2;
	bool		blocks_term;
};

static int
tell(struct cadre_worker *w, void *arg)
{
	struct facts f = { .leads_group = getpgrp() == getpid() };
	struct sigaction sa;
	sigset_t mask;

	getrlimit(RLIMIT_NOFILE, &f.descriptors);
	strncpy(f.seat, getenv("CADRE_SEAT"), sizeof(f.seat) - 1);
	sigaction(SIGPIPE, NULL, &sa);
	f.ignores_pipe = sa.sa_handler == SIG_IGN;
	sigaction(SIGUSR1, NULL, &sa);
	f.has_usr1 = sa.sa_handler == SIG_IGN;
	sigprocmask(SIG_BLOCK, NULL, &mask);
	f.blocks_usr2 = sigismember(&mask, SIGUSR2);
	f.blocks_term = sigismember(&mask, SIGTERM) ||
	    sigismember(&mask, SIGINT) || sigismember(&mask, SIGQUIT);
	(void)!write(STDOUT_FILENO, &f, sizeof(f));	/* seat-0.log */
	return app_idle(w, arg);
}

static void
config(struct cadre_master *m, void *arg)
{
	struct rlimit limit;
	sigset_t usr2;

	(void)m;
	(void)arg;
	getrlimit(RLIMIT_NOFILE, &limit);
	limit.rlim_cur = SOFT;
	setrlimit(RLIMIT_NOFILE, &limit);
	signal(SIGUSR1, SIG_IGN);
	sigemptyset(&usr2);
	sigaddset(&usr2, SIGUSR2);
	sigprocmask(SIG_BLOCK, &usr2, NULL);
}

int
main(void)
{
	struct rlimit limit = { 0, 1 };
	struct facts f;
	struct app *a = app_start_with(1, tell, config, NULL);

	ok(app_wait_state(a, 0, CADRE_STATE_UP) &&
	    probe_log(a, 0, &f, sizeof(f)) == sizeof(f), "the worker has told");
	is_u64(f.descriptors.rlim_cur, SOFT, "the soft limit is the old one");
	prlimit(a->master, RLIMIT_NOFILE, NULL, &limit);
	ok(limit.rlim_cur == limit.rlim_max, "the master's is raised");
	is_str(f.seat, "0", "CADRE_SEAT");
	ok(f.leads_group, "it leads a process group");
	ok(f.ignores_pipe, "SIGPIPE is ignored");
	ok(f.has_usr1 && f.blocks_usr2, "other signals are as they were");
	ok(!f.blocks_term, "those that the master took are not blocked");
	is_int(app_stop(a), 0, "the master exits 0");
	return done_testing();
}
