/* SPDX-License-Identifier: BSD-2-Clause */
/* The two faces of cadre stat: a screen and a JSON object. */
#ifndef TOOLS_STAT_H
#define TOOLS_STAT_H

#include <stdbool.h>
#include <stdio.h>

#include <jansson.h>

#include "tools/sample.h"

struct stat_view {
	const struct cadre_region *region;
	const struct sample *before;	/* NULL: there was none */
	const struct sample *now;
	bool		all;		/* seats never used as well */
	int		requests;	/* numbers of metrics, or negative */
	int		busy_ns;
	unsigned int	width, height;	/* of the screen; 0: no bounds */
};

void stat_screen(const struct stat_view *, FILE *);
	/* Whole lines, more than fit into the height if there are. */
json_t *stat_json(const struct stat_view *);
	/* NULL: no memory. */

#endif
