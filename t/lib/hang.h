/* SPDX-License-Identifier: BSD-2-Clause */
/* Many hangs, one after another or at once, and how soon each is found. */
#ifndef T_HANG_H
#define T_HANG_H

void	hang_test(unsigned int seats, unsigned int rounds);
	/*
	 * That many workers sleep in their turn for ever, all of them in each
	 * round; says in results that every one is found in time, aborted and
	 * replaced, and nobody else.
	 */

#endif
