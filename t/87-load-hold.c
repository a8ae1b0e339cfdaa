/* t/87-load-hold: cadre-load tells how many connections each seat holds */
/* SPDX-License-Identifier: BSD-2-Clause */
#include "t/lib/stub.h"
#include "t/lib/tap.h"

static json_int_t
per_seat_sum(json_t *j)
{
	json_t *counts = json_at(j, "hold.per_seat"), *n;
	json_int_t sum = 0;
	size_t i;

	json_array_foreach(counts, i, n)
		sum += json_integer_value(n);
	return sum;
}

int
main(void)
{
	const struct stub_plan plan = { .after = STUB_KEEP };
	struct command c;
	struct stub s;
	json_t *j;

	stub_start(&s, &plan);
	j = LOAD(&c, &s, "--hold", "100", "--seats", "5");
	is_int(c.code, 0, "100 connections held");
	for (size_t i = 0; i < 4; i++)
		is_int(json_integer_value(json_array_get(json_at(j,
		    "hold.per_seat"), i)), 25, "seat %zu has a quarter", i);
	is_int(json_integer_value(json_array_get(json_at(j,
	    "hold.per_seat"), 4)), 0, "the fifth, which never answers, none");
	is_int(json_int_at(j, "hold.spread"), 25, "max - min");
	ok(json_real_value(json_at(j, "hold.cv")) > 0.4999 &&
	    json_real_value(json_at(j, "hold.cv")) < 0.5001,
	    "the coefficient of variation of 25 25 25 25 0 is 0.5");
	json_decref(j);

	j = LOAD(&c, &s, "--hold", "100", "--churn", "30", "-s", "7");
	is_int((intmax_t)s.seen->accepted, 230, "30 of 100 were opened anew");
	is_int(json_int_at(j, "sent"), 130, "each asked once");
	is_int(json_int_at(j, "hold.open"), 100, "100 are held at the end");
	is_int(per_seat_sum(j), 100, "and each is some seat's");
	is_int(json_int_at(j, "hold.lost"), 0, "the server closed none");
	json_decref(j);

	j = LOAD(&c, &s, "--sequential", "6");
	for (size_t i = 0; i < 6; i++)
		is_int(json_integer_value(json_array_get(json_at(j,
		    "sequence"), i)), (intmax_t)(230 + i) % 4,
		    "one after another: who was number %zu", i);
	json_decref(j);
	stub_stop(&s);
	return done_testing();
}
