/* SPDX-License-Identifier: BSD-2-Clause */
/* The acceptor is killed under load, again and again. */
#ifndef T_FELLED_H
#define T_FELLED_H

void	felled(const char *options, unsigned int times);
	/*
	 * Clients ask one after another meanwhile. Results: none was refused,
	 * each kill has its event and another pid after it, and in the end
	 * seats are chosen in turn as before.
	 */

#endif
