/* SPDX-License-Identifier: BSD-2-Clause */
/* t/75-intake-refused: a limit or mode that cannot be is refused by name */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sys/resource.h>
#include <sys/stat.h>

#include "t/lib/command.h"
#include "t/lib/tap.h"

#define DESCRIPTORS	1000		/* what a worker may open */

static const struct refusal {
	const char	*words[6];	/* after the verb; the rest are NULL */
	const char	*says[2];	/* why, and what to type */
} refusals[] = {
	{ { "--worker-connections", "0" },	{ "from 1 on", "leave it out" } },
	{ { "--app-connections", "0" },	{ "from 1 on", "leave it out" } },
	{ { "--app-connections", "1.5" },	{ "whole number", "'1.5'" } },
	{ { "--worker-connections", "-1" },	{ "whole number", "'-1'" } },
	{ { "--worker-connections", "1000" },
	    { "a worker may open 1000 ", "ulimit -n 10" } },
	{ { "--app-connections", "2000", "-i", "2" },
	    { "each of 2 workers may open 1000 ", "type at most 19" } },
	{ { "--hang-limit", "-1" },		{ "0 for never", "'-1'" } },
	{ { "--hang-limit", "0.0001" },	{ "seconds", "'0.0001'" } },
	{ { "--hang-limit", "nan" },		{ "seconds", "'nan'" } },
	{ { "--busy-poll", "50" },		{ "such as 50us", "'50'" } },
	{ { "--busy-poll", "1001us" },	{ "1us to 1ms", "'1001us'" } },
	{ { "--busy-poll", "0.4us" },	{ "0, the default", "'0.4us'" } },
	{ { "--busy-poll", "-1us" },		{ "a time", "'-1us'" } },
	{ { "--busy-poll", "50m" },		{ "a time", "'50m'" } },
	{ { "--busy-poll", "fast" },		{ "a time", "'fast'" } },
	{ { "--busy-poll", "" },		{ "a time", "''" } },
	{ { "--mode", "fair" },		{ "gate, spread, rr", "'fair'" } },
	{ { "--mode", "shared" },		{ "--mode", "'shared'" } },
	{ { "--mode", "sticky" },	{ "needs a key", "sticky:cookie:NAME" } },
	{ { "--mode", "sticky:ip" },	{ "'ip'", "sticky:addr" } },
	{ { "--mode", "sticky:addr/129" },	{ "1 to 128", "sticky:addr/24" } },
	{ { "--mode", "sticky:addr/64", "-l", "tcp:127.0.0.1:0" },
	    { "tcp:127.0.0.1:0: a prefix", "1 to 32 bits" } },
	{ { "--mode", "sticky:addr,strict" },
	    { "behind the address", "-l ADDRESS,mode=sticky:addr,strict" } },
	{ { "-l", "unix:@x", "--mode", "spread" }, { "unix:@x", "mode=gate" } },
	{ { "-l", "tcp:127.0.0.1:0,mode=fair" }, { "no mode 'fair'", "mode=auto" } },
	{ { "--overload", "drop" },		{ "wait or shed", "'drop'" } },
	{ { "--overload", "shed" },		{ "a limit", "--app-connections N" } },
	{ { "--shed-bytes", "./short" },	{ "--overload shed", "type both" } },
	{ { "--shed-bytes", "./none" },	{ "No such file", "'./none'" } },
	{ { "--shed-bytes", "./long" },	{ "4096", "'./long'" } },
	{ { "--shed-bytes", "./empty" },	{ "is empty", "leave the flag out" } },
	{ { "--shed-bytes", "." },		{ "directory", "'.'" } },
	{ { "--shed-bytes", "/dev/zero" },	{ "regular file", "/dev/zero" } },
};

static void
file(const char *name, off_t bytes)
{
	if (mknod(name, S_IFREG | 0600, 0) < 0 || truncate(name, bytes) < 0)
		bail_out("cannot make %s", name);
}

static void
refused(const char *verb, const struct refusal *r)
{
	const char *words[9] = { verb };
	struct command c;
	int n = 1;

	for (int i = 0; i < 6 && r->words[i] != NULL; i++)
		words[n++] = r->words[i];
	if (strcmp(verb, "demo") != 0)
		words[n++] = "true";
	is_int(command(&c, words), 2, "%s ... %s: 2", verb, r->words[1]);
	ok(command_lines(c.err) == 1 && c.out[0] == '\0' &&
	    strstr(c.err, r->says[0]) != NULL &&
	    strstr(c.err, r->says[1]) != NULL, "says: %s ... %s", r->says[0],
	    r->says[1]) || (diag("%s", c.err), 0);
}

int
main(void)
{
	char *dir = command_dir(), there[] = "/tmp/cadre-test-XXXXXX";
	const struct refusal none = { { "--mode", "rr" },
	    { "there is none", "type -l" } };

	setrlimit(RLIMIT_NOFILE, &(struct rlimit){ DESCRIPTORS, DESCRIPTORS });
	if (mkdtemp(there) == NULL || chdir(there) < 0)
		bail_out("mkdtemp");
	file("short", 4096);
	file("long", 4097);
	file("empty", 0);
	for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++) {
		refused("run", &refusals[i]);
		refused(i % 2 == 0 ? "start" : "demo", &refusals[i]);
	}
	refused("run", &none);
	is_int(rmdir(dir), 0, "nothing was made");
	unlink("short");
	unlink("long");
	unlink("empty");
	rmdir(there);
	return done_testing();
}
