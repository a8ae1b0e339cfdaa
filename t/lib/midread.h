/* SPDX-License-Identifier: BSD-2-Clause */
/* Observers of the app "web" that stand still in the middle of a read. */
#ifndef T_MIDREAD_H
#define T_MIDREAD_H

#include <sys/types.h>

#include "t/lib/sample.h"

int midread_stop(const struct sample *, int sock, unsigned int instructions,
    pid_t *ret_pid);
	/*
	 * Attach one by the socket, let it do so many instructions of its
	 * reading calls, and stop it there for good, by SIGSTOP.
	 * 0		stopped, untraced; kill and reap it
	 * -EPERM	processes cannot be traced here
	 * -ENODATA	it was through before
	 */

#endif
