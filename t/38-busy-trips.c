/* t/38-busy-trips: a worker and its master look for more before they sleep if that was asked for, and not otherwise */
/* SPDX-License-Identifier: BSD-2-Clause */
#include "t/lib/tap.h"
#include "t/lib/trips.h"

int
main(void)
{
	const struct trips sleepy = { 0, 0 }, busy = { 1000, 0 };
	struct app *a = trips_start(&sleepy);

	ok(trips_go_on(a), "without it each request is answered");
	is_u64(app_total(a, "looks"), 0, "the worker does not look");
	is_u64(app_total(a, "master_looks"), 0, "nor does the master");
	is_int(app_stop(a), 0, "the master exits 0");
	a = trips_start(&busy);
	ok(trips_go_on(a), "with it each is answered");
	/* After each that has come, at the least. */
	ok(app_total(a, "looks") + 1 >= app_total(a, "requests"),
	    "the worker looks: %llu times", (unsigned long long)
	    app_total(a, "looks"));
	ok(app_total(a, "master_looks") + 1 >= app_total(a, "requests"),
	    "so does the master: %llu times", (unsigned long long)
	    app_total(a, "master_looks"));
	is_int(app_stop(a), 0, "the master exits 0");
	return done_testing();
}
