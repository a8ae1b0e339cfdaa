/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What proc(5) tells of a worker. A pid may have a new owner: figures count
 * only if the process started when the master says the worker did.
 */
#ifndef TOOLS_PROC_H
#define TOOLS_PROC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sys/types.h>

struct proc {
	char		state;		/* R, S, T, Z, … */
	pid_t		parent;
	uint64_t	start;		/* clock ticks after boot */
	uint64_t	cpu_ticks;	/* user and system */
	uint64_t	rss_bytes;
};

struct proc_uids {
	unsigned int	real, effective, saved;
};

int proc_read(pid_t pid, struct proc *ret_proc);
	/* 0; -ESRCH: no such process; -EPROTO: not in the form of proc(5). */
int proc_read_same(uint64_t pid, uint64_t start, struct proc *ret_proc);
	/* The same, and -ESRCH if it is another process by now. */
bool proc_uids(pid_t pid, struct proc_uids *ret_uids);
	/* False: it cannot be seen. */
bool proc_can_be(const struct proc_uids *, unsigned int uid);
	/* It has that uid, or could take it: root can. */
double proc_cpu(const struct proc *before, const struct proc *now,
    uint64_t span_ns);
	/* Processors used in that time: 0.5 is half of one. */
bool proc_starves(const struct proc *before, const struct proc *now,
    uint64_t span_ns);
	/*
	 * It wants a processor, and others have it: it had less than half of
	 * one in that time. One that loops and shares it with one other has more.
	 */
void proc_command(pid_t pid, char *name, size_t room);
	/* Its command name, escaped; "?" if it cannot be seen. */

#endif
