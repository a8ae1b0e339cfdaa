/* t/37-trap: a life counts its sleeps from a number that none before it can know, so nobody has woken it for one to come */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <signal.h>

#include "runtime/topics.h"
#include "runtime/worker.h"
#include "shm/atomic.h"
#include "shm/region.h"
#include "t/lib/gazette.h"
#include "t/lib/tap.h"

#define LIVES	4
#define NEAR	1000000		/* sleeps */

static struct cadre_worker *self;

/* It puts its count where it likes, and is gone. */
static void
lie(struct cadre_mailbox *mb, struct cadre_message *message, void *arg)
{
	(void)mb;
	(void)message;
	(void)arg;
	shm_store(&worker_topics(self)->publisher.head->wanted.sleeps, 1000);
	raise(SIGKILL);
}

static void
set_up(struct cadre_worker *w, struct cadre_mailbox *mb)
{
	self = w;
	gazette_set_up(w, mb);
	cadre_mailbox_on(mb, 77, lie, NULL);
}

static uint64_t
sleeps(void)
{
	const struct cadre_region *r = gazette_region();
	const struct cadre_shm_topics *head;
	struct cadre_seat_view v;

	if (cadre_region_seat(r, 0, &v) < 0)
		bail_out("no seat 0");
	head = (const void *)(r->slot[v.newest.slot] +
	    r->part[PART_TOPICS].offset);
	return shm_load(&head->wanted.sleeps);
}

int
main(void)
{
	uint64_t generation, now;

	post_start(1, set_up, post_no_backoff);
	for (int i = 0; i < LIVES; i++) {
		generation = post_generation(0);
		ok(cadre_mailbox_send(post_box, 0, 77, "", 0) == 0 &&
		    post_up(0, generation), "one writes how often it slept, "
		    "ends, and has a successor");
		is_int(gazette_subscribe(0, "news"), 0, "which subscribes");
		ok(gazette_asleep(0), "and sleeps");
		now = sleeps();
		ok(now % 2 == 1 && (now < 1000 || now > 1000 + NEAR),
		    "it does not go on from there: %llu",
		    (unsigned long long)now);
	}
	ok(gazette_stop(), "it ends");
	return done_testing();
}
