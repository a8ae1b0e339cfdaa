/* t/20-attach: a program that attaches is a worker like a forked one */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <string.h>

#include "t/lib/exec.h"
#include "t/lib/probe.h"
#include "t/lib/tap.h"

int
main(void)
{
	struct app *a = EXEC_START(2, NULL, "answer");
	unsigned int seats[2] = { 0, 0 }, seat = 9;
	struct cadre_seat_view v;
	char answer[64];
	int pid, wrong = 0;

	for (unsigned int i = 0; i < 2; i++)
		ok(app_wait_state(a, i, CADRE_STATE_UP), "seat %u is up", i);
	for (int i = 0; i < 1000 && (seats[0] < 10 || seats[1] < 10); i++) {
		if (app_ask(a, "hello\n", answer, sizeof(answer)) < 0 ||
		    sscanf(answer, "seat %u pid %d", &seat, &pid) != 2 ||
		    seat > 1 || pid != app_pid(a, seat))
			wrong++;
		else
			seats[seat]++;
	}
	is_int(wrong, 0, "who answers is who the region says");
	ok(seats[0] >= 10 && seats[1] >= 10, "both answer: %u and %u", seats[0],
	    seats[1]);
	is_u64(app_total(a, "requests"), seats[0] + seats[1],
	    "the counters of two programs add up");
	for (unsigned int i = 0; i < 2; i++) {
		is_u64(probe_value(a, i, "requests"), seats[i],
		    "seat %u counted its own", i);
		ok(app_wait_idle(a, i) && app_seat(a, i, &v) &&
		    v.newest.turns > seats[i] / 4, "its turns are counted");
		is_u64(v.newest.life.flags, CADRE_LIFE_PROGRAM |
		    CADRE_LIFE_ATTACHED, "the row says what it is");
	}
	is_int(app_stop(a), 0, "DRAIN reaches them: the master exits 0");

	a = EXEC_START(1, NULL, "twice");
	ok(app_wait_state(a, 0, CADRE_STATE_UP), "it is up");
	ok(exec_says(a, 0, "attach: EALREADY"), "a second attach: EALREADY");
	is_int(app_stop(a), 0, "and the first one holds");
	return done_testing();
}
