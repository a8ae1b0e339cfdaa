/* SPDX-License-Identifier: BSD-2-Clause */
/* What is true of a master between any two turns of its loop. */
#ifndef T_SEQUENCE_CLAIMS_H
#define T_SEQUENCE_CLAIMS_H

#include "runtime/master.h"

extern char claims_where[128];	/* for the message: which sequence, where */

void	claim_that(bool, const char *what);
	/* Ends the test if it is not so. */
void	claims_begin(const struct cadre_master *);
void	claims_emptied(void);
	/* All seats were told to empty themselves, and stay so. */
void	claims_before(void);
	/* Before a turn; `reload` may take capacity away or may not. */
void	claims_after(void);
	/* After it. */
bool	claims_calm(void);
	/* Nothing is on its way any more: every worker serves, or is parked. */
void	claims_ended(void);
	/* The app has stopped: nobody is left. */
void	claims_event(const struct cadre_shm_event *, void *);
	/* For cadre_master_on_event(): what begins, ends, and once. */

#endif
