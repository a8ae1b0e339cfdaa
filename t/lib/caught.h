/* SPDX-License-Identifier: BSD-2-Clause */
/* Connections that are handed over and not picked up when a worker dies. */
#ifndef T_CAUGHT_H
#define T_CAUGHT_H

void	caught(const char *options, unsigned int times);
	/*
	 * So many times: a worker stands still, is given connections, and is
	 * killed before it picks one up; each is answered all the same. Two
	 * results for all of them.
	 */

#endif
