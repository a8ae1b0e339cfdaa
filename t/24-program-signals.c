/* t/24-program-signals: a program begins with default signals, its old limit */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include <sys/resource.h>
#include <sys/syscall.h>

#include "shm/atomic.h"
#include "t/lib/exec.h"
#include "t/lib/tap.h"

#define SOFT	96		/* descriptors, before the start */

static void
handler(int signal)
{
	(void)signal;
}

static void
config(struct cadre_master *m, void *arg)
{
	struct rlimit limit;
	sigset_t set;

	(void)arg;
	getrlimit(RLIMIT_NOFILE, &limit);
	limit.rlim_cur = SOFT;
	setrlimit(RLIMIT_NOFILE, &limit);
	signal(SIGUSR1, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGRTMIN + 3, SIG_IGN);
	signal(SIGHUP, handler);
	/* The C library does not let go of these two; a starter may. */
	for (int i = 32; i <= 33; i++)
		syscall(SYS_rt_sigaction, i,
		    (const unsigned long[8]){ (unsigned long)SIG_IGN }, NULL, 8);
	sigemptyset(&set);
	sigaddset(&set, SIGUSR2);
	sigaddset(&set, SIGRTMAX);
	sigprocmask(SIG_BLOCK, &set, NULL);
	if (cadre_master_set(m, CADRE_STOP_SIGNAL, SIGWINCH) < 0 ||
	    cadre_master_set(m, CADRE_DRAIN_TIMEOUT_MS, 100) < 0)
		exit(99);
}

int
main(void)
{
	struct app *a = EXEC_START(1, config, "surroundings");
	struct rlimit limit = { 0, 1 };

	ok(exec_says(a, 0, "told\n"), "the worker has told");
	ok(exec_says(a, 0, "SigBlk:\t0000000000000000\n"), "none is blocked");
	ok(exec_says(a, 0, "SigIgn:\t0000000000000000\n"), "none is ignored");
#ifdef SHM_SANITIZED
	skip(1, "a sanitizer catches some for itself");
#else
	ok(exec_says(a, 0, "SigCgt:\t0000000000000000\n"), "none is caught");
#endif
	is_int(exec_number(a, 0, "limit of descriptors:"), SOFT,
	    "the limit of descriptors is the one from before the start");
	prlimit(a->master, RLIMIT_NOFILE, NULL, &limit);
	ok(limit.rlim_cur == limit.rlim_max, "the master's is raised");
	is_int(exec_number(a, 0, "leads its group:"), 1, "it leads a process group");
	is_int(exec_number(a, 0, "death signal:"), SIGWINCH,
	    "the stop signal comes when the master dies");
	is_int(app_stop(a), 0, "the master exits 0");
	return done_testing();
}
