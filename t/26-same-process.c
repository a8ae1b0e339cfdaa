/* SPDX-License-Identifier: BSD-2-Clause */
/* t/26-same-process: a second master of one name costs the first no lock */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sys/wait.h>

#include "shm/rundir.h"
#include "t/lib/app.h"
#include "t/lib/tap.h"

/* Asked by another process: one's own locks do not show. */
static int
holder(void)
{
	char path[256];
	int dirfd, pid = 0, status;
	pid_t child = fork();

	if (child == 0) {
		dirfd = cadre__rundir_find("app", path, sizeof(path));
		_exit(dirfd >= 0 && cadre__rundir_master(dirfd, &pid) == 0 &&
		    pid == getppid() ? 0 : 1);
	}
	waitpid(child, &status, 0);
	return status;
}

int
main(void)
{
	struct cadre_master *first, *second;
	char dir[] = "/tmp/cadre-test-XXXXXX";

	if (mkdtemp(dir) == NULL)
		bail_out("mkdtemp");
	setenv("CADRE_RUNTIME_DIR", dir, 1);
	cadre_master_new("app", &first);
	cadre_master_new("app", &second);
	cadre_master_workers(first, 1, app_idle, NULL);
	cadre_master_workers(second, 1, app_idle, NULL);
	is_int(cadre_master_start(first), 0, "the first starts");
	is_int(holder(), 0, "it holds the lock of its name");
	is_int(cadre_master_start(second), -EEXIST, "the second is refused");
	ok(strstr(cadre_error(-EEXIST), "this process runs app already") != NULL,
	    "and told why: %s", cadre_error(-EEXIST));
	is_int(holder(), 0, "the first still holds its lock");
	cadre_master_free(first);
	is_int(cadre_master_start(second), 0, "when it is gone, the second starts");
	cadre_master_free(second);
	is_int(rmdir(dir), 0, "nothing is left behind");
	return done_testing();
}
