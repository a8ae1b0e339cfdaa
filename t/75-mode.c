/* SPDX-License-Identifier: BSD-2-Clause */
/* t/75-mode: a mode that a program cannot do ends its start, with 2 and why */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "t/lib/command.h"
#include "t/lib/exec.h"
#include "t/lib/plain.h"
#include "t/lib/tap.h"

static const char *const modes[] = { "rr", "least", "gate" };

/* One that uses libcadre, or one that knows nothing of it. */
static int
start(struct command *c, const char *verb, const char *mode, bool attaches)
{
	return COMMAND(c, verb, "-n", "p", "-i", "2", "--ready-after",
	    attaches ? "10000" : "300", "--mode", mode, "-l", "tcp:127.0.0.1:0", attaches ? exec_path() :
	    plain_program(), attaches ? "answer" : "plain");
}

static bool
has_line(const char *text, const char *mode)
{
	const char *line = strstr(text, "libcadre");

	return line != NULL && strstr(text, mode) != NULL;
}

static void
refused(const char *mode)
{
	struct command c;

	is_int(start(&c, "start", mode, false), 2, "start --mode %s: 2", mode);
	ok(has_line(c.err, mode) && c.out[0] == '\0', "and the reason") ||
	    (diag("%s%s", c.out, c.err), 0);
	is_int(COMMAND(&c, "stat", "p"), 3, "nothing is left of it");
	is_int(start(&c, "run", mode, false), 2, "run --mode %s: 2", mode);
	ok(has_line(c.err, mode), "and the reason") || (diag("%s", c.err), 0);
}

static void
taken(const char *mode)
{
	struct command c;
	json_t *j;

	is_int(start(&c, "start", mode, true), 0, "one that uses libcadre can "
	    "do %s", mode) || (diag("%s", c.err), 0);
	COMMAND(&c, "stat", "-j", "p");
	j = command_json(&c);
	is_str(json_string_value(json_at(j, "listeners.0.mode")), mode,
	    "and that is its mode");
	json_decref(j);
	is_int(COMMAND(&c, "stop", "p"), 0, "its end");
}

int
main(int argc, char **argv)
{
	struct command c;
	char *dir;
	json_t *j;

	plain_main(argc, argv);
	dir = plain_dir();
	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		refused(modes[i]);
		taken(modes[i]);
	}
	is_int(start(&c, "start", "auto", false), 0, "auto: any program");
	ok(plain_ask(plain_port(c.out)) > 0, "it answers");
	COMMAND(&c, "stat", "-j", "p");
	j = command_json(&c);
	is_str(json_string_value(json_at(j, "listeners.0.mode")), "spread",
	    "for a program it is spread");
	json_decref(j);
	is_int(COMMAND(&c, "stop", "p"), 0, "its end");
	is_int(rmdir(dir), 0, "nothing is left behind");
	return done_testing();
}
