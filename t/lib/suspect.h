/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A master of the test's own, and in seat 0 a worker that sends it forged
 * frames. Others ask and answer meanwhile: a worker the master, and another
 * one that worker.
 */
#ifndef T_SUSPECT_H
#define T_SUSPECT_H

#include <stdbool.h>

#include "t/lib/forge.h"

#define SUSPECT		0	/* seats */
#define BYSTANDER	1
#define SUSPECT_TAKE	4	/* a type that all read to the last byte */

void	suspect_test(const struct forge *rows, unsigned int n, bool bad);
	/*
	 * Each row in turn. Says in results: of a bad one the worker loses its
	 * channel, and an event says why; after another it sends on. Others go
	 * on in any case, as the same processes, and in the end the master has
	 * the descriptors it had in the beginning.
	 */

#endif
