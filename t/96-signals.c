/* t/96-signals: after any sequence of real signals an app stops, and leaves nothing behind */
/* SPDX-License-Identifier: BSD-2-Clause */
/*
 *	t/96-signals.t [SEED [HOW-MANY]]
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <sys/prctl.h>

#include "t/lib/app.h"
#include "t/lib/command.h"
#include "t/lib/exec.h"
#include "t/lib/probe.h"
#include "t/lib/tap.h"
#include "t/sequence/dice.h"

#define SEQUENCES	200
#define SIGNALS_MAX	30

uint64_t dice_state;
static const char *dir;

/* Its workers, its acceptor, and what they have left to us. */
static bool
is_alone(void *arg)
{
	(void)arg;
	return probe_children(getpid(), 0) == 0;
}

static void
signals(pid_t master)
{
	static const int numbers[] = { SIGHUP, SIGHUP, SIGHUP, SIGUSR1,
	    SIGCHLD, SIGWINCH, SIGTTIN, SIGTTIN, SIGTTOU, SIGTTOU };
	struct command c;

	for (unsigned int n = dice(SIGNALS_MAX); n > 0; n--)
		switch (dice(12)) {
		case 0:
			(void)COMMAND(&c, "signal", "app", "all",
			    dice_once_in(2) ? "KILL" : "TERM");
			break;
		case 1:
			(void)COMMAND(&c, "reload", "--no-canary", "--timeout",
			    "0.05", "app");
			break;
		case 2:
			(void)COMMAND(&c, "stat", "-j", "app");
			break;
		default:
			kill(master, numbers[dice(10)]);
		}
}

/* False, said, if it does not end as it should. */
static bool
play(uint64_t seed)
{
	static struct command run, stop;
	bool good;

	dice_state = seed;
	COMMAND_START(&run, "run", "-n", "app", "-i", "2", "--max-workers",
	    "4", "--min-uptime", "0.02", "--ready-after", "0",
	    "--kill-timeout", "1", "-l", "tcp:127.0.0.1:0", "--", exec_path(),
	    dice_once_in(2) ? "answer" : "plain");
	good = command_tells(&run, "ready after");
	signals(run.pid);
	good = COMMAND(&stop, "stop", "--timeout", "15", "app") == 0 && good;
	good = command_ends(&run) && run.code == 0 && good;
	good = app_until(is_alone, NULL) && probe_empty(dir) && good;
	if (!good)
		diag("seed %llu: run ended with %d, stop with %d, %s%s; %d "
		    "processes are left", (unsigned long long)seed, run.code,
		    stop.code, stop.err, run.err,
		    probe_children(getpid(), 0));
	return good;
}

int
main(int argc, char **argv)
{
	uint64_t seed = argc > 1 ? strtoull(argv[1], NULL, 0) : 1;
	unsigned int n = argc > 2 ? (unsigned int)atoi(argv[2]) :
	    argc > 1 ? 1 : SEQUENCES, good = 0;

	/* What would be left becomes ours, and is seen. */
	prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
	dir = command_dir();
	for (unsigned int i = 0; i < n; i++)
		good += play(seed + i);
	is_int(good, n, "%u sequences from seed %llu ended with nothing left",
	    n, (unsigned long long)seed);
	is_int(rmdir(dir), 0, "the directory is empty");
	return done_testing();
}
