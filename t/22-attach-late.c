/* t/22-attach-late: a program that was told to stop and then attaches, ends */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <signal.h>
#include <stdio.h>

#include "t/lib/exec.h"
#include "t/lib/tap.h"

int
main(void)
{
	struct cadre_shm_event e;
	struct app *a;
	char term[8];

	/* It takes SIGTERM for the word to attach, and would serve for ever. */
	snprintf(term, sizeof(term), "%d", SIGTERM);
	a = EXEC_START(1, NULL, "late", term);
	ok(app_wait_state(a, 0, CADRE_STATE_UP), "ready");
	kill(a->master, SIGTERM);
	ok(app_wait_event(a, CADRE_EVENT_DIED, 0, &e), "it ends");
	is_int((int)e.exit_signal, 0, "by itself");
	is_int((int)e.exit_code, 0, "and well");
	is_u64(exec_flags(a, 0), CADRE_LIFE_PROGRAM | CADRE_LIFE_ATTACHED,
	    "it had attached");
	is_int(app_wait_end(a), 0, "the master exits 0");
	a->events = (struct cadre_cursor){ 0 };
	while (cadre_region_events(a->region, &a->events, &e, 1) == 1)
		if (e.kind == CADRE_EVENT_LATE)
			break;
	ok(e.kind != CADRE_EVENT_LATE, "before its deadline");
	app_free(a);
	return done_testing();
}
