/* SPDX-License-Identifier: BSD-2-Clause */
/* t/84-contrast: who knows of a loop, a kill, a pause: by words, by messages */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "t/lib/command.h"
#include "t/lib/tap.h"

struct known {			/* of what the program prints */
	uint64_t	known, counted, stuck_ns, oldest_ns, back_age_ns;
};

static uint64_t
figure(const char *text, const char *name)
{
	const char *at = strstr(text, name);

	if (at == NULL)
		bail_out("no%s in: %s", name, text);
	return strtoull(at + strlen(name), NULL, 10);
}

static struct known
run(const char *program, const char *words)
{
	const char *build = getenv("top_builddir");
	char line[4352], text[4096];
	struct known k;
	size_t n;
	FILE *f;

	snprintf(line, sizeof(line), "%s/examples/%s %s",
	    build != NULL ? build : ".", program, words);
	if ((f = popen(line, "r")) == NULL)
		bail_out("%s: %s", line, strerror(errno));
	n = fread(text, 1, sizeof(text) - 1, f);
	text[n] = '\0';
	is_int(pclose(f), 0, "%s %s", program, words);
	k.known = figure(text, " known ");
	k.counted = figure(text, " counted ");
	k.stuck_ns = figure(text, " stuck_ns ");
	k.oldest_ns = figure(text, " oldest_ns ");
	k.back_age_ns = figure(text, " back_age_ns ");
	return k;
}

int
main(void)
{
	char *dir = command_dir();
	struct known k, other;

	k = run("contrast", "-e kill -n 200 region");
	ok(k.counted > 100 && k.known == k.counted,
	    "killed in a burst: all %" PRIu64 " stand in memory", k.counted);
	k = run("contrast", "-e kill -n 200 change");
	ok(k.known < k.counted, "of messages those that waited are lost");
	k = run("contrast", "-e kill -n 200 interval");
	ok(k.known < k.counted, "and all since the last interval");

	k = run("contrast", "-e loop -n 200 -d 300 region");
	ok(k.stuck_ns >= 100000000 && k.stuck_ns < k.oldest_ns,
	    "a loop is seen while it lasts");
	k = run("contrast", "-e loop -n 200 -d 300 change");
	is_u64(k.stuck_ns, 0, "in silence it is not");
	ok(k.oldest_ns >= 280000000, "which is as long as the loop");

	k = run("contrast", "-e slow -n 900 -d 400 region");
	other = run("contrast", "-e slow -n 900 -d 400 change");
	ok(other.back_age_ns >= 400000000,
	    "who was away finds messages of before");
	ok(k.back_age_ns < other.back_age_ns, "and words of now");
	if (system("node --version >/dev/null 2>&1") != 0) {
		skip(2, "no Node: apt-get install nodejs");
	} else {
		k = run("contrast-node", "-n 50 -r 1000 change");
		is_u64(k.known, 50, "Node's messages all come");
	}
	is_int(rmdir(dir), 0, "nothing is left behind");
	return done_testing();
}
