/* SPDX-License-Identifier: BSD-2-Clause */
/* t/75-start-refused: what cannot run is named, nothing is half started */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sys/stat.h>

#include "t/lib/command.h"
#include "t/lib/tap.h"

static char long_name[4097];

static const struct refusal {
	const char	*words[4];	/* after start; the rest are NULL */
	int		code;
	const char	*says;
} refusals[] = {
	{ { "./none" },			1, "No such file" },
	{ { "no-such-program" },	1, "in PATH" },
	{ { "./closed" },		1, "chmod +x ./closed" },
	{ { "./text" },			1, "begins with #!" },
	{ { "./script" },		1, "/no/interpreter" },
	{ { "-n", "x", "./" },		1, "directory" },
	{ { "./a\nb" },			2, "'a\\nb' is no name" },
	{ { "-n", "a\nb", "sleep" },	2, "'a\\nb'" },
	{ { "-n", "../a", "sleep" },	2, "'../a'" },
	{ { "-n", "", "sleep" },	2, "''" },
	{ { "-n", long_name, "sleep" },	2, "AAA...'" },
	{ { "-n", "all", "sleep" },	2, "stop all" },
	{ { "-l", long_name, "sleep" },	2, "too long" },
	{ { "-l", "tcp:127.0.0.1:1,mode=none", "sleep" }, 2, "mode" },
	{ { "-e", "LISTEN_FDS=9", "sleep" }, 2, "LISTEN_FDS" },
	{ { "-e", "A", "sleep" },	2, "NAME=VALUE" },
	{ { "-i", "9999", "sleep" },	2, "'9999'" },
	{ { "--stop-signal", "NONE", "sleep" }, 2, "'NONE'" },
	{ { "--ready-after", "1.5", "sleep" }, 2, "milliseconds" },
	{ { "--kill-timeout", "nan", "sleep" }, 2, "'nan'" },
	{ { "--log-dir", "./none", "sleep" }, 1, "./none" },
	{ { "--bogus", "sleep" },	2, "cadre help start" },
	{ { "-n", "x" },		2, "PROGRAM" },
};

static void
file(const char *name, mode_t mode, const char *text)
{
	int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC, mode);

	dprintf(fd, "%s", text);
	close(fd);
}

int
main(void)
{
	char *dir = command_dir(), there[] = "/tmp/cadre-test-XXXXXX";
	const struct refusal *r = refusals;
	const char *words[6];
	struct command c;

	memset(long_name, 'A', sizeof(long_name) - 1);
	if (mkdtemp(there) == NULL || chdir(there) < 0)
		bail_out("mkdtemp");
	file("closed", 0600, "#!/bin/sh\n");
	file("text", 0700, "only words\n");
	file("script", 0700, "#! /no/interpreter -x\n");
	for (; r < refusals + sizeof(refusals) / sizeof(*r); r++) {
		words[0] = "start";
		memcpy(words + 1, r->words, sizeof(r->words));
		words[5] = NULL;
		is_int(command(&c, words), r->code, "%d: ... %s ...", r->code,
		    r->says);
		ok(command_lines(c.err) == 1 && strlen(c.err) < 400 &&
		    c.out[0] == '\0' && strstr(c.err, r->says) != NULL,
		    "says that in one short line") || (diag("%s", c.err), 0);
	}
	is_int(rmdir(dir), 0, "nothing was made");
	unlink("closed");
	unlink("text");
	unlink("script");
	rmdir(there);
	return done_testing();
}
