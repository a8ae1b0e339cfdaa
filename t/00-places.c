/* t/00-places: apps are looked for where the environment says, and a lock tells who runs one */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <cadre/region.h>

#include "shm/rundir.h"
#include "t/lib/nth.h"
#include "t/lib/tap.h"

static void
bases_are(const char *own, const char *xdg, int n, const char *last)
{
	char bases[2][256];

	setenv("CADRE_RUNTIME_DIR", own, 1);
	setenv("XDG_RUNTIME_DIR", xdg, 1);
	is_int(cadre__rundir_bases(bases), n, "'%.9s', '%.9s'", own, xdg);
	is_str(bases[n - 1], last, "the last of them");
}

/* Has `name` locked and `alive` open, until it is killed. */
static pid_t
holder(void)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	int pipes[2], fd;
	pid_t pid;
	char c;

	if (pipe(pipes) < 0 || (pid = fork()) < 0)
		bail_out("no process");
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		fd = open("web/name", O_RDWR);
		(void)!fcntl(fd, F_SETLK, &lock);
		if (open("web/alive", O_RDWR) >= 0 &&
		    write(pipes[1], "", 1) == 1)
			pause();
		_exit(1);
	}
	if (read(pipes[0], &c, 1) != 1)
		bail_out("no holder");
	close(pipes[0]);
	close(pipes[1]);
	return pid;
}

static void
count(const char *name, const char *dir, void *arg)
{
	*(int *)arg += strcmp(name, "web") == 0 && dir[0] == '/';
}

static void
who_holds(int dir)
{
	pid_t pid[2] = { holder(), holder() };
	char pids[64], one[16];
	int got = 0;

	is_int(cadre__rundir_master(dir, &got), 0, "somebody runs it");
	is_int(got, pid[0], "the first to lock");
	is_int(cadre__rundir_holders(dir, pids, sizeof(pids)), 2, "two hold");
	snprintf(one, sizeof(one), "%d", (int)pid[0]);
	is_int(cadre__rundir_holders(dir, pids, strlen(one) + 2), 2,
	    "two, also where there is room for one");
	is_str(pids, one, "who is named");
	nth_arm("fcntl", 1, EINTR);
	is_int(cadre__rundir_master(dir, &got), -EINTR, "it cannot be told");
	nth_arm("opendir", 1, EMFILE);
	is_int(cadre__rundir_holders(dir, pids, sizeof(pids)), 0, "nor whom");
	is_str(pids, "?", "so nobody is named");
	for (int i = 0; i < 2; i++) {
		kill(pid[i], SIGKILL);
		waitpid(pid[i], NULL, 0);
	}
}

int
main(void)
{
	char base[] = "/tmp/cadre-places-XXXXXX", path[300], longer[300];
	int dir, got = 0, n = 0;

	memset(longer, 'x', sizeof(longer) - 1);
	longer[sizeof(longer) - 1] = '\0';
	bases_are("/own", "/user", 1, "/own");
	bases_are("", "/user", 2, "/user/cadre");
	bases_are("", "", 1, "/run/cadre");
	bases_are("", longer, 1, "/run/cadre");
	is_int(cadre__name_check("Zz9._-"), 0, "a name");
	is_int(cadre__name_check("[ab"), -EINVAL, "not one");
	is_int(cadre__name_check("{ab"), -EINVAL, "nor this");
	is_int(cadre__name_check(":ab"), -EINVAL, "nor this");

	if (mkdtemp(base) == NULL || chdir(base) < 0 || mkdir("web", 0700) < 0 ||
	    creat("web/name", 0600) < 0)
		bail_out("no directory to test in");
	setenv("CADRE_RUNTIME_DIR", base, 1);
	is_int(cadre_region_list(count, &n), 1, "one app");
	is_int(n, 1, "its name and place");
	dir = cadre__rundir_find("web", path, sizeof(path));
	is_int(cadre__rundir_master(dir, &got), -ESRCH, "never run");
	close(open("web/name", O_CREAT | O_RDWR, 0600));
	close(open("web/alive", O_CREAT | O_RDWR, 0600));
	close(open("web/sock", O_CREAT | O_RDWR, 0600));
	is_int(cadre__rundir_master(dir, &got), -ESRCH, "not running");
	is_int(cadre__rundir_connect(dir), -ENOTSOCK, "a file is no socket");
	nth_arm("openat", 1, EMFILE);
	is_int(cadre__rundir_master(dir, &got), -EMFILE, "not to be told");
	nth_arm("openat", 1, EACCES);
	is_int(cadre_region_list(count, &n), 0, "not to be opened, not listed");
	who_holds(dir);
	unlink("web/sock");
	unlink("web/alive");
	unlink("web/name");
	rmdir("web");
	rmdir(base);
	is_int(cadre_region_list(count, &n), 0, "no directory, no app");
	return done_testing();
}
