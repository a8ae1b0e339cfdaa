/* t/87-load-stall: a server that stands still shows in p99 */
/* SPDX-License-Identifier: BSD-2-Clause */
#include "t/lib/stub.h"
#include "t/lib/tap.h"

/*
 * A server that stands still for 300 ms, once. At 200 requests per second 30
 * of them are due in its first half, and wait more than 150 ms.
 */
int
main(void)
{
	const struct stub_plan plan = { .stall_at = 50, .stall_ms = 300 };
	struct command c;
	struct stub s;
	json_t *open, *closed;

	measures("time");
	stub_start(&s, &plan);
	open = LOAD(&c, &s, "-r", "200", "-d", "1", "--over", "150");
	is_int(c.code, 0, "open loop: exit 0");
	is_int(json_int_at(open, "ok"), 200, "all are answered");
	ok(json_int_at(open, "latency_us.p99") >= 200000, "p99 shows it");
	ok(json_int_at(open, "over.count") >= 28, "so many waited: %lld",
	    (long long)json_int_at(open, "over.count"));
	stub_stop(&s);

	stub_start(&s, &plan);
	closed = LOAD(&c, &s, "--sequential", "200", "--over", "150");
	is_int(json_int_at(closed, "ok"), 200, "closed loop: all are answered");
	ok(json_int_at(closed, "latency_us.max") >= 300000, "one saw it");
	ok(json_int_at(closed, "over.count") <= 2, "the others never came");
	ok(json_int_at(closed, "latency_us.p99") < 150000, "nor does p99 tell");
	stub_stop(&s);
	json_decref(open);
	json_decref(closed);
	return done_testing();
}
