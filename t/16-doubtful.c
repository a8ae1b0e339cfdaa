/* t/16-doubtful: a seat whose slot contradicts the master or itself is marked */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <stddef.h>

#include "shm/atomic.h"
#include "shm/clock.h"
#include "t/lib/sample.h"
#include "t/lib/tap.h"

#define BEFORE	5		/* of each counter, when this life began */
#define HEAD(word)	offsetof(struct cadre_shm_slot, word)

static struct sample *s;

static const struct row {
	const char	*what;
	size_t		word;
	uint64_t	value;
	bool		from_now;	/* value is added to the time */
} rows[] = {
	{ "a generation that nobody gave", HEAD(generation), 77, false },
	{ "the generation before, and it is up", HEAD(generation), 1, false },
	{ "busy since the future", HEAD(busy_since_ns), 9 * NS_PER_S, true },
	{ "idle since then", HEAD(idle_since_ns), 9 * NS_PER_S, true },
	{ "busy for longer than it lives", HEAD(busy_ns), 9 * NS_PER_S, false },
	{ "less busy than before it", HEAD(busy_ns), BEFORE - 1, false },
	{ "fewer turns than before it", HEAD(turns), BEFORE - 1, false },
	{ "fewer done than before it", HEAD(done), BEFORE - 1, false },
	{ "fewer accepted than before it", HEAD(accepted), BEFORE - 1, false },
	{ "fewer turned away than before it", HEAD(shed), BEFORE - 1, false },
	{ "at the gate in no way there is", HEAD(gate), 3, false },
	{ "more open than it accepted", HEAD(open), 3, false },
	{ "fewer open than none", HEAD(open), UINT64_MAX, false },
};

static bool
marked(uint64_t state, uint64_t flags)
{
	struct cadre_seat_view v;

	s->life[0].flags = flags;
	s->life[0].spawned_ns = clock_now_ns();
	sample_state(s, 0, state);
	return cadre_region_seat(s->region, 0, &v) == 0 && v.newest.doubtful;
}

int
main(void)
{
	const uint64_t up = CADRE_STATE_UP, forked = CADRE_LIFE_ATTACHED,
	    program = CADRE_LIFE_ATTACHED | CADRE_LIFE_PROGRAM;
	struct cadre_shm_slot *h;
	const struct row *r;
	uint64_t *word, was;

	s = sample_new();
	sample_spawn(s, 0);
	h = s->worker[0].head;
	h->turns = h->busy_ns = h->done = h->accepted = h->shed = BEFORE;
	sample_end(s, 0, CADRE_STATE_BACKOFF);
	sample_spawn(s, 0);
	h->accepted++;
	h->open++;
	ok(!marked(up, forked), "one that does as it should is not");
	for (r = rows; r < rows + sizeof(rows) / sizeof(rows[0]); r++) {
		word = (uint64_t *)(void *)((char *)h + r->word);
		was = *word;
		shm_store(word, r->value + (r->from_now ? clock_now_ns() : 0));
		ok(marked(up, forked), "%s", r->what);
		ok(!marked(up, 0), "not of one that has no slot");
		ok(!marked(CADRE_STATE_EMPTY, forked), "nor of nobody");
		shm_store(word, was);
		ok(!marked(up, forked), "taken back, it is not any more");
	}
	shm_store(&h->generation, 1);
	ok(!marked(CADRE_STATE_STARTING, forked), "one that starts may not "
	    "have begun");
	ok(!marked(up, program), "nor a program that attaches");
	shm_store(&h->generation, 77);
	ok(marked(CADRE_STATE_STARTING, program), "but not with any number");
	sample_free(s);
	return done_testing();
}
