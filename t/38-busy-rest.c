/* t/38-busy-rest: who looks before it sleeps sleeps all the same when nothing comes, and is not woken */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>

#include "t/lib/probe.h"
#include "t/lib/tap.h"
#include "t/lib/trips.h"

#define ASKED	500
#define BEATS	2

/* Processor time so far, to the nanosecond. */
static unsigned long long
used(pid_t pid)
{
	unsigned long long ns = 0;
	char path[64];
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/schedstat", (int)pid);
	f = fopen(path, "re");
	if (f == NULL || fscanf(f, "%llu", &ns) != 1)
		skip_all("this kernel has no schedstat");
	fclose(f);
	return ns;
}

static bool
is_asleep(void *arg)
{
	char path[64], state = '?';
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/stat", *(pid_t *)arg);
	f = fopen(path, "re");
	if (f == NULL || fscanf(f, "%*d (%*[^)]) %c", &state) != 1)
		bail_out("cannot read %s", path);
	fclose(f);
	return state == 'S';
}

int
main(void)
{
	const struct trips t = { 1000, ASKED };
	struct app *a = trips_start(&t);
	pid_t pid = app_pid(a, 0);
	unsigned long long before;
	long slept;

	ok(app_wait_total(a, "requests", ASKED), "%d requests are answered",
	    ASKED);
	ok(app_until(is_asleep, &pid), "then the worker sleeps");
	ok(app_wait_idle(a, 0), "in a wait");
	ok(probe_beats(a, 1), "and that is all");
	slept = probe_switches(pid);
	before = used(pid);
	ok(probe_beats(a, BEATS), "%d seconds later", BEATS);
	is_int(probe_switches(pid) - slept, 0, "it was not woken");
	is_u64(used(pid) - before, 0, "and took no processor");
	ok(app_until(is_asleep, &a->master), "the master sleeps between its "
	    "ticks");
	is_int(app_stop(a), 0, "the master exits 0");
	return done_testing();
}
