/* t/13-kill-event: killed at any instruction, an event push leaves a whole event or none */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>
#include <sys/mman.h>

#include "t/lib/sample.h"
#include "t/lib/step.h"
#include "t/lib/tap.h"

static struct sample *s;
static uint64_t value;

static void
set(uint64_t v)
{
	value = v;
	/* As a successor would begin: from what the region says. */
	s->anchor->events = ((const struct cadre_shm_header *)
	    (const void *)s->anchor->view)->events;
}

static void
push(void *arg)
{
	struct cadre_shm_event e = { .mono_ns = value, .generation = value };

	(void)arg;
	memset(e.text, (int)(value & 0x7f), sizeof(e.text));
	e.health[CADRE_EVENT_HEALTHS - 1].flags = value;
	cadre__anchor_event(s->anchor, &e);
}

static int
torn(const struct cadre_shm_event *e)
{
	return e->generation != e->mono_ns ||
	    e->health[CADRE_EVENT_HEALTHS - 1].flags != e->mono_ns ||
	    (uint64_t)e->text[0] != (e->mono_ns & 0x7f) ||
	    memcmp(e->text, e->text + 1, sizeof(e->text) - 1) != 0;
}

/* All that a new reader sees must be whole; the newest is the value. */
static int
read_events(uint64_t *ret_value)
{
	static struct cadre_shm_event e[CADRE_EVENT_RECORDS];
	struct cadre_cursor c = { 0, 0 };
	int n, bad = 0;

	n = cadre_region_events(s->region, &c, e, CADRE_EVENT_RECORDS);
	for (int i = 0; i < n; i++)
		bad += torn(&e[i]);
	*ret_value = e[n - 1].mono_ns;
	return bad > 0 || n < CADRE_EVENT_RECORDS - 1 ? -1 : 0;
}

int
main(void)
{
	const struct step_op op = { "event", set, push, read_events };

	s = sample_new();
	/* The process that is killed plays the master. */
	madvise(s->anchor->map, s->anchor->places.anchor_bytes, MADV_DOFORK);
	for (uint64_t i = 1; i <= CADRE_EVENT_RECORDS + 9; i++) {
		set(i);
		push(NULL);
	}
	step_test(&op);
	sample_free(s);
	return done_testing();
}
