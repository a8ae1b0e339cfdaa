/* SPDX-License-Identifier: BSD-2-Clause */
/* Strangers; see bystanders.h. */
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>

#include "shm/clock.h"
#include "t/hostile/bystanders.h"
#include "t/lib/tap.h"

static struct heard {
	_Atomic uint64_t signals;
	_Atomic int	from, number;	/* of the last one */
} *heard;
static pid_t there[BYSTANDERS_MAX];
static int n;
static uint64_t next_ns;

static void __attribute__((noreturn))
stand_by(void)
{
	struct signalfd_siginfo info;
	sigset_t all;
	int fd;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	setpgid(0, 0);
	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, NULL);
	fd = signalfd(-1, &all, SFD_CLOEXEC);
	for (;;)
		if (read(fd, &info, sizeof(info)) == sizeof(info)) {
			heard->signals++;
			heard->from = (int)info.ssi_pid;
			heard->number = (int)info.ssi_signo;
		}
}

void
bystanders_come(void)
{
	uint64_t now_ns = clock_now_ns();

	if (now_ns < next_ns || n == BYSTANDERS_MAX)
		return;
	if (heard == NULL)
		heard = mmap(NULL, sizeof(*heard), PROT_READ | PROT_WRITE,
		    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	next_ns = now_ns + NS_PER_S;
	fflush(NULL);
	there[n] = fork();
	if (there[n] == 0)
		stand_by();
	n++;
}

void
bystanders_tell(void)
{
	int ended = 0;

	for (int i = 0; i < n; i++)
		ended += waitpid(there[i], NULL, WNOHANG) != 0;
	is_int(ended, 0, "none of %d bystanders ended", n);
	if (!is_u64(heard->signals, 0, "none of them got a signal"))
		diag("the last was %d from %d", heard->number, heard->from);
	for (int i = 0; i < n; i++) {
		kill(there[i], SIGKILL);
		waitpid(there[i], NULL, 0);
	}
}
