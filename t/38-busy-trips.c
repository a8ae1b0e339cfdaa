/* t/38-busy-trips: a worker and its master that look before they sleep hardly sleep between a request and its answer */
/* SPDX-License-Identifier: BSD-2-Clause */
#include "t/lib/tap.h"
#include "t/lib/trips.h"

int
main(void)
{
	const struct trips sleepy = { 0, 0 }, busy = { 1000, 0 };
	struct app *a = trips_start(&sleepy);
	double sleeps = trips_sleeps(a);

	ok(sleeps > 0.5, "without it one of both sleeps at each, or both: "
	    "%.2f times", sleeps);
	is_int(app_stop(a), 0, "the master exits 0");
	a = trips_start(&busy);
	if (trips_possible())
		ok(trips_awake(a), "with it they do not, but seldom");
	else
		skip(1, "there is one processor");
	ok(trips_go_on(a), "and each is answered");
	is_int(app_stop(a), 0, "the master exits 0");
	return done_testing();
}
