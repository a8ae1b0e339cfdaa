/* SPDX-License-Identifier: BSD-2-Clause */
/* t/23-one-seat: an app that can never have more than one worker serves too */
#include <stdlib.h>

#include "t/lib/app.h"
#include "t/lib/tap.h"

static void
config(struct cadre_master *m, void *arg)
{
	(void)arg;
	if (cadre_master_listen(m, "tcp:127.0.0.1:0", NULL) < 0 ||
	    cadre_master_set(m, CADRE_MIN_UPTIME_MS, 0) < 0 ||
	    cadre_master_set(m, CADRE_MAX_WORKERS, 1) < 0)
		exit(99);
}

int
main(void)
{
	struct app *a = app_start_with(1, app_answer, config, NULL);
	struct cadre_shm_event e;
	int answered = 0, trouble = 0;
	struct cadre_app app;
	char answer[64];

	ok(app_wait_state(a, 0, CADRE_STATE_UP), "the worker is up");
	cadre_region_app(a->region, &app);
	is_u64(app.max_workers, 1, "there is one seat");
	for (int i = 0; i < 10; i++)
		answered += app_ask(a, "hello\n", answer, sizeof(answer)) > 0;
	ok(app_ask(a, "die\n", answer, sizeof(answer)) < 0, "it dies");
	for (int i = 0; i < 10; i++)
		answered += app_ask(a, "hello\n", answer, sizeof(answer)) > 0;
	is_int(answered, 20, "before and after, 20 of 20 are answered");
	while (cadre_region_events(a->region, &a->events, &e, 1) == 1)
		trouble += e.kind == CADRE_EVENT_TROUBLE;
	is_int(trouble, 0, "no trouble is reported");
	is_int(app_stop(a), 0, "the master exits 0");
	return done_testing();
}
