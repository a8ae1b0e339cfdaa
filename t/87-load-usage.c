/* t/87-load-usage: a mistake gives exit code 2 and what to type */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "t/lib/stub.h"
#include "t/lib/tap.h"

static const struct mistake {
	const char	*words[7];	/* the rest are NULL */
	const char	*says;
} mistakes[] = {
	{ { "-r", "10" },			"needs an address" },
	{ { "a:1", "b:1" },			"one address" },
	{ { "localhost" },			"HOST:PORT" },
	{ { "127.0.0.1:0" },			"1 to 65535" },
	{ { "127.0.0.1:http" },			"1 to 65535" },
	{ { "unix:" },				"'unix:'" },
	{ { "-x", "a:1" },			"'-x'" },
	{ { "--bogus", "a:1" },			"'--bogus'" },
	{ { "a:1", "--rate" },			"--rate needs a value" },
	{ { "-r", "0", "a:1" },			"not '0'" },
	{ { "-r", "nan", "a:1" },		"not 'nan'" },
	{ { "-r", "10x", "a:1" },		"not '10x'" },
	{ { "-k", "1.5", "a:1" },		"whole number" },
	{ { "--churn", "101", "a:1" },		"not '101'" },
	{ { "--path", "x", "a:1" },		"begins with /" },
	{ { "--path", "/a b", "a:1" },		"no blanks" },
	{ { "--churn", "50", "a:1" },		"--hold N" },
	{ { "--hold", "9", "-k", "2", "a:1" },	"exclude each other" },
	{ { "--sequential", "9", "-r", "2", "a:1" }, "exclude each other" },
	{ { "--sources", "9", "[::1]:80" },	"tcp:127.0.0.1:PORT" },
	{ { "-r", "1", "-d", "0.1", "127.0.0.1:9" }, "--duration" },
};

int
main(void)
{
	const char *const help[] = { "--help", NULL };
	struct command c;

	for (const struct mistake *m = mistakes;
	    m < mistakes + sizeof(mistakes) / sizeof(*m); m++) {
		load_start(&c, NULL, m->words);
		command_ends(&c);
		is_int(c.code, 2, "... %s ...: 2", m->says);
		ok(command_lines(c.err) == 1 && c.out[0] == '\0' &&
		    strstr(c.err, m->says) != NULL, "one line with that") ||
		    (diag("%s%s", c.out, c.err), 0);
	}
	load_start(&c, NULL, help);
	command_ends(&c);
	is_int(c.code, 0, "--help: 0");
	ok(strstr(c.out, "--max-lateness MS") != NULL, "and the options");
	return done_testing();
}
