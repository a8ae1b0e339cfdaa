/* t/24-user-far: a program whose user cannot reach the app's directory still says that it is ready */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <unistd.h>

#include <sys/stat.h>

#include "t/lib/exec.h"
#include "t/lib/tap.h"
#include "t/lib/user.h"

static void
config(struct cadre_master *m, void *arg)
{
	const char *argv[] = { "/bin/sh", "-c",
	    "echo $NOTIFY_SOCKET; exec sleep 1000", NULL };

	(void)arg;
	user_take(m);
	chmod(getenv("CADRE_RUNTIME_DIR"), 0700);
	if (cadre_master_set(m, CADRE_READY_AFTER_MS, 200) < 0 ||
	    cadre_master_program(m, 1, argv) < 0)
		exit(99);
}

int
main(void)
{
	struct app *a;

	if (geteuid() != 0)
		skip_all("needs root, to become another user");
	a = app_start_with(1, app_idle, config, NULL);
	ok(exec_says(a, 0, "@"), "its socket has a name without a path");
	is_int(app_stop(a), 0, "the master exits 0");
	return done_testing();
}
