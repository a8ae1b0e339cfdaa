/* t/92-observers-cost: observers stopped or killed in mid-read cost a writer no instruction and no system call */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "shm/atomic.h"
#include "t/lib/tap.h"
#include "t/lib/writer.h"

#define UPDATES	1000

static struct writer_run r;
static char said[4096];		/* by the tool, and what of it counts */

static const struct tool { const char *name, *command, *figures; } tools[] = {
	{ "valgrind", "valgrind -q --tool=callgrind --toggle-collect=updates "
	    "--callgrind-out-file=out", "awk '/^totals:/ { print $2 }' out" },
	{ "strace", "strace -c -S name -o out",
	    "awk '$4 + 0 > 0 { print $4, $NF }' out" },
};

static const char *
count(const struct tool *t, unsigned int updates, unsigned int observers)
{
	FILE *f;
	int err;

	r.tool = t->command;
	r.updates = updates;
	r.observers = observers;
	err = writer_run(&r);
	if (err == -EPERM)
		skip_all("no process can be traced here");
	is_int(err, 0, "%s: %u updates beside %u observers", t->name, updates,
	    observers);
	f = popen(t->figures, "r");
	said[f == NULL ? 0 : fread(said, 1, sizeof(said) - 1, f)] = '\0';
	if (f != NULL)
		pclose(f);
	diag("%s", said);
	return strdup(said);
}

int
main(int argc, char *argv[])
{
	char base[] = "/tmp/cadre-cost-XXXXXX";
	const char *alone;
	long each;

	if (argc == 5 && strcmp(argv[1], "writer") == 0)
		return writer_main(argv);
#ifdef SHM_SANITIZED
	skip_all("a sanitizer's instructions are not the writer's");
#endif
	for (int i = 0; i < 2; i++) {
		snprintf(said, sizeof(said), "command -v %s >/dev/null",
		    tools[i].name);
		if (system(said) != 0)
			skip_all("%s is not installed", tools[i].name);
	}
	r.self = realpath(argv[0], NULL);
	if ((r.sock = writer_sock(base)) < 0)
		bail_out("no directory to test in");
	alone = count(&tools[0], UPDATES, 0);
	is_str(count(&tools[0], UPDATES, WRITER_OBSERVERS), alone,
	    "as many instructions");
	each = atol(count(&tools[0], 2 * UPDATES, 0)) - atol(alone);
	ok(each > 0 && each % UPDATES == 0, "%ld for each update",
	    each / UPDATES);
	alone = count(&tools[1], UPDATES, 0);
	is_str(count(&tools[1], UPDATES, WRITER_OBSERVERS), alone,
	    "as many system calls");
	is_str(count(&tools[1], 2 * UPDATES, 0), alone, "none is an update's");
	return system("rm -r web out") != 0 || chdir("/") < 0 ||
	    rmdir(base) < 0 ? 1 : done_testing();
}
