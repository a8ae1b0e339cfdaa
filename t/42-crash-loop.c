/* t/42-crash-loop: a program that always fails at once is tried a few times at a start, and one that came later does not keep an app from its stop */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "t/lib/background.h"
#include "t/lib/command.h"
#include "t/lib/tap.h"
#include "t/lib/version.h"

#define SEATS	2
#define TRIES	3		/* of a seat, at a start */

/* How many bytes stand in DIR/forks: one for each time it was run. */
static int
forks(const struct app *a)
{
	char path[128], bytes[1000];
	size_t n = 0;
	FILE *f;

	snprintf(path, sizeof(path), "%s/forks", a->dir);
	f = fopen(path, "re");
	if (f != NULL) {
		n = fread(bytes, 1, sizeof(bytes), f);
		fclose(f);
	}
	return (int)n;
}

int
main(void)
{
	static const struct version fails = { "fails", "printf x >> "
	    "$CADRE_RUNTIME_DIR/forks; exit 1", NULL, { "" } };
	struct app *a = background_new();
	struct cadre_shm_event e;
	struct command c;

	version_put(a, &fails);
	is_int(COMMAND(&c, "start", "-n", "app", "-i", "2",
	    "--wait-ready", "--",
	    version_path(a)), 1, "a start with it fails");
	ok(strstr(c.err, "exit code 1") != NULL, "%s", c.err);
	ok(forks(a) > 0 && forks(a) <= SEATS * TRIES, "it was run %d times",
	    forks(a));

	version_put(a, &version_good);
	BACKGROUND_START(a, "-i", "2", "--wait-ready", "--",
	    version_path(a));
	version_put(a, &fails);
	for (unsigned int i = 0; i < SEATS; i++)
		app_kill(a, i, SIGKILL);
	for (unsigned int i = 0; i < SEATS; i++)
		ok(app_wait_state(a, i, CADRE_STATE_BACKOFF), "seat %u waits",
		    i);
	ok(app_wait_event(a, CADRE_EVENT_BACKOFF, 0, &e) && e.tries == 1 &&
	    app_wait_event(a, CADRE_EVENT_BACKOFF, 0, &e) && e.tries == 2,
	    "seat 0 fails again");
	is_int(COMMAND(&c, "stop", "app"), 0, "it is told to stop: %s%s",
	    c.out, c.err);
	is_int(app_wait_end(a), 0, "and has, with 0");
	app_free(a);
	return done_testing();
}
