/* t/13-kill-health: killed at any instruction, a health push leaves a whole record or none */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>

#include "t/lib/step.h"
#include "t/lib/tap.h"

static struct sample *s;
static uint64_t value;
static struct cadre_cursor place;	/* of a reader that knows the ring */

/* Pushes a first record of what the dead one had, but no connections. */
static void
begin(void)
{
	cadre__slot_begin(&s->worker[0], s->slot[0], s->anchor->view,
	    ++s->generation, 0, s->worker[0].head->turns);
}

static void
set(uint64_t n)
{
	struct cadre_shm_slot *h = s->worker[0].head;

	value = h->turns = h->busy_ns = h->accepted = h->open = n;
	*sample_word(s, 0, SAMPLE_REQUESTS) = n;
	*sample_word(s, 0, SAMPLE_ERRORS) = n;
}

static void
push(void)
{
	cadre__slot_health_push(&s->worker[0], value, 0);
}

static bool
torn(const struct cadre_shm_health *h)
{
	uint64_t open = h->flags & CADRE_HEALTH_FIRST ? 0 : h->mono_ns;

	return h->turns != h->mono_ns || h->busy_ns != h->mono_ns ||
	    h->accepted != h->mono_ns || h->open != open ||
	    h->requests != h->mono_ns || h->errors != h->mono_ns;
}

/* All that a new reader sees must be whole; another finds each new one. */
static int
read_health(const struct cadre_region *r, uint64_t *ret_n)
{
	static struct cadre_shm_health h[CADRE_HEALTH_RECORDS], more[4];
	struct cadre_cursor fresh = { 0, 0 }, c = place;
	int n, m, bad = 0;

	n = cadre_region_health(r, 0, 0, &fresh, h, CADRE_HEALTH_RECORDS);
	for (int i = 0; i < n; i++)
		bad += torn(&h[i]);
	if (n < CADRE_HEALTH_RECORDS - 1 || bad > 0)
		return -EPROTO;
	*ret_n = h[n - 1].mono_ns;
	m = cadre_region_health(r, 0, 0, &c, more, 4);
	return c.lost == 0 && (m == 0 || more[m - 1].mono_ns == *ret_n) ?
	    0 : -EPROTO;
}

int
main(void)
{
	static const struct step_op op = {
		"health record", begin, set, push, read_health
	};

	s = sample_new();
	sample_spawn(s, 0);
	set(1);
	/* From here on each record overwrites an old one. */
	for (int i = 0; i < 2 * CADRE_HEALTH_RECORDS; i++)
		push();
	place.next = s->worker[0].head->healths;
	step_test(s, &op);
	sample_free(s);
	return done_testing();
}
