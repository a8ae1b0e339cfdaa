/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a program asks of the kernel, counted by stopping it at each system
 * call (ptrace): all of them, and none that it says itself. The program marks
 * the parts that count with two calls that do nothing: getppid() begins one,
 * getuid() ends it, and a part that was not ended is forgotten.
 */
#ifndef TOOLS_CALLS_H
#define TOOLS_CALLS_H

#include <stdint.h>

#include <sys/types.h>

#define CALLS_DEPTH	3	/* the program, its children, and theirs */

struct calls {
	uint64_t	calls;
	uint64_t	bytes;	/* that these read and wrote */
};

int calls_attach(pid_t pid);
	/*
	 * To a child that waits before its exec. 0; -EPERM and others of
	 * ptrace(2): it runs on, uncounted.
	 */
int calls_count(pid_t pid, struct calls ret_calls[CALLS_DEPTH],
    int *ret_status);
	/*
	 * Until it has ended, and all its children. Readings of a clock are not
	 * counted, nor waits whose time was up. Not for a process with other
	 * children. 0; -EINTR: a signal came first, and it is still there.
	 */

#endif
