/* SPDX-License-Identifier: BSD-2-Clause */
/* t/28-last-words: a death is told with its last lines, made harmless */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "t/lib/app.h"
#include "t/lib/tap.h"

#define LONG	1000		/* more lines than an event has room for */

/* What a life says before it ends, by its number. */
static int
speak(struct cadre_worker *w, void *arg)
{
	switch (cadre_worker_generation(w)) {
	case 1:
		fprintf(stderr, "first\ncannot open \033[31mconfig\a\\\n");
		exit(7);
	case 2:
		for (int i = 0; i < LONG; i++)
			fprintf(stderr, "line %d\n", i);
		fflush(stderr);
		raise(SIGABRT);
		break;
	case 3:
		_exit(0);
	}
	return app_idle(w, arg);
}

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
	struct app *a = app_start_with(1, speak, config, NULL);
	struct cadre_shm_event e;
	char text[1024], *line;

	ok(app_wait_event(a, CADRE_EVENT_DIED, 0, &e), "life 1 died");
	is_int(e.exit_code, 7, "by exit code 7");
	cadre_event_text(&e, text, sizeof(text));
	ok(strstr(text, "exit code 7") != NULL, "said: %s", text);
	ok(strstr(text, "first\\ncannot open \\x1b[31mconfig\\x07\\\\") != NULL,
	    "control bytes and the backslash are escaped");

	ok(app_wait_event(a, CADRE_EVENT_DIED, 0, &e), "life 2 died");
	is_int(e.exit_signal, SIGABRT, "by SIGABRT");
	ok(e.text_bytes > sizeof(e.text) - 16 &&
	    e.text_bytes <= sizeof(e.text), "the event is full");
	snprintf(text, sizeof(text), "%.*s", (int)e.text_bytes, e.text);
	ok(strncmp(text, "line ", 5) == 0, "it begins with a whole line");
	line = strrchr(text, '\n');
	is_str(line != NULL ? line + 1 : text, "line 999", "ends with the last");

	ok(app_wait_event(a, CADRE_EVENT_DIED, 0, &e), "life 3 died");
	is_int(e.text_bytes, 0, "silently: what others said is not its word");
	is_int(app_stop(a), 0, "the master exits 0");
	return done_testing();
}
