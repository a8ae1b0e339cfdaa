/* t/13-kill-event: killed at any instruction, an event push leaves a whole event or none */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <string.h>

#include "shm/region.h"
#include "t/lib/step.h"
#include "t/lib/tap.h"

static struct sample *s;
static struct cadre_shm_event e;	/* the next */
static struct cadre_cursor place;	/* of a reader that knows the ring */

/* As a successor would: from what the region says. */
static void
begin(void)
{
	s->anchor->events = ((const struct cadre_shm_header *)
	    (const void *)s->anchor->view)->events;
}

/* Text of 64 bytes; in the long form as much as there is room for, and more. */
static void
set(uint64_t n)
{
	e = (struct cadre_shm_event){ .mono_ns = n, .generation = n,
	    .text_bytes = step_all() ? sizeof(e.text) : 64 };
	memset(e.text, (int)(n % 127), e.text_bytes);
	for (int i = 0; i < CADRE_EVENT_HEALTHS && step_all(); i++)
		e.health[i].turns = e.health[i].flags = n;
}

static void
push(void)
{
	cadre__anchor_event(s->anchor, &e);
}

static bool
torn(const struct cadre_shm_event *was)
{
	bool bad = was->generation != was->mono_ns ||
	    (uint64_t)was->text[0] != (was->mono_ns % 127) ||
	    memcmp(was->text, was->text + 1, was->text_bytes - 1) != 0;

	for (int i = 0; i < CADRE_EVENT_HEALTHS && step_all(); i++)
		bad |= was->health[i].turns != was->mono_ns ||
		    was->health[i].flags != was->mono_ns;
	return bad;
}

/* All that a new reader sees must be whole; another finds each new one. */
static int
read_events(const struct cadre_region *r, uint64_t *ret_n)
{
	static struct cadre_shm_event all[CADRE_EVENT_RECORDS], more[2];
	struct cadre_cursor fresh = { 0, 0 }, c = place;
	int n, m, bad = 0;

	n = cadre_region_events(r, &fresh, all, CADRE_EVENT_RECORDS);
	for (int i = 0; i < n; i++)
		bad += torn(&all[i]);
	if (n < CADRE_EVENT_RECORDS - 1 || bad > 0)
		return -EPROTO;
	*ret_n = all[n - 1].mono_ns;
	m = cadre_region_events(r, &c, more, 2);
	return c.lost == 0 && (m == 0 || more[m - 1].mono_ns == *ret_n) ?
	    0 : -EPROTO;
}

int
main(void)
{
	static const struct step_op op = {
		"event push", begin, set, push, read_events
	};

	s = sample_new();
	for (uint64_t i = 1; i <= CADRE_EVENT_RECORDS + 9; i++) {
		set(i);
		push();
	}
	place.next = s->anchor->events;
	step_test(s, &op);
	sample_free(s);
	return done_testing();
}
