/* t/21-program-ready: a program is ready when it, or a child of it, says so */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <string.h>

#include "t/lib/exec.h"
#include "t/lib/tap.h"

/* Only by its word, and soon: it is given up if it does not count. */
static void
config(struct cadre_master *m, void *arg)
{
	(void)arg;
	if (cadre_master_set(m, CADRE_READY_AFTER_MS, -1) < 0 ||
	    cadre_master_set(m, CADRE_READY_TIMEOUT_MS, 15000) < 0)
		exit(99);
}

static void
says(const char *what, const char *who, const char *first, const char *second)
{
	struct app *a = EXEC_START(1, config, "notify", who, first, second);
	struct cadre_shm_event e = { .text_bytes = 0 };

	ok(app_wait_event(a, CADRE_EVENT_READY, 0, &e), "%s", what);
	is_str(e.text, "it said READY=1; it does not use libcadre: no stall or "
	    "hang detection", "and what made it so is told");
	is_u64(exec_flags(a, 0), CADRE_LIFE_PROGRAM, "it is not attached");
	app_stop(a);
}

int
main(void)
{
	struct cadre_shm_event e = { .text_bytes = 1 };
	char answer[64];
	struct app *a;

	says("by READY=1 of its own", "self", "READY=1", NULL);
	says("by READY=1 of its child", "child", "READY=1", NULL);
	says("by one line among others", "self",
	    "STATUS=nearly READY=1\nREADY=1\nMAINPID=1", NULL);
	says("by the second message", "self", "STATUS=x", "READY=1");

	a = EXEC_START(1, config, "answer");
	ok(app_wait_event(a, CADRE_EVENT_READY, 0, &e),
	    "by cadre_worker_ready()");
	is_u64(e.text_bytes, 0, "of which nothing more is to be told");
	is_u64(exec_flags(a, 0), CADRE_LIFE_PROGRAM | CADRE_LIFE_ATTACHED,
	    "it is attached");
	ok(app_ask(a, "hello\n", answer, sizeof(answer)) > 0, "and answers");
	is_int(app_stop(a), 0, "the master exits 0");
	return done_testing();
}
