/* SPDX-License-Identifier: BSD-2-Clause */
/* t/26-rights: the directory's group may read, only the owner may stop */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sys/prctl.h>
#include <sys/stat.h>

#include "t/lib/app.h"
#include "t/lib/probe.h"
#include "t/lib/tap.h"

enum { OWNER = 54321, OTHER = 54322, GROUP = 54323, NO_GROUP = 54324 };

static void
config(struct cadre_master *m, void *arg)
{
	const char *dir = getenv("CADRE_RUNTIME_DIR");

	(void)m;
	(void)arg;
	if (chmod(dir, 0755) < 0 || chown(dir, OWNER, GROUP) < 0 ||
	    setgid(GROUP) < 0 || setuid(OWNER) < 0)
		exit(98);
	prctl(PR_SET_PDEATHSIG, SIGKILL);	/* the change cleared it */
}

static int
attach(void)
{
	struct cadre_region *region;

	return cadre_region_open("app", &region);
}

static int
stop(void)
{
	return probe_stop("app", CADRE_STOP_GRACEFUL);
}

int
main(void)
{
	struct cadre_shm_event e;
	char path[128], text[512];
	struct app *a;

	if (geteuid() != 0)
		skip_all("needs root, to become other users");
	a = app_start_with(1, app_idle, config, NULL);
	is_int(probe_as(OTHER, NO_GROUP, attach), -EACCES, "a stranger cannot read");
	is_int(probe_as(OTHER, NO_GROUP, stop), -EACCES, "nor stop");
	is_int(probe_as(OTHER, GROUP, attach), 0, "one of the group can read");
	is_int(probe_as(OTHER, GROUP, stop), -EACCES, "but not stop");
	ok(app_wait_event(a, CADRE_EVENT_REFUSED, CADRE_NO_SEAT, &e) &&
	    cadre_event_text(&e, text, sizeof(text)) > 0 &&
	    strstr(text, "uid 54322") != NULL, "the owner hears: %s", text);
	/* Even when the file system lets anybody in. */
	snprintf(path, sizeof(path), "%s/app/sock", a->dir);
	chmod(path, 0666);
	*strrchr(path, '/') = '\0';
	chmod(path, 0755);
	is_int(probe_as(OTHER, NO_GROUP, attach), -EACCES, "by the master's word too");
	is_int(probe_as(OTHER, NO_GROUP, stop), -EACCES, "a stranger gets nothing");
	is_int(probe_as(OWNER, NO_GROUP, stop), 0, "the owner can stop");
	is_int(app_wait_end(a), 0, "and it stops");
	app_free(a);
	return done_testing();
}
