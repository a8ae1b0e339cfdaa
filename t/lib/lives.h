/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Lives that end in every way there is, and what their master was told of
 * each; or, where it is the master that ends, what each worker was.
 */
#ifndef T_LIVES_H
#define T_LIVES_H

void	lives_test(unsigned int lives);
	/*
	 * So many lives, 6 to 1,200, in a master of the test's own, and in some
	 * that are killed. Says in results that each went through all events
	 * once and in order, that its code and signal are right, and that of
	 * those killed with unread messages every message came before the end.
	 */
void	lives_kill_test(unsigned int kills);
	/*
	 * So many are killed, with unread messages and descriptors in them; the
	 * master's descriptors afterwards are those from before.
	 */

#endif
