/* t/21-notify-far: a program can say READY=1 also where the directory's path is too long, or relative */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "t/lib/app.h"
#include "t/lib/exec.h"
#include "t/lib/probe.h"
#include "t/lib/tap.h"

static bool said;

static void
on_event(const struct cadre_shm_event *e, void *arg)
{
	(void)arg;
	if (e->kind == CADRE_EVENT_READY)
		said = strstr(e->text, "READY=1") != NULL;
}

/* It is ready by its word, as there is no other way: READY_AFTER is -1. */
static void
ready_in(const char *base)
{
	const char *argv[] = { exec_path(), "notify", "self", "READY=1", NULL };
	struct cadre_master *m;

	setenv("CADRE_RUNTIME_DIR", base, 1);
	said = false;
	cadre_master_new("app", &m);
	cadre_master_set(m, CADRE_READY_AFTER_MS, -1);
	cadre_master_program(m, 2, argv);
	cadre_master_on_event(m, on_event, NULL);
	is_int(cadre_master_start(m), 0, "an app in %.40s", base);
	ok(probe_up(m, 0, 0) && probe_up(m, 1, 0) && said,
	    "its programs are ready by their word");
	cadre_master_free(m);
	ok(probe_empty(base), "it leaves nothing");
}

int
main(void)
{
	const char *dir = probe_dir();
	char path[256];

	ready_in(dir);
	snprintf(path, sizeof(path), "%s/%0100d", dir, 0);
	ready_in(path);
	if (exec_path()[0] != '/')
		skip(3, "the program's path is relative too");
	else if (chdir(dir) == 0)
		ready_in("near");
	return done_testing();
}
