/* SPDX-License-Identifier: BSD-2-Clause */
/* t/77-reload-json: reload -j prints one object, done or not, also when it no longer waits */
#include <stdio.h>
#include <string.h>

#include "t/lib/app.h"
#include "t/lib/command.h"
#include "t/lib/plain.h"
#include "t/lib/tap.h"

static void
says(const struct command *c, const char *done, const char *text)
{
	ok(c->out[0] == '{' && strstr(c->out, done) != NULL &&
	    strstr(c->out, text) != NULL, "%s", c->out);
}

int
main(int argc, char **argv)
{
	struct command c;

	plain_main(argc, argv);
	(void)plain_dir();
	if (COMMAND(&c, "start", "-n", "w", "-i", "1", "-l", "tcp:127.0.0.1:0",
	    "--ready-after", "50", "--min-uptime", "0.1", plain_program(),
	    "plain") != 0)
		bail_out("no app: %s", c.err);
	is_int(COMMAND(&c, "reload", "-j", "w"), 0, "a reload");
	says(&c, "\"done\":true", "\"ready\":1");
	is_int(COMMAND(&c, "reload", "-j", "--probe", "exit 4", "w"), 1,
	    "one that fails");
	says(&c, "\"done\":false", "exit code 4");
	is_int(COMMAND(&c, "reload", "-j", "-t", "0.2", "--probe", "sleep 60",
	    "--probe-timeout", "60", "w"), 1, "one that is not waited for");
	says(&c, "\"done\":false", "goes on");
	is_int(COMMAND(&c, "stop", "--now", "w"), 0, "stop");
	return done_testing();
}
