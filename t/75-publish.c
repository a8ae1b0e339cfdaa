/* SPDX-License-Identifier: BSD-2-Clause */
/* t/75-publish: --publish-bytes says how much a program can publish */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "t/lib/command.h"
#include "t/lib/tap.h"

static struct command c;

/* What the program prints with such a ring, told to publish so many bytes. */
static void
prints(const char *ring, const char *bytes, int published, int longer)
{
	const char *build = getenv("top_builddir");
	char path[4096], want[64];

	snprintf(path, sizeof(path), "%s/t/lib/program",
	    build != NULL ? build : ".");
	snprintf(want, sizeof(want), "published %d\nlonger %d\n", published,
	    longer);
	is_int(COMMAND(&c, "run", "-n", "p", "-i", "1", "--publish-bytes",
	    ring, "--", path, "publishes", bytes), 0, "a ring of %s", ring);
	ok(strstr(c.out, want) != NULL, "%s bytes: %d, and one more: %d",
	    bytes, published, longer) || (diag("%s%s", c.out, c.err), 0);
}

static void
refused(const char *ring, const char *why)
{
	is_int(COMMAND(&c, "run", "-n", "p", "-i", "1", "--publish-bytes",
	    ring, "--", "true"), 2, "a ring of %s", ring);
	ok(strstr(c.err, why) != NULL, "is refused: %s", why) ||
	    (diag("%s", c.err), 0);
}

int
main(void)
{
	char *dir = command_dir();

	prints("8192", "2048", 0, -EMSGSIZE);
	prints("8K", "2048", 0, -EMSGSIZE);
	prints("65536", "16384", 0, -EMSGSIZE);
	prints("0", "1", -EOPNOTSUPP, -EOPNOTSUPP);
	refused("5000", "flag --publish-bytes needs 0, or a power of two");
	refused("2048", "power of two");
	refused("33554432", "0 to 16777216");
	refused("32M", "0 to 16777216");
	refused("8192.5", "a whole number");
	is_int(rmdir(dir), 0, "nothing is left behind");
	return done_testing();
}
