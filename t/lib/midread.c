/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An observer says in shared memory when it is inside of its reads; single
 * steps are counted from there, as in step.c. Then its tracer lets go of it
 * with a SIGSTOP, so what is left is a process that is stopped like any other.
 */
#include "t/lib/midread.h"

#include <errno.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include "shm/atomic.h"
#include "t/lib/sock.h"

enum { BEFORE, INSIDE, THROUGH };

static void __attribute__((noreturn))
observer(uint64_t *phase)
{
	struct cadre_region *r;
	uint64_t random = 1;

	if (cadre_region_open("web", &r) < 0 ||
	    ptrace(PTRACE_TRACEME, 0, NULL, NULL) < 0)
		_exit(1);
	raise(SIGSTOP);
	shm_store(phase, INSIDE);
	sample_read_all(r, &random);
	shm_store(phase, THROUGH);
	_exit(0);
}

/* True: it is stopped; false: gone. */
static int
stops(pid_t pid)
{
	int status;

	return waitpid(pid, &status, WUNTRACED) == pid && WIFSTOPPED(status);
}

static int
steps(pid_t pid, const uint64_t *phase, unsigned int instructions)
{
	for (unsigned int inside = 0; inside < instructions;
	    inside += shm_load(phase) == INSIDE)
		if (ptrace(PTRACE_SINGLESTEP, pid, NULL, NULL) < 0 ||
		    !stops(pid) || shm_load(phase) == THROUGH)
			return -ENODATA;
	if (ptrace(PTRACE_DETACH, pid, NULL, SIGSTOP) < 0 || !stops(pid))
		return -EPERM;
	return shm_load(phase) == INSIDE ? 0 : -ENODATA;
}

int
midread_stop(const struct sample *s, int sock, unsigned int instructions,
    pid_t *ret_pid)
{
	uint64_t *phase = mmap(NULL, sizeof(*phase), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pid_t master, pid;
	int err;

	if (phase == MAP_FAILED)
		return -ENOMEM;
	master = fork();
	if (master == 0)
		sock_answer(s, sock, ANSWER_GOOD);
	pid = fork();
	if (pid == 0)
		observer(phase);
	err = stops(pid) ? steps(pid, phase, instructions) : -EPERM;
	kill(master, SIGKILL);
	waitpid(master, NULL, 0);
	if (err == 0) {
		*ret_pid = pid;
	} else {
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
	}
	munmap(phase, sizeof(*phase));
	return err;
}
