/* t/37-own-loop: a worker that waits by itself is woken for news, and gets more than a turn holds without another wake-up */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <poll.h>
#include <unistd.h>

#include "t/lib/gazette.h"
#include "t/lib/tap.h"

#define MANY	800		/* of 72 bytes there: they fit into a ring */

static void
serve(struct cadre_worker *w, struct cadre_mailbox *mb)
{
	struct pollfd p = { .fd = cadre_worker_fd(w), .events = POLLIN };

	gazette_set_up(w, mb);
	if (cadre_worker_ready(w) < 0)
		_exit(99);
	cadre_worker_turn_begin(w);
	while (!cadre_worker_draining(w)) {
		cadre_worker_turn_end(w);
		if (!cadre_worker_draining(w))
			(void)poll(&p, 1, -1);
		cadre_worker_turn_begin(w);
	}
}

static bool
idle(void *arg)
{
	struct cadre_health h;

	return cadre_master_health(post_master, 0, &h) == 0 &&
	    h.busy_since_ns == 0 && h.status.stamp_ns > *(uint64_t *)arg;
}

int
main(void)
{
	struct gazette_tally t = { .calls = 0 };
	uint64_t since = 0, woken;
	struct cadre_seat_view v;
	int wrong = 0;

	post_start(2, serve, NULL);
	is_int(gazette_subscribe(0, "news"), 0, "it subscribes");
	for (uint64_t i = 1; i <= 20; i++)
		wrong += !gazette_asleep(0) || gazette_publish(1, "news",
		    CADRE_SCOPE_OTHERS, 1, 8) < 0 || !gazette_received(0, i);
	is_int(wrong, 0, "20 times it sleeps, is woken, and gets it");
	woken = gazette_woken(1);
	ok(gazette_asleep(0) && gazette_hold(0, GAZETTE_HELD) == 0,
	    "it is busy");
	is_int(gazette_publish(1, "news", CADRE_SCOPE_OTHERS, MANY, 8), 0,
	    "%d in one turn", MANY);
	gazette_release();
	ok(gazette_received(0, 20 + MANY), "it gets all of them");
	is_int(gazette_tally(0, &t), 0, "and tells");
	is_u64(t.torn + t.astray + t.counts.lost, 0, "whole and in order");
	is_u64(gazette_woken(1), woken, "nobody had to wake it");
	ok(post_until(idle, &since) &&
	    cadre_region_seat(gazette_region(), 0, &v) == 0, "it waits");
	woken = v.newest.turns;
	is_int(gazette_publish(1, "other", CADRE_SCOPE_OTHERS, 9, 8), 0,
	    "something else");
	cadre_region_seat(gazette_region(), 0, &v);
	ok(v.newest.turns - woken <= 1, "for which it makes no turn");
	ok(gazette_stop(), "it ends");
	return done_testing();
}
