/* t/59-reload-held: until it has passed the probe a new worker gets no client, in any mode */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "t/lib/probe.h"
#include "t/lib/restart.h"
#include "t/lib/tap.h"
#include "t/lib/deploy.h"

#define ASKED	50

static bool
is_asked(void *arg)
{
	(void)arg;
	return access("asked", F_OK) == 0;
}

/* How many of so many answers are of that version. */
static int
count(const struct app *a, const char *what)
{
	int n = 0;

	for (int i = 0; i < ASKED; i++)
		n += web_answers(a, what);
	return n;
}

static void
mode(const char *options)
{
	struct app *a = web_start(1, options);
	struct cadre_reload how = { .probe_timeout_ms = 60000 };
	char why[700], command[512];
	int fd, flag;

	unlink("asked");
	unlink("go");
	/* Asked once before it waits, and once after. */
	snprintf(command, sizeof(command), ": >asked; until test -e go; do "
	    "sleep 0.02; done; %s", web_probe());
	how.probe = command;
	web_deploy("ok-b");
	fd = ask_reload_begin(a, &how);
	ok(app_until(is_asked, NULL), "%s: the probe runs", options);
	is_int(count(a, "ok-a"), ASKED, "%s: the old worker answers all",
	    options);
	flag = open("go", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	close(flag);
	is_int(ask_restart_end(fd, why, sizeof(why)), 0, "%s: it passes: %s",
	    options, why);
	is_int(count(a, "ok-b"), ASKED, "%s: the new worker answers all",
	    options);
	is_int(app_stop(a), 0, "%s: the master exits 0", options);
}

int
main(void)
{
	mode("mode=spread");
	mode("mode=gate");
	mode("mode=rr");
	mode("mode=least");
	unlink("asked");
	unlink("go");
	unlink("program");
	return chdir("/") < 0 ? 1 : done_testing();
}
