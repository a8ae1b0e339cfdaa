/* SPDX-License-Identifier: BSD-2-Clause */
/* The master's events, as lines and as JSON. */
#include <time.h>

#include "shm/clock.h"
#include "tools/event.h"
#include "tools/json.h"
#include "tools/text.h"

#define DAY_NS		(24 * 3600 * NS_PER_S)

/* "2026-11-23 ", or nothing. */
static void
day_text(uint64_t real_ns, char *day, size_t room)
{
	time_t s = (time_t)(real_ns / NS_PER_S);
	struct tm tm;

	if (localtime_r(&s, &tm) == NULL ||
	    strftime(day, room, "%Y-%m-%d ", &tm) == 0)
		day[0] = '\0';
}

void
event_print(const struct cadre_shm_event *e, FILE *f)
{
	char text[EVENT_TEXT_BYTES], day[16] = "";

	cadre_event_text(e, text, sizeof(text));
	/* The day goes before the time of what is more than a day ago. */
	if (clock_read(CLOCK_REALTIME) - e->real_ns >= DAY_NS)
		day_text(e->real_ns, day, sizeof(day));
	fprintf(f, "%s%s %s\n", day, text_time(e->real_ns).s, text);
}

size_t
event_line(uint64_t real_ns, const char *text, char *line, size_t room)
{
	char day[16];
	int n;

	day_text(real_ns, day, sizeof(day));
	n = snprintf(line, room, "%s%s %s\n", day, text_time(real_ns).s, text);
	if ((size_t)n < room)
		return (size_t)n;
	line[room - 2] = '\n';
	return room - 1;
}

static json_t *
healths_json(const struct cadre_shm_event *e)
{
	const struct cadre_shm_health *before = NULL;
	json_t *array = json_array();

	for (uint32_t i = 0; i < e->healths && i < CADRE_EVENT_HEALTHS; i++) {
		json_array_append_new(array, json_health(&e->health[i],
		    before, false));
		before = &e->health[i];
	}
	return array;
}

json_t *
event_json(const struct cadre_shm_event *e, uint64_t lost)
{
	size_t bytes = e->text_bytes < sizeof(e->text) ? e->text_bytes :
	    sizeof(e->text);
	char line[EVENT_TEXT_BYTES];

	cadre_event_text(e, line, sizeof(line));
	return json_pack("{s:o, s:o, s:o, s:s, s:o, s:o, s:o, s:o, s:o, s:o,"
	    " s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:s?}",
	    "number", json_u64(e->number),
	    "real_ns", json_u64(e->real_ns),
	    "mono_ns", json_u64(e->mono_ns),
	    "event", cadre_event_name(e->kind),
	    "kind", json_u64(e->kind),
	    "seat", json_u64_if(e->seat != CADRE_NO_SEAT, e->seat),
	    "generation", json_u64_if(e->generation != 0, e->generation),
	    "pid", json_u64_if(e->pid != 0, e->pid),
	    "exit_code", json_u64(e->exit_code),
	    "exit_signal", json_u64(e->exit_signal),
	    "duration_ns", json_u64(e->duration_ns),
	    "delay_ns", json_u64(e->delay_ns),
	    "tries", json_u64(e->tries),
	    "text", json_bytes(e->text, bytes),
	    "line", json_bytes(line, sizeof(line)),
	    "healths", healths_json(e),
	    "lost", json_u64(lost),
	    "cause", e->cause != CADRE_CAUSE_NONE ?
	    cadre_cause_name(e->cause) : NULL);
}

bool
event_last(const struct cadre_region *r, struct cadre_shm_event *ret_event)
{
	struct cadre_cursor cursor = { 0 };
	struct cadre_shm_event e[8];
	bool found = false;
	int n;

	/* Bounded: a ring that moves while it is read ends it as well. */
	for (int i = 0; i < CADRE_EVENT_RECORDS; i++) {
		n = cadre_region_events(r, &cursor, e, 8);
		if (n <= 0)
			break;
		*ret_event = e[n - 1];
		found = true;
	}
	return found;
}
