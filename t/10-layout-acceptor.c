/* t/10-layout-acceptor: what the acceptor writes, and what is said of it, stands where doc/region.md says */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "t/lib/sample.h"
#include "t/lib/tap.h"

/* By numbers, not by the structs: this is what an old observer has. */
static uint64_t
u64(const char *at)
{
	uint64_t v;

	memcpy(&v, at, sizeof(v));
	return v;
}

static void
object_stands(struct sample *s, const char *dir)
{
	const char *object = s->anchor->acceptor;
	const char *row = object + u64(dir + 64 * 8 + 8) + 64 * 3;

	is_u64(u64(dir + 64 * 9 + 8), 64 * SAMPLE_SLOTS, "listeners' rows are "
	    "behind the slots'");
	cadre__acceptor_assign(&s->acceptor, 3, 9);
	cadre__acceptor_sent(&s->acceptor, 3, 5);
	cadre__acceptor_returned(&s->acceptor, 3, 3);
	is_u64(u64(row), 6, "assigned to slot 3, and left there");
	is_u64(u64(row + 8), 1, "messages");
	is_u64(u64(row + 16), 3, "returned");
	is_u64(u64(row + 24), 4, "in hand");
	row = object + u64(dir + 64 * 9 + 8) + 64;
	cadre__acceptor_accepted(&s->acceptor, 1, 11);
	cadre__acceptor_rescued(&s->acceptor, 1, 12);
	cadre__acceptor_shed(&s->acceptor, 1, 13);
	cadre__acceptor_waits(&s->acceptor, 1);
	cadre__acceptor_failures(&s->acceptor, 1, 15);
	cadre__acceptor_refused(&s->acceptor, 1);
	is_u64(u64(row), 11, "accepted of listener 1");
	is_u64(u64(row + 8), 12, "rescued");
	is_u64(u64(row + 16), 13, "shed");
	is_u64(u64(row + 24), 1, "waits");
	is_u64(u64(row + 32), 15, "failures");
	is_u64(u64(row + 40), 1, "refused");
	cadre__acceptor_away(&s->acceptor, 1);
	is_u64(u64(row + 48), 1, "away");
	cadre__acceptor_unkeyed(&s->acceptor, 1);
	is_u64(u64(row + 56), 1, "unkeyed");
	cadre__anchor_seat(s->anchor, 1, true);
	row = s->anchor->view + u64(dir + 64 + 8) + 320 * 2;
	is_u64(u64(row + 40) + u64(row + 320 + 40), 2, "seat 1 is wanted");
	cadre__anchor_door(s->anchor, 1, CADRE_DOOR_SHUT);
	is_u64(u64(row + 48) + u64(row + 320 + 48), 4, "its door is shut");
}

static void
slot_stands(struct sample *s)
{
	const char *slot = s->anchor->slot[3];

	sample_spawn(s, 3);
	cadre__slot_settle(&s->worker[3], 6);
	cadre__slot_gate(&s->worker[3], CADRE_GATE_FULL);
	cadre__slot_shed(&s->worker[3]);
	cadre__slot_refused(&s->worker[3]);
	is_u64(u64(slot + 88), 6, "relieved");
	is_u64(u64(slot + 96), 2, "gate");
	is_u64(u64(slot + 104), 1, "shed");
	is_u64(u64(slot + 112), 1, "refused");
	is_u64(cadre__anchor_gate_word(s->anchor, 3), 2, "to the master");
	cadre__slot_accepted(&s->worker[3], true);
	is_u64(cadre__anchor_accepted_word(s->anchor, 3), 1, "and accepted");
}

int
main(void)
{
	struct sample *s = sample_new();
	const char *a = s->anchor->view, *row;

	object_stands(s, a + 256);
	slot_stands(s);
	cadre__anchor_acceptor(s->anchor, 77, 5);
	is_u64(u64(a + 240), 77, "pid of the acceptor");
	is_u64(u64(a + 248), 5, "its restarts");
	cadre__anchor_queue(s->anchor, 1, 9, 123);
	row = a + u64(a + 256 + 64 * 4 + 8) + 192;
	is_u64(u64(row + 176), 9, "queue of a listener");
	is_u64(u64(row + 184), 123, "since when");
	sample_free(s);
	return done_testing();
}
