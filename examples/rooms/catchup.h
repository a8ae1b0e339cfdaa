/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How a worker that begins, or has missed something, gets the lines of all
 * rooms from another one, which may be the one it replaces.
 */
#ifndef EXAMPLES_ROOMS_CATCHUP_H
#define EXAMPLES_ROOMS_CATCHUP_H

#include <stdbool.h>

#include <cadre/cadre.h>

#define CATCHUP_PUBLISH_BYTES	262144	/* at least, for CADRE_PUBLISH_BYTES */

int catchup_begin(struct cadre_worker *, struct cadre_gauge *behind);
	/* Subscribe, and ask; behind is 1 until it has all. 0 or -errno. */
int catchup_tick(void);
	/*
	 * Ask again if there was no answer, or if records were lost since.
	 * Timeout of the next wait.
	 */
bool catchup_is_quiet(void);
	/* Nobody asks us. Who drains waits for that, and looks now and then. */

#endif
