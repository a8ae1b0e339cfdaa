/* SPDX-License-Identifier: BSD-2-Clause */
/* A master, its workers and its acceptor as threads; see racers.h. */
#include "t/lib/racers.h"

#include <sched.h>
#include <stdio.h>
#include <string.h>

#include "shm/atomic.h"
#include "shm/region.h"
#include "t/lib/tap.h"

enum { LIVES = 60, ROWS = 100 };

static struct sample *s;
static uint64_t given[RACERS];	/* generation that may write the slot */
static uint64_t ended[RACERS];	/* the last that has stopped doing so */
static uint64_t over;		/* workers that have done all lives */
static pthread_t threads[RACERS + 2];
static const char *view, *slots[SAMPLE_SLOTS];	/* put aside */

static uint64_t
take(const uint64_t *word)
{
	return __atomic_load_n(word, __ATOMIC_ACQUIRE);
}

static void
give(uint64_t *word, uint64_t value)
{
	__atomic_store_n(word, value, __ATOMIC_RELEASE);
}

/* One accepted, answered, closed a turn: between turns these are equal. */
static void
live(unsigned int i, uint64_t generation)
{
	struct cadre__slot *w = &s->worker[i];
	struct cadre__assigned_look look;

	cadre__slot_begin(w, s->slot[i], s->anchor->map, generation, 0,
	    generation);
	for (uint64_t n = 1; n <= RACERS_TURNS; n++) {
		cadre__slot_turn_begin(w, n);
		cadre__slot_accepted(w, n % 2 != 0);
		cadre_counter_add((void *)sample_word(s, i, SAMPLE_JOBS), 1);
		cadre_counter_add_mt((void *)sample_word(s, i,
		    SAMPLE_REQUESTS), 1);
		cadre_gauge_set((void *)sample_word(s, i, SAMPLE_DEPTH), 7);
		cadre__slot_closed(w);
		cadre__assigned_look(&s->acceptor.assigned[i], &look);
		if (cadre__assigned_all_came(&s->acceptor.assigned[i], &look))
			cadre__slot_settle(w, look.assigned);
		cadre__slot_gate(w, n % 3);
		cadre__slot_shed(w);
		cadre__slot_turn_end(w, n);
	}
}

static void *
worker(void *arg)
{
	unsigned int i = (unsigned int)(uintptr_t)arg;
	uint64_t generation = 0, next;

	for (int n = 0; n < LIVES; n++) {
		while ((next = take(&given[i])) == generation)
			sched_yield();
		generation = next;
		live(i, generation);
		give(&ended[i], generation);
	}
	__atomic_add_fetch(&over, 1, __ATOMIC_RELAXED);
	return NULL;
}

/* As a master does when a pidfd says that the slot has no writer. */
static void
spawn(unsigned int i)
{
	struct cadre_shm_life life = { .state = CADRE_STATE_UP };

	if (take(&given[i]) != take(&ended[i]))
		return;
	life.generation = life.pid = life.start = ++s->generation;
	cadre__anchor_baseline(s->anchor, i);
	cadre__anchor_life(s->anchor, i, &life);
	give(&given[i], life.generation);
}

struct cadre_shm_metric
racers_row(unsigned int i)
{
	struct cadre_shm_metric m = { CADRE_KIND_COUNTER, CADRE_AGGREGATE_SUM,
	    CADRE_ON_DEATH_KEEP, 0, sizeof(struct cadre_shm_slot), 8, "", "",
	    "", { 0 } };

	snprintf(m.name, sizeof(m.name), "row%u", i);
	memset(m.help, 'a' + (int)(i % 26), sizeof(m.help) - 1);
	return m;
}

static void *
master(void *arg)
{
	(void)arg;
	for (uint64_t n = 1; racers_run(); n++) {
		struct cadre_shm_event e = { .mono_ns = n, .pid = n,
		    .text_bytes = sizeof(e.text) };
		struct cadre_shm_health h[8];

		for (unsigned int i = 0; i < RACERS; i++)
			spawn(i);
		memset(e.text, (int)(n % 127), sizeof(e.text));
		e.healths = cadre__anchor_last_health(s->anchor, n % RACERS,
		    h, 8);
		cadre__anchor_event(s->anchor, &e);
		cadre__anchor_beat(s->anchor, n);
		cadre__anchor_state(s->anchor, CADRE_APP_RUNNING, RACERS);
		cadre__anchor_busy_word(s->anchor, n % RACERS);
		cadre__anchor_accepted_word(s->anchor, n % RACERS);
		cadre__anchor_gate_word(s->anchor, n % RACERS);
		cadre__anchor_queue(s->anchor, 0, n, n);
		cadre__anchor_acceptor(s->anchor, n, n);
		if (n <= ROWS) {
			const struct cadre_shm_metric m = racers_row((unsigned int)n);

			cadre__anchor_metric(s->anchor, &m);
		}
	}
	return NULL;
}

static void *
acceptor(void *arg)
{
	struct cadre__acceptor *a = &s->acceptor;

	for (unsigned int n = 0; racers_run(); n++) {
		unsigned int slot = n % RACERS;

		if (cadre__acceptor_load(a, slot, s->slot[slot]) < 100)
			cadre__acceptor_assign(a, slot, 8);
		cadre__acceptor_sent(a, slot, 8);
		cadre__acceptor_returned(a, slot, n % 8);
		cadre__acceptor_accepted(a, 0, 1);
		cadre__acceptor_rescued(a, 0, 1);
	}
	return arg;
}

bool
racers_run(void)
{
	return shm_load(&over) < RACERS;
}

void
racers_open(struct cadre_region **ret_region)
{
	const void *maps[SAMPLE_SLOTS];

	for (int i = 0; i < SAMPLE_SLOTS; i++)
		maps[i] = s->slot[i];
	if (cadre__region_wrap(s->anchor->map, s->anchor->places.anchor_bytes,
	    maps, s->acceptor_map, ret_region) < 0)
		bail_out("the region is refused");
}

void
racers_start(struct sample *sample)
{
	s = sample;
	view = s->anchor->view;
	s->anchor->view = s->anchor->map;
	memcpy(slots, s->anchor->slot, sizeof(slots));
	memcpy(s->anchor->slot, s->slot, sizeof(slots));
	for (uintptr_t i = 0; i < RACERS + 2; i++)
		if (pthread_create(&threads[i], NULL, i < RACERS ? worker :
		    i == RACERS ? master : acceptor, (void *)i) != 0)
			bail_out("no thread");
}

uint64_t
racers_end(void)
{
	uint64_t sum = 0;

	for (int i = 0; i < RACERS + 2; i++)
		pthread_join(threads[i], NULL);
	for (unsigned int i = 0; i < RACERS; i++)
		sum += *sample_word(s, i, SAMPLE_JOBS);
	s->anchor->view = view;
	memcpy(s->anchor->slot, slots, sizeof(slots));
	return sum - (uint64_t)RACERS * LIVES * RACERS_TURNS;
}
