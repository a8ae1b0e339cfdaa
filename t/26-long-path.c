/* SPDX-License-Identifier: BSD-2-Clause */
/* t/26-long-path: a path that no socket address could hold is no hindrance */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sys/stat.h>
#include <sys/wait.h>

#include <cadre/error.h>

#include "t/lib/app.h"
#include "t/lib/probe.h"
#include "t/lib/tap.h"

static int
observe(void)
{
	struct cadre_region *region;
	struct cadre_app app;

	if (cadre_region_open("app", &region) < 0)
		return 1;
	cadre_region_app(region, &app);
	cadre_region_close(region);
	return app.master_pid == getppid() ? 0 : 2;
}

struct observer {
	struct cadre_master *m;
	pid_t	pid;
	int	status;
};

static bool
observed(void *arg)
{
	struct observer *o = arg;

	return cadre_master_dispatch(o->m) > 0 &&
	    waitpid(o->pid, &o->status, WNOHANG) == o->pid;
}

int
main(void)
{
	struct observer o = { .status = -1 };
	char path[512];
	int err;

	snprintf(path, sizeof(path), "%s/%0150d", probe_dir(), 0);
	setenv("CADRE_RUNTIME_DIR", path, 1);
	cadre_master_new("app", &o.m);
	cadre_master_workers(o.m, 1, app_idle, NULL);
	is_int(cadre_master_start(o.m), 0, "it starts in %s", path);
	o.pid = fork();
	if (o.pid == 0)
		_exit(observe());
	ok(app_until(observed, &o), "an observer tries");
	is_int(o.status, 0, "and gets at the region");
	cadre_master_stop(o.m, CADRE_STOP_GRACEFUL);
	ok(probe_ends(o.m), "the app stops");
	cadre_master_free(o.m);
	ok(probe_empty(path), "and leaves nothing");

	snprintf(path + strlen(path), 256, "/%0150d", 0);
	setenv("CADRE_RUNTIME_DIR", path, 1);
	cadre_master_new("app", &o.m);
	cadre_master_workers(o.m, 1, app_idle, NULL);
	err = cadre_master_start(o.m);
	is_int(err, -ENAMETOOLONG, "one over 255 bytes is refused");
	ok(strstr(cadre_error(err), "CADRE_RUNTIME_DIR is too long") != NULL,
	    "said: %s", cadre_error(err));
	cadre_master_free(o.m);
	return done_testing();
}
