/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The three ways in which a worker learns that it shall finish: a DRAIN frame
 * from the master; the end of the control channel, when the master is gone;
 * SIGTERM, from an operator or, when the master dies, from the kernel.
 * Whichever comes first arms a timer that kills this process at the drain
 * deadline, so that a loop which never looks leaves too.
 */
#include <errno.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

#include <sys/eventfd.h>

#include "runtime/leave.h"
#include "shm/clock.h"
#include "shm/fault.h"

/*
 * What the signal handler needs. There is one worker in a process, and the
 * handler can be given no argument.
 */
static struct {
	timer_t		killer;
	uint64_t	drain_ns;
	int		wake;		/* eventfd */
	int		draining;
	int		armed;		/* there is a deadline, … */
	uint64_t	deadline_ns;	/* … this one; 0: none */
} leaving = { .wake = -1 };

static void
killer_arm(uint64_t at_ns)
{
	struct itimerspec at = {
		.it_value.tv_sec = (time_t)(at_ns / NS_PER_S),
		.it_value.tv_nsec = (long)(at_ns % NS_PER_S),
	};

	__atomic_store_n(&leaving.armed, 1, __ATOMIC_RELAXED);
	timer_settime(leaving.killer, TIMER_ABSTIME, &at, NULL);
}

/* Safe in a signal handler: stores, timer_settime, clock_gettime, write. */
void
leave_at(uint64_t deadline_ns, uint64_t grace_ns)
{
	static const uint64_t one = 1;

	if (deadline_ns != 0)
		__atomic_store_n(&leaving.deadline_ns, deadline_ns,
		    __ATOMIC_RELAXED);
	__atomic_store_n(&leaving.draining, 1, __ATOMIC_RELAXED);
	if (deadline_ns != 0)
		killer_arm(deadline_ns + grace_ns);
	(void)!write(leaving.wake, &one, sizeof(one));
}

void
leave_in_time(void)
{
	if (leaving.drain_ns == 0 ||
	    __atomic_load_n(&leaving.armed, __ATOMIC_RELAXED))
		leave_at(0, 0);
	else
		leave_at(clock_now_ns() + leaving.drain_ns, 0);
}

static void
on_term(int signal)
{
	int saved = errno;

	(void)signal;
	leave_in_time();
	errno = saved;
}

int
leave_begin(uint64_t drain_ns, const sigset_t *mask)
{
	struct sigaction term = { .sa_handler = on_term };
	struct sigaction ignore = { .sa_handler = SIG_IGN };
	struct sigevent killer = {
		.sigev_notify = SIGEV_SIGNAL,
		.sigev_signo = SIGKILL,
	};
	sigset_t worker = *mask;

	leaving.drain_ns = drain_ns;
	leaving.wake = CADRE_FAULT("worker.wake") < 0 ? -1 :
	    eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	if (leaving.wake < 0 || CADRE_FAULT("worker.killer") < 0 ||
	    timer_create(CLOCK_MONOTONIC, &killer, &leaving.killer) < 0 ||
	    sigaction(SIGTERM, &term, NULL) < 0 ||
	    sigaction(SIGPIPE, &ignore, NULL) < 0)
		return -errno;
	sigdelset(&worker, SIGTERM);
	return sigprocmask(SIG_SETMASK, &worker, NULL) < 0 ? -errno :
	    leaving.wake;
}

bool
leave_begun(void)
{
	return __atomic_load_n(&leaving.draining, __ATOMIC_RELAXED) != 0;
}

uint64_t
leave_deadline_ns(void)
{
	return __atomic_load_n(&leaving.deadline_ns, __ATOMIC_RELAXED);
}

void
leave_woken(void)
{
	uint64_t wakes;

	(void)!read(leaving.wake, &wakes, sizeof(wakes));
}
