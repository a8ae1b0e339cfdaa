/* SPDX-License-Identifier: BSD-2-Clause */
/* What an app that was just started looks like, and what to type next. */
#ifndef TOOLS_BANNER_H
#define TOOLS_BANNER_H

#include "tools/sample.h"

void banner_print(const struct cadre_region *, const struct sample *);
	/* Addresses, seats, the region's size, commands; on standard output. */

#endif
