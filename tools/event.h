/* SPDX-License-Identifier: BSD-2-Clause */
/* The master's events, as lines and as JSON. */
#ifndef TOOLS_EVENT_H
#define TOOLS_EVENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <jansson.h>

#include <cadre/region.h>

void event_print(const struct cadre_shm_event *, FILE *);
	/* "14:02:11.123 seat 3 (pid 812) died: …", with the day if not today's. */
#define EVENT_TEXT_BYTES	2048	/* more than one's text, all escaped */
size_t event_line(uint64_t real_ns, const char *text, char *line, size_t room);
	/*
	 * The same for a log, always with the day, of any text that is escaped
	 * already: a whole line, its length, cut to what fits.
	 */
json_t *event_json(const struct cadre_shm_event *, uint64_t lost);
	/* NULL: no memory. */
bool event_last(const struct cadre_region *, struct cadre_shm_event *ret_event);
	/* The newest one there is. */

#endif
