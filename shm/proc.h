/* SPDX-License-Identifier: BSD-2-Clause */
/* Which process: a pid alone is reused, a pid with its start time is not. */
#ifndef SHM_PROC_H
#define SHM_PROC_H

#include <stdint.h>

int cadre__proc_start(int pid, uint64_t *ret_start);
	/*
	 * When it started, clock ticks after boot, as proc(5) tells.
	 * 0; -ESRCH: there is no such process, or it is a zombie; -errno.
	 */
char cadre__proc_state(int pid);
	/* Its state, as proc(5) has it: R, S, D, T, Z …; '?': not known. */
int cadre__proc_boot(uint8_t ret_id[16]);
	/* The id of this boot of the machine. 0 or -errno. */

#endif
