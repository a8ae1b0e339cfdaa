/* SPDX-License-Identifier: BSD-2-Clause */
/* t/75-contrast-stopped: Ctrl-C or TERM ends a contrast with its app, and a file of plots stays as it was */
#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "t/lib/app.h"
#include "t/lib/command.h"
#include "t/lib/tap.h"

static bool
has_app(void *dir)
{
	DIR *d = opendir(dir);
	struct dirent *e;
	bool has = false;

	while (d != NULL && !has && (e = readdir(d)) != NULL)
		has = strncmp(e->d_name, "contrast-", 9) == 0;
	if (d != NULL)
		closedir(d);
	return has;
}

static void
stopped(const char *dir, const char *svg, int to_group, int sig)
{
	struct command c;

	COMMAND_START(&c, "contrast", "--seconds", "5", "-i", "2", "--svg",
	    svg);
	ok(app_until(has_app, (void *)(uintptr_t)dir), "its app is there");
	kill(to_group ? -c.pid : c.pid, sig);
	ok(command_ends(&c), "SIG%s ends it", sigabbrev_np(sig));
	is_int(c.code, 1, "with 1") || (diag("%s", c.err), 0);
	ok(strstr(c.err, "interrupted") != NULL, "and it says so");
	ok(!has_app((void *)(uintptr_t)dir), "its app has ended before");
}

int
main(void)
{
	char *dir = command_dir(), svg[256], bad[256], text[16] = "";
	struct command c;
	FILE *f;

	setenv("ASAN_OPTIONS", "detect_leaks=0", 1);	/* it would trace, too */
	snprintf(svg, sizeof(svg), "%s.svg", dir);
	snprintf(bad, sizeof(bad), "%s.no/file.svg", dir);
	stopped(dir, svg, 1, SIGINT);
	ok(access(svg, F_OK) < 0, "no empty file is left");
	f = fopen(svg, "w");
	if (f == NULL || fputs("before", f) < 0 || fclose(f) != 0)
		bail_out("cannot write %s", svg);
	stopped(dir, svg, 0, SIGTERM);
	f = fopen(svg, "r");
	ok(f != NULL && fread(text, 1, sizeof(text) - 1, f) == 6 &&
	    strcmp(text, "before") == 0, "the file of before is as it was");
	if (f != NULL)
		fclose(f);
	is_int(COMMAND(&c, "contrast", "--svg", bad), 1, "no such file: 1");
	ok(strstr(c.err, bad) != NULL && c.out[0] == '\0', "before a run");
	is_int(COMMAND(&c, "contrast", "--svg", ""), 2, "no name: 2");
	unlink(svg);
	is_int(rmdir(dir), 0, "nothing is left behind");
	return done_testing();
}
