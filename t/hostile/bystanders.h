/* SPDX-License-Identifier: BSD-2-Clause */
/* Strangers: processes near by that have no part in it, and count signals. */
#ifndef T_BYSTANDERS_H
#define T_BYSTANDERS_H

#define BYSTANDERS_MAX	64

void	bystanders_come(void);
	/*
	 * One more, if the last came a second ago: so their numbers lie
	 * between those of workers. Each leads a process group of this session.
	 */
void	bystanders_tell(void);
	/* None ended and none got a signal: two results. Then they go. */

#endif
