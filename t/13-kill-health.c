/* t/13-kill-health: killed at any instruction, a health push leaves a whole record or none */
/* SPDX-License-Identifier: BSD-2-Clause */
#include "t/lib/sample.h"
#include "t/lib/step.h"
#include "t/lib/tap.h"

static struct sample *s;
static uint64_t value;
static struct cadre_cursor cursor;
static uint64_t records;

static void
set(uint64_t v)
{
	struct cadre_shm_slot *h = s->worker[0].head;

	value = h->turns = h->busy_ns = h->accepted = h->open = v;
	*sample_word(s, 0, SAMPLE_REQUESTS) = v;
	*sample_word(s, 0, SAMPLE_ERRORS) = v;
}

static void
push(void *arg)
{
	(void)arg;
	cadre__slot_health_push(&s->worker[0], value, 0);
}

static int
torn(const struct cadre_shm_health *h)
{
	return h->turns != h->mono_ns || h->busy_ns != h->mono_ns ||
	    h->accepted != h->mono_ns || h->open != h->mono_ns ||
	    h->requests != h->mono_ns || h->errors != h->mono_ns;
}

/* The newest whole record; and all that a new reader sees must be whole. */
static int
read_health(uint64_t *ret_value)
{
	static struct cadre_shm_health last, h[CADRE_HEALTH_RECORDS];
	struct cadre_cursor fresh = { 0, 0 };
	int n, bad = 0;

	for (; cadre_region_health(s->region, 0, 0, &cursor, h, 1) == 1;
	    records++)
		last = h[0];
	n = cadre_region_health(s->region, 0, 0, &fresh, h,
	    CADRE_HEALTH_RECORDS);
	for (int i = 0; i < n; i++)
		bad += torn(&h[i]);
	*ret_value = last.mono_ns;
	return torn(&last) || bad > 0 || n < CADRE_HEALTH_RECORDS - 1 ? -1 : 0;
}

int
main(void)
{
	const struct step_op op = { "health", set, push, read_health };

	s = sample_new();
	sample_spawn(s, 0);
	set(1);
	/* From here on each record overwrites an old one. */
	for (int i = 0; i < 2 * CADRE_HEALTH_RECORDS; i++)
		push(NULL);
	step_test(&op);
	is_u64(cursor.lost, 0, "no record was taken for lost");
	is_u64(records, s->worker[0].head->healths - CADRE_HEALTH_RECORDS - 1,
	    "all that were there at the first look, and since");
	sample_free(s);
	return done_testing();
}
