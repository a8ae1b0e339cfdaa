/* SPDX-License-Identifier: BSD-2-Clause */
/* What a program asks of the kernel. */
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>

#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>

#include "tools/calls.h"

#define PROCESSES_MAX	128
#define MESSAGES_MAX	64	/* in one call */
#define DEPTH_UNKNOWN	CALLS_DEPTH	/* it stops before its parent tells */

struct process {
	pid_t		pid;
	unsigned int	depth;
	bool		counts;		/* between the two marks */
	struct calls	part;
	uint64_t	nr, arg[6];	/* of the call it is in */
};

struct count {
	struct process	process[PROCESSES_MAX];
	unsigned int	n;
	struct calls	*calls;
};

int
calls_attach(pid_t pid)
{
	if (ptrace(PTRACE_SEIZE, pid, NULL, PTRACE_O_EXITKILL |
	    PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK |
	    PTRACE_O_TRACEEXEC) < 0)
		return -errno;
	/* From a stop on it can be followed. */
	return ptrace(PTRACE_INTERRUPT, pid, NULL, NULL) < 0 ? -errno : 0;
}

/* NULL: there are too many. */
static struct process *
process_of(struct count *c, pid_t pid)
{
	struct process *p;

	for (unsigned int i = 0; i < c->n; i++)
		if (c->process[i].pid == pid)
			return &c->process[i];
	if (c->n == PROCESSES_MAX)
		return NULL;
	p = &c->process[c->n++];
	*p = (struct process){ .pid = pid, .depth = DEPTH_UNKNOWN };
	return p;
}

static void
process_gone(struct count *c, pid_t pid)
{
	struct process *p = process_of(c, pid);

	if (p != NULL)
		*p = c->process[--c->n];
}

/* Of several messages the call gives the number, and each says its length. */
static uint64_t
bytes_of_all(const struct process *p, uint64_t n)
{
	struct mmsghdr all[MESSAGES_MAX];
	struct iovec here = { all, sizeof(all) }, there;
	uint64_t bytes = 0;

	n = n < MESSAGES_MAX ? n : MESSAGES_MAX;
	here.iov_len = there.iov_len = n * sizeof(all[0]);
	there.iov_base = (void *)(uintptr_t)p->arg[1];
	if (process_vm_readv(p->pid, &here, 1, &there, 1, 0) !=
	    (ssize_t)here.iov_len)
		return 0;
	for (uint64_t i = 0; i < n; i++)
		bytes += all[i].msg_len;
	return bytes;
}

static uint64_t
bytes_of(const struct process *p, int64_t result)
{
	static const uint64_t movers[] = { SYS_read, SYS_readv, SYS_recvfrom,
	    SYS_recvmsg, SYS_write, SYS_writev, SYS_sendto, SYS_sendmsg };

	if (result <= 0)
		return 0;
	if (p->nr == SYS_recvmmsg || p->nr == SYS_sendmmsg)
		return bytes_of_all(p, (uint64_t)result);
	for (size_t i = 0; i < sizeof(movers) / sizeof(movers[0]); i++)
		if (movers[i] == p->nr)
			return (uint64_t)result;
	return 0;
}

/* It waited, and nothing came: that is the clock's work. */
static bool
timed_out(const struct process *p, int64_t result)
{
	if (result != 0)
		return false;
#ifdef SYS_epoll_wait
	if (p->nr == SYS_epoll_wait)
		return p->arg[3] != 0;
#endif
#ifdef SYS_poll
	if (p->nr == SYS_poll)
		return p->arg[2] != 0;
#endif
	return (p->nr == SYS_epoll_pwait && p->arg[3] != 0) ||
	    p->nr == SYS_ppoll;
}

static void
call_done(struct count *c, struct process *p, int64_t result)
{
	if (p->nr == SYS_getppid) {
		p->counts = true;
		p->part = (struct calls){ 0 };
	} else if (p->nr == SYS_getuid) {
		if (p->counts && p->depth < CALLS_DEPTH) {
			c->calls[p->depth].calls += p->part.calls;
			c->calls[p->depth].bytes += p->part.bytes;
		}
		p->counts = false;
	} else if (p->nr != SYS_clock_gettime && !timed_out(p, result)) {
		p->part.calls++;
		p->part.bytes += bytes_of(p, result);
	}
}

static void
at_call(struct count *c, struct process *p)
{
	struct __ptrace_syscall_info info;

	if (ptrace(PTRACE_GET_SYSCALL_INFO, p->pid, sizeof(info), &info) <= 0)
		return;
	if (info.op == PTRACE_SYSCALL_INFO_ENTRY) {
		p->nr = info.entry.nr;
		memcpy(p->arg, info.entry.args, sizeof(p->arg));
	} else if (info.op == PTRACE_SYSCALL_INFO_EXIT) {
		call_done(c, p, info.exit.rval);
	}
}

/* What it stopped for; the signal that it shall go on with. */
static int
stopped(struct count *c, struct process *p, int status)
{
	unsigned long child = 0;
	struct process *born;

	switch (status >> 16) {
	case PTRACE_EVENT_FORK:
	case PTRACE_EVENT_VFORK:
		ptrace(PTRACE_GETEVENTMSG, p->pid, NULL, &child);
		born = process_of(c, (pid_t)child);
		if (born != NULL)
			born->depth = p->depth < CALLS_DEPTH ? p->depth + 1 :
			    DEPTH_UNKNOWN;
		return 0;
	case PTRACE_EVENT_EXEC:
		p->counts = false;	/* who was here before set no marks */
		return 0;
	case 0:
		break;
	default:
		return 0;
	}
	if (WSTOPSIG(status) != (SIGTRAP | 0x80))
		return WSTOPSIG(status);
	at_call(c, p);
	return 0;
}

int
calls_count(pid_t pid, struct calls ret_calls[CALLS_DEPTH], int *ret_status)
{
	struct count c = { .calls = ret_calls };
	struct process *p;
	int status, on;
	pid_t who;

	memset(ret_calls, 0, CALLS_DEPTH * sizeof(*ret_calls));
	process_of(&c, pid)->depth = 0;
	while ((who = waitpid(-1, &status, __WALL)) > 0) {
		if (!WIFSTOPPED(status)) {
			if (who == pid)
				*ret_status = status;
			process_gone(&c, who);
			continue;
		}
		p = process_of(&c, who);
		on = p == NULL ? 0 : stopped(&c, p, status);
		ptrace(PTRACE_SYSCALL, who, NULL, (unsigned long)on);
	}
	return errno == ECHILD ? 0 : -errno;
}
