/* SPDX-License-Identifier: BSD-2-Clause */
/* A worker that may make no system call from here on, or only one. */
#ifndef T_SEAL_H
#define T_SEAL_H

int	seal(int bell);
	/*
	 * From here on any system call is the end, by SIGSYS, but exit_group(2)
	 * and, unless `bell` is -1, shutdown(2) of that. 0 or -errno.
	 */

#endif
