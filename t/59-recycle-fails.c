/* t/59-recycle-fails: when the successor of an old worker fails the old one serves on, and is replaced when it can be */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "t/lib/exec.h"
#include "t/lib/tap.h"

/* It does not use libcadre, and fails while a file named `broken` is there. */
static void
config(struct cadre_master *m, void *arg)
{
	static char script[5000];
	const char *argv[] = { "/bin/sh", "-c", script, NULL };

	(void)arg;
	snprintf(script, sizeof(script), "test ! -e $CADRE_RUNTIME_DIR/broken "
	    "|| { echo no config >&2; exit 9; }; exec %s plain", exec_path());
	if (cadre_master_set(m, CADRE_MAX_AGE_MS, 1000) < 0 ||
	    cadre_master_set(m, CADRE_AGE_JITTER, 0) < 0 ||
	    cadre_master_set(m, CADRE_READY_AFTER_MS, 500) < 0 ||
	    cadre_master_set(m, CADRE_BACKOFF_FIRST_MS, 1) < 0 ||
	    cadre_master_program(m, 1, argv) < 0)
		exit(99);
}

int
main(void)
{
	struct app *a = EXEC_START(1, config, "plain");
	char path[128], answer[64], text[400];
	struct cadre_shm_event e;
	uint64_t generation;

	snprintf(path, sizeof(path), "%s/broken", a->dir);
	ok(app_wait_state(a, 0, CADRE_STATE_UP), "it is up");
	ok(app_wait_event(a, CADRE_EVENT_RECYCLING, 0, &e), "it is old: %.*s",
	    (int)e.text_bytes, e.text);
	ok(app_wait_event(a, CADRE_EVENT_RECYCLED, 0, NULL), "and replaced");
	fclose(fopen(path, "we"));
	generation = app_generation(a, 0);
	for (int i = 1; i <= 2; i++) {
		ok(app_wait_event(a, CADRE_EVENT_NOT_RECYCLED, 0, &e),
		    "failure %d of a successor is told", i);
		snprintf(text, sizeof(text), "%.*s", (int)e.text_bytes, e.text);
		ok(strstr(text, "exit code 9") != NULL &&
		    strstr(text, "no config") != NULL, "%s", text);
		is_u64(e.tries, 0, "no early death of the seat's");
		ok(app_ask(a, "hello\n", answer, sizeof(answer)) > 0,
		    "the old one serves");
	}
	ok(app_generation(a, 0) == generation, "the same as before");
	unlink(path);
	ok(app_wait_event(a, CADRE_EVENT_RECYCLED, 0, NULL), "mended, it is "
	    "replaced");
	ok(app_wait_respawn(a, 0, generation), "by a younger one");
	is_int(app_stop(a), 0, "the master exits 0");
	return done_testing();
}
