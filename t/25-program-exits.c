/* t/25-program-exits: of a program that does not stay, the start says why */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <sys/stat.h>
#include <sys/wait.h>

#include "t/lib/exec.h"
#include "t/lib/probe.h"
#include "t/lib/tap.h"

static void
gives_up(int status, const char *err, const char *why)
{
	ok(WIFEXITED(status) && WEXITSTATUS(status) != 0, "given up, not ended");
	ok(strstr(err, "every worker died at its start") != NULL, "%s", err);
	ok(strstr(err, why) != NULL, "%s", why);
}

/* An ELF header and nothing behind it: only execve(2) finds out. */
static void
config(struct cadre_master *m, void *arg)
{
	static const char *const argv[] = { "./cut", NULL };

	(void)arg;
	if (cadre_master_program(m, 1, argv) < 0)
		_exit(99);
}

int
main(void)
{
	const char *dir = probe_dir();
	char err[4096];
	FILE *f;

	gives_up(EXEC_TRY(NULL, dir, err, "exits", "0"), err,
	    "must stay in the foreground");
	gives_up(EXEC_TRY(NULL, dir, err, "exits", "3"), err, "exit code 3");
	gives_up(EXEC_TRY(NULL, dir, err, "no-such"), err,
	    "program: no behaviour of that name");
	if (chdir(dir) < 0 || (f = fopen("cut", "we")) == NULL ||
	    fwrite("\177ELF", 4, 1, f) != 1 || fclose(f) != 0 ||
	    chmod("cut", 0755) < 0)
		bail_out("cannot write %s/cut", dir);
	gives_up(EXEC_TRY(config, dir, err, "exits", "0"), err,
	    "cannot run ./cut: Exec format error");
	unlink("cut");
	ok(chdir("/") == 0 && probe_empty(dir), "nothing is left");
	return done_testing();
}
