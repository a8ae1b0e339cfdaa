/* SPDX-License-Identifier: BSD-2-Clause */
/* Workers that publish and subscribe all the time, and are killed. */
#ifndef T_REAPER_H
#define T_REAPER_H

void	reaper(unsigned int workers, unsigned int kills, unsigned int pause);
	/*
	 * So many random kills, and after each `pause` of them all publishers
	 * rest until all subscribers have read all there is and sleep: ok()
	 * that they do, that nothing was torn, twice or out of order, and that in
	 * each life received + lost is what was published since it subscribed.
	 */

#endif
