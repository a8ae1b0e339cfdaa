/* SPDX-License-Identifier: BSD-2-Clause */
/* A client of examples/sessions behind a proxy, with the cookies of both. */
#ifndef T_JAR_H
#define T_JAR_H

#include "t/lib/front.h"

struct jar {
	char		cookies[2][64];	/* NAME=VALUE; "": none */
	unsigned int	count, seat;	/* of the last answer */
	unsigned int	visits;		/* the test's */
};

bool	jar_visit(const struct front *, struct jar *);
	/* A request on a connection of its own. False: it failed. */

#endif
