/* SPDX-License-Identifier: BSD-2-Clause */
/* t/04-fault: a fault point does what CADRE_FAULT says, at the pass it says */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include <sys/wait.h>

/* Whether this build has the points or not. */
#undef CADRE_FAULTS
#define CADRE_FAULTS
#include "shm/fault.c"
#include "shm/clock.h"
#include "t/lib/tap.h"

static int
passed(void)
{
	return CADRE_FAULT("here.fails");
}

static int
passed_by(void)
{
	CADRE_FAULT_AT("here.does.not");
	return 0;
}

/* A child's passes: its wait status; exit status n: the n-th gave an error. */
static int
passes(const char *spec, int n, int (*pass)(void))
{
	int status = 0, err = 0;
	pid_t pid;

	setenv("CADRE_FAULT", spec, 1);
	pid = fork();
	for (int i = 1; pid == 0 && i <= n; i++)
		if ((err = pass()) < 0)
			_exit(err == -errno && err == -ENOMEM ? i : 99);
	if (pid == 0)
		_exit(0);
	waitpid(pid, &status, WUNTRACED);
	if (WIFSTOPPED(status)) {
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
	}
	return status;
}

static int
forks(void)
{
	(void)passed();
	if (fork() == 0)
		_exit(passed() < 0);
	wait(NULL);
	return passed();
}

int
main(void)
{
	uint64_t begun_ns;

	is_int(passes("", 9, passed), 0, "unarmed, nothing happens");
	is_int(passes("here:kill", 9, passed), 0, "nor at another name");
	is_int(passes("here.fails:kill", 9, passed), SIGKILL, "kill");
	ok(WIFSTOPPED(passes("here.fails:stop", 9, passed)), "stop");
	begun_ns = clock_now_ns();
	is_int(passes("here.fails:delay:20", 9, passed), 0, "delay");
	ok(clock_now_ns() - begun_ns >= 20 * NS_PER_MS, "was one");
	is_int(WEXITSTATUS(passes("here.fails:errno:ENOMEM", 9, passed)), 1,
	    "errno, at the first pass");
	is_int(WEXITSTATUS(passes("x:kill,here.fails:errno:ENOMEM@3", 9,
	    passed)), 3, "at the third, of a second word");
	is_int(passes("here.fails:errno:ENOMEM@9", 8, passed), 0,
	    "not before the ninth");
	is_int(passes("here.does.not:errno:ENOMEM", 9, passed_by), 0,
	    "no errno where nothing can fail");
	is_int(WEXITSTATUS(passes("here.fails:errno:ENOMEM@3", 1, forks)), 1,
	    "passes of a fork count too");
	is_int(__stop_cadre_faults - __start_cadre_faults >= 2, 1,
	    "both points are in the list");
	close(STDERR_FILENO);
	for (size_t i = 0; i < 8; i++) {
		const char *bad[] = { "here.fails", "here.fails:", ":kill",
			"here.fails:die", "here.fails:kill:9",
			"here.fails:delay", "here.fails:errno:ENONE",
			"here.fails:kill@0" };

		is_int(passes(bad[i], 9, passed), 0, "%s arms nothing", bad[i]);
	}
	return done_testing();
}
