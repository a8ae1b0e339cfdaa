/* SPDX-License-Identifier: BSD-2-Clause */
/* See background.h. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sys/prctl.h>

#include "t/lib/background.h"
#include "t/lib/command.h"
#include "t/lib/tap.h"

#define WORDS_MAX	28

struct app *
background_new(void)
{
	struct app *a = calloc(1, sizeof(*a));

	strcpy(a->dir, "/tmp/cadre-test-XXXXXX");
	strcpy(a->name, "app");
	if (mkdtemp(a->dir) == NULL)
		bail_out("mkdtemp: %s", strerror(errno));
	setenv("CADRE_RUNTIME_DIR", a->dir, 1);
	return a;
}

void
background_start(struct app *a, const char *const words[])
{
	const char *all[WORDS_MAX] = { "start", "-n", a->name, "-l",
	    "tcp:127.0.0.1:0" };
	struct cadre_shm_listener l;
	struct cadre_app app;
	struct command c;

	for (int i = 0; words[i] != NULL && i + 6 < WORDS_MAX; i++)
		all[i + 5] = words[i];
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	if (command(&c, all) != 0 ||
	    cadre_region_open(a->name, &a->region) < 0 ||
	    cadre_region_listener(a->region, 0, &l) < 0)
		bail_out("it does not start: %s%s", c.out, c.err);
	cadre_region_app(a->region, &app);
	a->master = (pid_t)app.master_pid;
	a->port = (unsigned int)strtoul(strrchr(l.address, ':') + 1, NULL, 10);
}
