/* SPDX-License-Identifier: BSD-2-Clause */
/* The master's events, as lines and as JSON; demo, events and stat show them. */
#ifndef TOOLS_EVENT_H
#define TOOLS_EVENT_H

#include <stdbool.h>
#include <stdio.h>

#include <jansson.h>

#include <cadre/region.h>

void event_print(const struct cadre_shm_event *, FILE *);
	/* "14:02:11.123 seat 3 (pid 812) died: …", with the day if not today's. */
json_t *event_json(const struct cadre_shm_event *, uint64_t lost);
	/* NULL: no memory. */
bool event_last(const struct cadre_region *, struct cadre_shm_event *ret_event);
	/* The newest one there is. */

#endif
