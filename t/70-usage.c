/* SPDX-License-Identifier: BSD-2-Clause */
/* t/70-usage: a mistake gives exit code 2 and one line with what to type */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "t/lib/command.h"
#include "t/lib/tap.h"

static const struct mistake {
	const char	*words[5];	/* the rest are NULL */
	const char	*says;
} mistakes[] = {
	{ { "stta" },			"did you mean: " },
	{ { "sta" },			"cadre stat" },
	{ { "evnets", "web" },		"cadre events" },
	{ { "frobnicate" },		"cadre help" },
	{ { "" },			"cadre help" },
	{ { "a\033[31mb" },		"'a\\x1b[31mb'" },
	{ { "stat" },			"cadre stat NAME" },
	{ { "events" },			"cadre ls lists them" },
	{ { "stat", "a", "b" },		"'b' follows 'a'" },
	{ { "restart" },		"cadre restart NAME" },
	{ { "restart", "-t", "x", "a" }, "not 'x'" },
	{ { "run", "-i", "3" },		"PROGRAM" },
	{ { "run", "-i", "0", "true" },	"not '0'" },
	{ { "strart", "true" },		"cadre start" },
	{ { "ls", "web" },		"cadre stat web" },
	{ { "stat", "-x", "web" },	"flag -x " },
	{ { "stat", "-1x", "web" },	"flag -x " },
	{ { "stat", "--bogus", "web" },	"flag --bogus " },
	{ { "stat", "web", "-w" },	"flag -w needs a value" },
	{ { "stat", "web", "-w", "0" },	"not '0'" },
	{ { "stat", "../web" },		"letter" },
	{ { "health", "web", "x" },	"SEAT is a number, not 'x'" },
	{ { "health", "web", "-c", "-1" }, "not '-1'" },
	{ { "stop", "--timeout", "soon", "web" }, "not 'soon'" },
	{ { "stop", "--json", "web" },	"cadre help stop" },
	{ { "demo", "-i", "0" },	"not '0'" },
	{ { "demo", "-i", "many" },	"not 'many'" },
	{ { "demo", "-l", "8080" },	"type tcp:HOST:PORT" },
	{ { "demo", "-l", "tcp:127.0.0.1:99999" }, "99999" },
	{ { "demo", "web" },		"cadre demo -n web" },
	{ { "run", "--memory-soft", "1Q", "true" }, "such as 512M" },
	{ { "run", "--memory-hard", "-1", "true" }, "not '-1'" },
	{ { "run", "--max-age", "91d", "true" }, "up to 90 days" },
	{ { "run", "--max-age", "1h,101%", "true" }, "jitter of up to 100%" },
	{ { "run", "--max-requests", "1.5", "true" }, "not '1.5'" },
	{ { "run", "--max-requests", "5,", "true" }, "not '5,'" },
	{ { "run", "--stop-exit-codes", "3-1", "true" }, "0,3,10-12" },
	{ { "run", "--quorum", "x", "true" }, "0 to 4096" },
	{ { "run", "--message-policy", "newer", "true" }, "or peer" },
	{ { "run", "--message-queue", "0", "true" }, "1 to 1048576" },
	{ { "contrast", "-i", "2,0" },	"not '0'" },
	{ { "contrast", "--seconds", "0" }, "not '0'" },
	{ { "contrast", "web" },	"not 'web'" },
	{ { "version", "2" },		"not '2'" },
	{ { "help", "stpo" },		"cadre stop" },
};

int
main(void)
{
	const char *const none[] = { NULL };
	struct command c;
	char words[128], *dir = command_dir();
	const struct mistake *m;
	size_t at;

	for (m = mistakes; m < mistakes + sizeof(mistakes) / sizeof(*m); m++) {
		at = 0;
		for (int i = 0; i < 5 && m->words[i] != NULL; i++)
			at += (size_t)snprintf(words + at, sizeof(words) - at,
			    " %s", m->words[i][0] == 'a' ? "…" : m->words[i]);
		is_int(command(&c, m->words), 2, "cadre%s: 2", words);
		ok(command_lines(c.err) == 1 && strstr(c.err, m->says) != NULL
		    && c.out[0] == '\0', "one line: ... %s ...", m->says) ||
		    (diag("%s%s", c.out, c.err), 0);
	}
	is_int(command(&c, none), 2, "no word at all: 2");
	ok(strstr(c.err, "  stat ") != NULL, "and the list of commands");
	is_int(COMMAND(&c, "stat", "--help"), 0, "--help: 0");
	ok(strstr(c.out, "--once") != NULL, "and the flags");
	is_int(rmdir(dir), 0, "nothing is left behind");
	return done_testing();
}
