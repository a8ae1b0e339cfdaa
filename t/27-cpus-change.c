/* t/27-cpus-change: that other processors may be used than before is told, once */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <sched.h>
#include <stdio.h>
#include <string.h>

#include "t/lib/app.h"
#include "t/lib/probe.h"
#include "t/lib/tap.h"

static void
told(struct app *a, const cpu_set_t *mask, unsigned int cpus)
{
	struct cadre_shm_event e;
	char text[400];

	if (sched_setaffinity(a->master, sizeof(*mask), mask) < 0)
		bail_out("cannot set the master's affinity");
	ok(app_wait_event(a, CADRE_EVENT_CPUS, CADRE_NO_SEAT, &e),
	    "to %u: it is told", cpus);
	is_u64(e.tries, cpus, "how many there are now");
	snprintf(text, sizeof(text), "%.*s", (int)e.text_bytes, e.text);
	ok(strstr(text, "by affinity") != NULL &&
	    strstr(text, "cadre scale app max") != NULL, "%s", text);
}

int
main(void)
{
	cpu_set_t all, one;
	struct app *a;

	sched_getaffinity(0, sizeof(all), &all);
	if (CPU_COUNT(&all) < 2 || cadre_cpus(NULL) != CPU_COUNT(&all)) {
		skip(1, "there is one processor, or a quota");
		return done_testing();
	}
	CPU_ZERO(&one);
	for (int i = 0; CPU_COUNT(&one) == 0; i++)
		if (CPU_ISSET(i, &all))
			CPU_SET(i, &one);
	a = app_start(1, app_idle);
	/* The first look is what it was. */
	ok(app_wait_event(a, CADRE_EVENT_READY, 0, NULL), "its worker is ready");
	ok(probe_beats(a, 2), "the master has looked");
	told(a, &one, 1);
	told(a, &all, (unsigned int)CPU_COUNT(&all));
	is_int(app_stop(a), 0, "the master exits 0");
	return done_testing();
}
