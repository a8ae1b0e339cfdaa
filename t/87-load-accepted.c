/* t/87-load-accepted: the way to a worker is told apart from the wait at it */
/* SPDX-License-Identifier: BSD-2-Clause */
#include "t/lib/stub.h"
#include "t/lib/tap.h"

/*
 * Of those that a stall makes slow one was accepted before it, and no choice
 * of another worker could have helped it.
 */
static void
stall(const char *stamp, const char *path)
{
	const struct stub_plan plan = {
		.stall_at = 50, .stall_ms = 300, .stamp = stamp,
	};
	struct command c;
	struct stub s;
	json_t *j;
	json_int_t held;

	stub_start(&s, &plan);
	j = LOAD(&c, &s, "-r", "200", "-d", "0.7", "--over", "150");
	held = json_int_at(j, "over.held");
	is_int(json_int_at(j, "ok"), 140, "%s: all answered", stamp);
	ok(json_int_at(j, "over.count") - held >= 27, "many waited for accept");
	ok(held >= 1 && held <= 3, "the server had %lld before",
	    (long long)held);
	ok(json_int_at(j, "over.others_us.count") == 140 - held,
	    "the others' latency stands apart");
	ok(json_int_at(j, path) >= 200000, "%s shows the stall", path);
	json_decref(j);
	stub_stop(&s);
}

int
main(void)
{
	measures("time");
	stall("X-Accepted-Ns", "to_accept_us.p99");
	stall("X-Picked-Ns", "to_pick_us.p99");
	return done_testing();
}
