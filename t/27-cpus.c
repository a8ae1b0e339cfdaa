/* SPDX-License-Identifier: BSD-2-Clause */
/* t/27-cpus: "max" is one worker per processor of the affinity mask */
#include <sched.h>

#include "runtime/master.h"
#include "t/lib/app.h"
#include "t/lib/probe.h"
#include "t/lib/tap.h"

static int
started_with(int workers)
{
	struct cadre_master *m;
	int n;

	cadre_master_new("app", &m);
	cadre_master_workers(m, workers, app_idle, NULL);
	n = cadre_master_start(m);
	if (n == 0)
		n = (int)m->workers;
	cadre_master_free(m);
	return n;
}

int
main(void)
{
	const char *why = "";
	cpu_set_t all, one;
	int cpus = cadre_cpus(&why), first = 0;

	probe_dir();
	ok(cpus >= 1, "%d processors, says %s", cpus, why);
	is_int(started_with(CADRE_WORKERS_MAX), cpus, "as many workers");
	is_int(started_with(-1), cpus > 1 ? cpus - 1 : 1, "all but one");
	is_int(started_with(-4096), 1, "at least one");
	sched_getaffinity(0, sizeof(all), &all);
	while (!CPU_ISSET(first, &all))
		first++;
	CPU_ZERO(&one);
	CPU_SET(first, &one);
	sched_setaffinity(0, sizeof(one), &one);
	is_int(cadre_cpus(&why), 1, "allowed on one processor it is one");
	is_str(why, cpus > 1 ? "affinity" : why, "by affinity");
	is_int(started_with(CADRE_WORKERS_MAX), 1, "one worker");
	return done_testing();
}
