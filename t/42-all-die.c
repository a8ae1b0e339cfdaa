/* SPDX-License-Identifier: BSD-2-Clause */
/* t/42-all-die: when no worker can start the master says why, and gives up */
#include <stdio.h>
#include <string.h>

#include <sys/wait.h>

#include "t/lib/app.h"
#include "t/lib/probe.h"
#include "t/lib/tap.h"

static int
die(struct cadre_worker *w, void *arg)
{
	(void)w;
	(void)arg;
	fprintf(stderr, "cannot read web.conf: line 3\n");
	return 7;
}

static void
config(struct cadre_master *m, void *arg)
{
	(void)arg;
	cadre_master_listen(m, "tcp:127.0.0.1:0", NULL);
	cadre_master_set(m, CADRE_BACKOFF_FIRST_MS, 10);
}

int
main(void)
{
	const char *dir = probe_dir();
	char err[1024];
	int status;

	status = app_try(3, die, config, NULL, dir, err, sizeof(err));
	ok(WIFEXITED(status) && WEXITSTATUS(status) == 1, "it exits 1");
	ok(strstr(err, "exit code 7") != NULL, "says: %s", err);
	ok(strstr(err, "cannot read web.conf: line 3") != NULL,
	    "with what the worker said");
	ok(strchr(err, '\n') == err + strlen(err) - 1, "in one line");
	ok(probe_empty(dir), "nothing is left behind");
	return done_testing();
}
