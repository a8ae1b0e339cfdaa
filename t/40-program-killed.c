/* t/40-program-killed: totals of attached programs survive their SIGKILL */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <signal.h>
#include <stdlib.h>

#include "t/lib/exec.h"
#include "t/lib/tap.h"

static void
config(struct cadre_master *m, void *arg)
{
	(void)arg;
	if (cadre_master_set(m, CADRE_MIN_UPTIME_MS, 0) < 0)
		exit(99);
}

int
main(void)
{
	struct app *a = EXEC_START(1, config, "answer");
	struct cadre_shm_event e;
	uint64_t generation = 0;
	char answer[64];
	int wrong = 0;

	for (uint64_t life = 1; life <= 5; life++) {
		ok(app_wait_respawn(a, 0, generation), "life %u", (int)life);
		for (int i = 0; i < 10; i++)
			wrong += app_ask(a, "x\n", answer, sizeof(answer)) <= 0;
		is_u64(app_total(a, "requests"), 10 * life, "all are counted");
		ok(app_kill_next(a, 0, &generation), "killed");
		ok(app_wait_event(a, CADRE_EVENT_DIED, 0, &e) &&
		    e.exit_signal == SIGKILL && e.generation == generation,
		    "its death is told");
		ok(e.healths > 0, "with its last health");
	}
	is_int(wrong, 0, "all requests were answered");
	ok(app_wait_respawn(a, 0, generation), "one more");
	is_u64(app_total(a, "requests"), 50, "the total did not fall");
	is_int(app_stop(a), 0, "the master exits 0");
	return done_testing();
}
