/* t/12-assigned: what is assigned by any thread is load until the worker is done with it */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <pthread.h>

#include "t/lib/sample.h"
#include "t/lib/tap.h"

#define ADDS	20000

static struct sample *s;
static pthread_barrier_t both;

static void *
assign_many(void *arg)
{
	pthread_barrier_wait(&both);
	for (int i = 0; i < ADDS; i++) {
		cadre__acceptor_assign(&s->acceptor, 0, 3);
		cadre__acceptor_returned(&s->acceptor, 0, 2);
		cadre__acceptor_accepted(&s->acceptor, 0, 1);
	}
	return arg;
}

static void
load_is(int64_t want, const char *what)
{
	struct cadre_seat_view v;

	is_int(cadre_region_seat(s->region, 0, &v), 0, "%s: seat", what);
	is_int(v.newest.load, want, "%s: load", what);
	is_int(cadre__acceptor_load(&s->acceptor, v.newest.slot,
	    s->anchor->slot[v.newest.slot]), want, "%s: as it chooses", what);
}

/* As a worker that finds nothing after its look; what happens in between. */
static bool
settles(void (*meanwhile)(struct cadre__acceptor *, unsigned int, uint64_t))
{
	const struct cadre_shm_assigned *row =
	    (const void *)(s->anchor->acceptor + s->anchor->places.assigned);
	struct cadre__assigned_look look;

	cadre__assigned_look(row, &look);
	if (meanwhile != NULL)
		meanwhile(&s->acceptor, 0, 1);
	if (!cadre__assigned_all_came(row, &look))
		return false;
	cadre__slot_settle(&s->worker[0], look.assigned);
	return true;
}

static void
taken_back(struct cadre__acceptor *a, unsigned int slot, uint64_t n)
{
	cadre__acceptor_hold(a, slot, n);
	cadre__acceptor_returned(a, slot, n);
	cadre__acceptor_release(a, slot, n);
}

static void
sent(struct cadre__acceptor *a, unsigned int slot, uint64_t n)
{
	cadre__acceptor_assign(a, slot, n);
	cadre__acceptor_sent(a, slot, n);
}

int
main(void)
{
	struct cadre_shm_intake in = { 0 };
	struct cadre_seat_view v;
	struct cadre__slot *w;
	pthread_t t[2];

	s = sample_new();
	sample_spawn(s, 0);
	w = &s->worker[0];
	load_is(0, "nobody came");
	pthread_barrier_init(&both, NULL, 2);
	for (int i = 0; i < 2; i++)
		pthread_create(&t[i], NULL, assign_many, NULL);
	for (int i = 0; i < 2; i++)
		pthread_join(t[i], NULL);
	load_is(2 * ADDS, "none of two threads' is lost");
	is_int(cadre_region_intake(s->region, 0, &in), 0, "the listener's");
	is_u64(in.accepted, 2 * ADDS, "accepted for it");
	is_int(cadre_region_intake(s->region, 1, &in), -ENOENT, "no other");
	cadre__acceptor_returned(&s->acceptor, 0, 2 * ADDS - 2);
	load_is(2, "all but two were taken back");
	cadre__slot_accepted(w, true);
	load_is(2, "one is picked up");
	cadre__slot_accepted(w, false);
	load_is(3, "one it accepted itself");
	cadre__slot_closed(w);
	load_is(2, "one is closed");
	ok(!settles(NULL), "in hand it is not there to be found");
	load_is(2, "nor settled");
	cadre__acceptor_sent(&s->acceptor, 0, 2 * ADDS * 3);
	ok(!settles(taken_back), "nor what is taken back meanwhile");
	ok(settles(sent), "what is sent meanwhile is none of it");
	load_is(2, "and is load");
	ok(!settles(cadre__acceptor_hold), "held meanwhile, it may be taken");
	cadre__acceptor_release(&s->acceptor, 0, 1);
	ok(settles(NULL), "else it is settled");
	load_is(1, "nothing waits: what is open");
	cadre__slot_closed(w);
	load_is(0, "and that is closed");
	cadre__acceptor_assign(&s->acceptor, 0, 2);
	cadre__slot_accepted(w, true);
	cadre__slot_gate(w, CADRE_GATE_OUT);
	cadre_region_seat(s->region, 0, &v);
	is_u64(v.newest.assigned, 4, "assigned, in the end");
	is_u64(v.newest.gate, CADRE_GATE_OUT, "it is out");
	sample_end(s, 0, CADRE_STATE_BACKOFF);
	sample_spawn(s, 0);
	load_is(1, "its end took what was open along, not what waits");
	cadre_region_seat(s->region, 0, &v);
	is_u64(v.newest.gate, CADRE_GATE_IN, "the next one is in");
	s->life[0].generation++;		/* a program without a slot */
	sample_state(s, 0, CADRE_STATE_UP);
	cadre_region_seat(s->region, 0, &v);
	ok(v.newest.assigned == 0 && v.newest.load == 0, "of a life that writes no slot nothing is said");
	sample_free(s);
	return done_testing();
}
