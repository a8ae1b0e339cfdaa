/* SPDX-License-Identifier: BSD-2-Clause */
/* t/76-hung: a worker that hangs is replaced, and events say by what it did */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "t/lib/command.h"
#include "t/lib/exec.h"
#include "t/lib/plain.h"
#include "t/lib/tap.h"

static bool
is_stalled(void *arg)
{
	struct command *c = arg;

	COMMAND(c, "stat", "-1", "h");
	return strstr(c->out, "s: busy loop\n") != NULL;
}

/* Of the first event of that name; NULL: there is none. */
static json_t *
event(struct command *c, const char *name)
{
	char *line, *save = NULL;
	json_t *j;

	COMMAND(c, "events", "-j", "h");
	for (line = strtok_r(c->out, "\n", &save); line != NULL;
	    line = strtok_r(NULL, "\n", &save)) {
		j = json_loads(line, 0, NULL);
		if (strcmp(json_string_value(json_at(j, "event")), name) == 0)
			return j;
		json_decref(j);
	}
	return NULL;
}

static void
tells(const char *name)
{
	struct command c;
	json_t *j = event(&c, name);
	const char *cause = json_string_value(json_at(j, "cause"));

	is_str(cause != NULL ? cause : "-", "busy loop", "%s: the cause", name);
	ok(json_int_at(j, "duration_ns") > 0, "and for how long");
	json_decref(j);
}

int
main(void)
{
	char *dir = plain_dir();
	struct app a = { .port = 0 };
	struct command c, events;
	int fd;

	if (COMMAND(&c, "start", "-n", "h", "-i", "1", "--hang-limit", "2",
	    "-l", "tcp:127.0.0.1:0", exec_path(), "answer") != 0)
		bail_out("no app: %s", c.err);
	a.port = plain_port(c.out);
	fd = app_connect(&a);
	ok(fd >= 0 && write(fd, "busy\n", 5) == 5, "a worker loops");
	COMMAND_START(&events, "events", "-f", "h");
	ok(app_until(is_stalled, &c), "stat: it is stalled, by what") ||
	    (diag("%s", c.out), 0);
	ok(command_says(&events, " hung: busy loop"), "then it is hung");
	ok(command_says(&events, "SIGABRT"), "and ended");
	ok(command_says(&events, "ready after"), "and replaced");
	kill(events.pid, SIGTERM);
	command_ends(&events);
	tells("stalled");
	tells("hung");
	close(fd);
	is_int(COMMAND(&c, "stop", "h"), 0, "its end");
	is_int(rmdir(dir), 0, "nothing is left behind");
	return done_testing();
}
