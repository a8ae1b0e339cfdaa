/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A worker that has gone bad: at full speed it does all that a process of its
 * own uid can do to memory, sockets, channels, locks and processes around it.
 * Which of it is done next is random. It ends when it is killed.
 */
#ifndef T_NOISE_H
#define T_NOISE_H

#include <stdint.h>

#include <sys/types.h>

#define NOISE_UID	61234	/* nobody else's: kill(2) finds no other */
#define NOISE_CHILDREN	24	/* RLIMIT_NPROC of that uid */
#define NOISE_CHILD_S	2	/* so long one of them outlives its parent */

struct cadre_worker;

void	noise_forked(struct cadre_worker *) __attribute__((noreturn));
	/* Ready, then noise; in a worker forked by root. */
void	noise_program(void) __attribute__((noreturn));
	/*
	 * The same in a program: it speaks the protocol by itself, so that it
	 * keeps the descriptor that lets it write its slot.
	 */
void	noise_end(void);
	/* Kill who is left of that uid: a test that failed is clean too. */

#endif
