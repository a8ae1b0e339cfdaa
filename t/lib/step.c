/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The traced process says in shared memory when it is inside of `op`; single
 * steps are counted from there, so what fork and libc do around it is not.
 */
#include "t/lib/step.h"

#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include "shm/atomic.h"
#include "t/lib/tap.h"

#define LIMIT	100000		/* instructions; no write has so many */
#ifdef SHM_SANITIZED		/* whose code has too many to try each */
#define NEXT(n)	((n) + 61 + (n) / 8)
#else
#define NEXT(n)	((n) + 1)
#endif

enum { BEFORE, INSIDE, THROUGH };

static void
child(void (*op)(void *), void *arg, uint64_t *phase)
{
	if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) < 0)
		_exit(1);
	raise(SIGSTOP);
	shm_store(phase, INSIDE);
	op(arg);
	shm_store(phase, THROUGH);
	_exit(0);
}

/* 1: stopped again; 0: gone. */
static int
step(pid_t pid)
{
	int status;

	if (ptrace(PTRACE_SINGLESTEP, pid, NULL, NULL) < 0 ||
	    waitpid(pid, &status, 0) < 0)
		return 0;
	return WIFSTOPPED(status);
}

int
step_kill(void (*op)(void *arg), void *arg, unsigned int instructions)
{
	uint64_t *phase = mmap(NULL, sizeof(*phase), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	unsigned int inside = 0;
	int status, ret = -EPERM;
	pid_t pid;

	if (phase == MAP_FAILED)
		return -ENOMEM;
	pid = fork();
	if (pid == 0)
		child(op, arg, phase);
	if (pid < 0 || waitpid(pid, &status, 0) < 0 || !WIFSTOPPED(status)) {
		munmap(phase, sizeof(*phase));
		return -EPERM;
	}
	while (shm_load(phase) != THROUGH) {
		inside += shm_load(phase) == INSIDE;
		if (inside > instructions)
			break;
		if (!step(pid))
			break;
	}
	ret = shm_load(phase) == INSIDE;
	kill(pid, SIGKILL);
	while (waitpid(pid, &status, 0) == pid && WIFSTOPPED(status))
		;
	munmap(phase, sizeof(*phase));
	return ret;
}

/* The successor is this process. */
void
step_test(const struct step_op *op)
{
	unsigned int n, kills = 0, torn = 0, old = 0, new = 0, stuck = 0;
	uint64_t was = 0, now = 0;
	int inside = 1;

	for (n = 0; n < LIMIT && inside == 1; n = NEXT(n)) {
		op->read(&was);
		op->set(was + 1);
		inside = step_kill(op->write, NULL, n);
		if (inside < 0)
			skip_all("no process can be traced here");
		kills += (unsigned int)inside;
		torn += op->read(&now) != 0 || (now != was && now != was + 1);
		old += now == was;
		new += now == was + 1;
		op->set(now + 1);
		op->write(NULL);
		stuck += op->read(&was) != 0 || was != now + 1;
	}
	ok(kills > 0 && n < LIMIT, "%s: killed at %u of %u instructions",
	    op->name, kills, n);
	is_int(torn, 0, "%s: never torn, never blocked", op->name);
	ok(old > 0 && new > 0, "%s: old %u times, new %u times", op->name, old,
	    new);
	is_int(stuck, 0, "%s: every successor's write is read", op->name);
}
