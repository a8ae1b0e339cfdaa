/* t/87-load-keep-alive: a wait for a connection counts too */
/* SPDX-License-Identifier: BSD-2-Clause */
#include "t/lib/stub.h"
#include "t/lib/tap.h"

int
main(void)
{
	const struct stub_plan plan = { .after = STUB_KEEP },
	    stall = { .stall_at = 20, .stall_ms = 200 },
	    closes = { .after = STUB_CLOSE };
	struct command c;
	struct stub s;
	json_t *j;

	stub_start(&s, &plan);
	j = LOAD(&c, &s, "-k", "3", "-r", "200", "-d", "0.5", "--warmup",
	    "0.1");
	is_int(json_int_at(j, "ok"), 100, "all answered, warm-up left out");
	is_int((intmax_t)s.seen->requests, 120, "though it was sent");
	is_int((intmax_t)s.seen->accepted, 3, "over three connections");
	is_int(json_int_at(j, "opened"), 3, "as it says");
	json_decref(j);
	stub_stop(&s);

	/* While it stands still 40 are due, and two connections are there. */
	stub_start(&s, &stall);
	j = LOAD(&c, &s, "-k", "2", "-r", "200", "-d", "0.5", "--over", "100");
	is_int(json_int_at(j, "ok"), 100, "a stall: all are answered");
	ok(json_int_at(j, "waited") >= 30, "many found no connection");
	ok(json_int_at(j, "over.count") >= 18, "and their wait counts: %lld",
	    (long long)json_int_at(j, "over.count"));
	is_int((intmax_t)s.seen->accepted, 2, "no other was opened");
	json_decref(j);
	stub_stop(&s);

	stub_start(&s, &closes);
	j = LOAD(&c, &s, "-k", "2", "-r", "100", "-d", "0.2");
	is_int(json_int_at(j, "ok"), 20, "a server that closes: all answered");
	ok(s.seen->accepted >= 20, "each over a new one");
	is_int(json_int_at(j, "opened"), (intmax_t)s.seen->accepted,
	    "as it says");
	json_decref(j);
	stub_stop(&s);
	return done_testing();
}
