/* t/27-many-seats: a region of 1,024 seats is made, attached to and read */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sys/resource.h>

#include "t/lib/app.h"
#include "t/lib/probe.h"
#include "t/lib/tap.h"

#define SEATS	1024
#define SOFT	1024		/* descriptors, of the observer too */
#define HARD	8192		/* of the master, which holds all slots */
#define MEMORY	(256L << 10)	/* KiB: 2,048 slots of 68 KiB, and some */

static void
config(struct cadre_master *m, void *arg)
{
	(void)arg;
	if (cadre_master_listen(m, "tcp:127.0.0.1:0", NULL) < 0 ||
	    cadre_master_set(m, CADRE_MAX_WORKERS, SEATS) < 0)
		exit(99);
}

static long
memory_kib(void)
{
	long kib = 0;
	char line[128];
	FILE *f = fopen("/proc/meminfo", "re");

	while (f != NULL && fgets(line, sizeof(line), f) != NULL &&
	    sscanf(line, "MemAvailable: %ld", &kib) != 1)
		;
	if (f != NULL)
		fclose(f);
	return kib;
}

int
main(void)
{
	int right = 0, empty = 0, fds = probe_fds(0);
	struct cadre_seat_view v;
	struct rlimit limit;
	struct cadre_app app;
	char answer[64];
	struct app *a;

	getrlimit(RLIMIT_NOFILE, &limit);
	if (limit.rlim_max < HARD)
		skip_all("ulimit -Hn is below %d", HARD);
	if (memory_kib() < 4 * MEMORY)
		skip_all("less than %ld KiB of memory are free", 4 * MEMORY);
	limit.rlim_cur = SOFT;
	if (setrlimit(RLIMIT_NOFILE, &limit) < 0)
		bail_out("setrlimit");
	a = app_start_with(2, app_answer, config, NULL);
	ok(app_wait_state(a, 0, CADRE_STATE_UP) &&
	    app_wait_state(a, 1, CADRE_STATE_UP), "it is made and attached to");
	is_int(probe_fds(0), fds, "which leaves no descriptor open");
	ok(cadre_region_app(a->region, &app) == 0 && app.max_workers == SEATS &&
	    app.workers == 2 && app.missing == 0, "all of it is there");
	for (int i = 0; i < 20; i++)
		right += app_ask(a, "x\n", answer, sizeof(answer)) > 0;
	for (unsigned int i = 0; i < SEATS; i++)
		empty += app_seat(a, i, &v) && v.state == CADRE_STATE_EMPTY &&
		    !v.has_newest && probe_value(a, i, "requests") == 0;
	is_int(empty, SEATS - 2, "seats without a worker read as empty");
	ok(!app_seat(a, SEATS, &v), "seat %d is not there", SEATS);
	is_u64(probe_value(a, 0, "requests") + probe_value(a, 1, "requests"),
	    (uint64_t)right, "values are read");
	is_u64(app_total(a, "requests"), (uint64_t)right, "and totals");
	is_int(app_stop(a), 0, "the master exits 0");
	return done_testing();
}
