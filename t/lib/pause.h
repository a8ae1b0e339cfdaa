/* SPDX-License-Identifier: BSD-2-Clause */
/* The whole group is stopped for longer than the hang limit, and goes on. */
#ifndef T_PAUSE_H
#define T_PAUSE_H

void	pause_test(unsigned int pauses);
	/*
	 * So many times, stopped and continued in several orders; says in
	 * results that nobody was called hung and nobody died.
	 */

#endif
