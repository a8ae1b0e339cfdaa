/* SPDX-License-Identifier: BSD-2-Clause */
/* An app of functions that is told how many workers it shall have. */
#ifndef T_SCALED_H
#define T_SCALED_H

#include "t/lib/app.h"

#define SCALED_SEATS	8

struct app *scaled_start(const char *options, unsigned int workers);
	/* app_answer() on a listener with these, up to the ready of all. */
void	scaled_to(struct app *, unsigned int n);
	/* ok(): so many are up, and no other has a worker any more. */
bool	scaled_is(struct app *, unsigned int n);
	/* Until that is so. */

#endif
