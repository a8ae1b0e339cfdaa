/* t/15-events: the master's events are read whole and in order, and a lapped reader knows its losses */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "t/lib/sample.h"
#include "t/lib/tap.h"

static struct sample *s;
static struct cadre_shm_event e[CADRE_EVENT_RECORDS + 1];

/* Every word of the event says which it is. */
static void
push(uint64_t i)
{
	struct cadre_shm_event one = { .kind = CADRE_EVENT_SPAWNED,
	    .seat = (uint32_t)i, .generation = i, .healths = 99,
	    .text_bytes = 9999, .duration_ns = i };

	memset(one.text, (int)(i % 251), sizeof(one.text));
	one.health[7].errors = i;
	cadre__anchor_event(s->anchor, &one);
}

static int
whole(const struct cadre_shm_event *one)
{
	for (size_t i = 0; i < sizeof(one->text); i++)
		if ((unsigned char)one->text[i] != one->generation % 251)
			return 0;
	return one->seat == one->generation && one->health[7].errors ==
	    one->generation && one->duration_ns == one->generation;
}

int
main(void)
{
	struct cadre_cursor c = { 0, 0 };
	unsigned int bad = 0;

	s = sample_new();
	is_int(cadre_region_events(s->region, &c, e, 9), 0, "none yet");
	for (uint64_t i = 1; i <= 10; i++)
		push(i);
	is_int(cadre_region_events(s->region, &c, e, 4), 4, "four of ten");
	is_int(cadre_region_events(s->region, &c, e + 4, 99), 6, "the others");
	for (int i = 0; i < 10; i++)
		bad += e[i].number != (uint64_t)i + 1 || !whole(&e[i]);
	is_int(bad, 0, "in order, whole");
	is_int(e[0].healths, CADRE_EVENT_HEALTHS, "a lying count is cut");
	is_int(e[0].text_bytes, sizeof(e[0].text), "a lying length too");
	for (uint64_t i = 11; i <= 1000; i++)
		push(i);
	is_int(cadre_region_events(s->region, &c, e, 257), 224, "lapped");
	is_u64(c.lost, 1000 - 10 - 224, "and knows by how many");
	is_u64(e[0].number, 1000 - 224 + 1, "the oldest it goes on with");
	sample_free(s);
	return done_testing();
}
