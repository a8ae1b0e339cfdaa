/* SPDX-License-Identifier: BSD-2-Clause */
/* t/21-share-port: connections to one port reach both workers */
#include <stdio.h>
#include <stdlib.h>

#include "t/lib/app.h"
#include "t/lib/tap.h"

#define ASKED		100

/* A machine under load stalls workers; that is another test's matter. */
static void
config(struct cadre_master *m, void *arg)
{
	(void)arg;
	if (cadre_master_listen(m, "tcp:127.0.0.1:0", "mode=spread") < 0 ||
	    cadre_master_set(m, CADRE_STALL_MS, 0) < 0)
		exit(99);
}

int
main(void)
{
	struct app *a = app_start_with(2, app_answer, config, NULL);
	unsigned int answers[2] = { 0, 0 }, seat;
	char answer[64];

	ok(app_wait_state(a, 0, CADRE_STATE_UP) &&
	    app_wait_state(a, 1, CADRE_STATE_UP), "two workers are up");
	for (int i = 0; i < ASKED; i++)
		if (app_ask(a, "hello\n", answer, sizeof(answer)) > 0 &&
		    sscanf(answer, "seat %u", &seat) == 1 && seat < 2)
			answers[seat]++;
	is_int(answers[0] + answers[1], ASKED, "each of %d is answered", ASKED);
	ok(answers[0] >= 25 && answers[1] >= 25,
	    "each worker answers at least 25: %u, %u", answers[0], answers[1]);
	is_u64(app_total(a, "requests"), ASKED, "they are counted");
	is_int(app_stop(a), 0, "the master exits 0");
	return done_testing();
}
