/* t/28-declare: an attached program declares metrics, with every refusal */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "t/lib/exec.h"
#include "t/lib/probe.h"
#include "t/lib/tap.h"

/* 64 letters: one more than a name may have. */
#define LONG	"nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn"

int
main(void)
{
	struct app *a = EXEC_START(2, NULL, "declare", "2*apples", "3*apples",
	    "+apples", "+level", "level", "requests", LONG, "with space", "",
	    "+requests");
	char answer[64];

	for (unsigned int i = 0; i < 2; i++) {
		ok(exec_says(a, i, "told\n"), "seat %u has told", i);
		ok(exec_says(a, i, "apples: 0\napples: 0\napples: EEXIST\n"
		    "level: 0\nlevel: EEXIST\nrequests: 0\n"
		    "nnnnnnnnnnnnnnnnnnnn: EINVAL\nwith space: EINVAL\n"
		    ": EINVAL\nrequests: EEXIST\n"), "and was answered so");
		is_u64(probe_value(a, i, "apples"), 5,
		    "the same name is the same word");
	}
	is_u64(app_total(a, "apples"), 10, "two programs' counters add up");
	ok(app_wait_state(a, 0, CADRE_STATE_UP) &&
	    app_wait_state(a, 1, CADRE_STATE_UP), "they go on");
	app_stop(a);

	a = EXEC_START(1, NULL, "declare-many");
	ok(exec_says(a, 0, "refused: ENOSPC\n"), "rows used up: ENOSPC");
	ok(exec_number(a, 0, "rows") > 50, "%d could be had",
	    exec_number(a, 0, "rows"));
	ok(app_wait_state(a, 0, CADRE_STATE_UP), "the app goes on");
	ok(app_ask(a, "hello\n", answer, sizeof(answer)) > 0, "it answers");
	ok(app_wait_total(a, "row_0", 1), "what was declared counts");
	is_int(app_stop(a), 0, "the master exits 0");

	return done_testing();
}
