/* t/30-order: 10,000 messages of mixed lengths come in their order, both ways at once */
/* SPDX-License-Identifier: BSD-2-Clause */
#include "t/lib/flow.h"
#include "t/lib/tap.h"

/* Most are short, some fill a frame, a few are longer than one. */
static size_t
length_of(uint32_t i)
{
	return i % 500 == 499 ? 70000 + i % 1000 : i % 50 == 49 ?
	    65536 - i % 100 : 8 + i * 131 % 3000;
}

int
main(void)
{
	static const struct flow mixed = { 10000, length_of, 0, false };

	ok(flow_run(&mixed), "all have come, both ways");
	is_int(flow_bad(CADRE_MASTER), 0, "to the master: in order, each whole");
	is_int(flow_bad(0), 0, "to the worker: in order, each whole");
	ok(post_stop(), "it ends");
	return done_testing();
}
