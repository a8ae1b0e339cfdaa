/* SPDX-License-Identifier: BSD-2-Clause */
/* The programs that go with the command, and how demo starts one of them. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "tools/launch.h"
#include "tools/verb.h"

static int
try(char *path, size_t room, const char *dir, const char *name)
{
	int n = snprintf(path, room, "%s/%s", dir, name);

	return n >= 0 && (size_t)n < room && access(path, X_OK) == 0 ? 0 :
	    -ENOENT;
}

/* In a build tree libtool keeps the program in .libs, one level down. */
static int
try_build(const char *folder, const char *name, char *path, size_t room)
{
	char self[PATH_MAX], dir[PATH_MAX + 32], *slash;
	ssize_t n;

	n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	if (n <= 0)
		return -ENOENT;
	self[n] = '\0';
	if ((slash = strrchr(self, '/')) == NULL)
		return -ENOENT;
	*slash = '\0';
	slash = strrchr(self, '/');
	if (slash != NULL && strcmp(slash, "/.libs") == 0)
		*slash = '\0';
	snprintf(dir, sizeof(dir), "%s/%s", self, folder);
	return try(path, room, dir, name);
}

int
launch_find(const char *folder, const char *name, char *path, size_t room)
{
	const char *own = getenv("CADRE_LIBEXEC");

	if (own != NULL && own[0] != '\0')
		return try(path, room, own, name);
	if (try_build(folder, name, path, room) == 0)
		return 0;
	return try(path, room, CADRE_LIBEXECDIR, name);
}

static void
child(const char *path, char *const argv[], const sigset_t *mask, pid_t parent,
    int report)
{
	int err;

	if (prctl(PR_SET_PDEATHSIG, SIGTERM) < 0 || getppid() != parent)
		_exit(EXIT_FAILURE);
	/* A terminal that closes tells us both; we say TERM, so it cleans up. */
	signal(SIGHUP, SIG_IGN);
	sigprocmask(SIG_SETMASK, mask, NULL);
	execv(path, argv);
	err = -errno;
	while (write(report, &err, sizeof(err)) < 0 && errno == EINTR)
		;
	_exit(EXIT_FAILURE);
}

int
launch(const char *path, char *const argv[], const sigset_t *mask,
    pid_t *ret_pid, int *ret_pidfd)
{
	pid_t parent = getpid(), pid;
	int err = 0, fd, report[2];

	if (pipe2(report, O_CLOEXEC) < 0)
		return -errno;
	fflush(NULL);
	pid = fork();
	if (pid == 0)
		child(path, argv, mask, parent, report[1]);
	if (pid < 0)
		err = -errno;
	close(report[1]);
	/* End of file, not a number: exec closed it, so exec succeeded. */
	while (pid > 0 && read(report[0], &err, sizeof(err)) < 0 &&
	    errno == EINTR)
		;
	close(report[0]);
	if (err == 0) {
		fd = (int)syscall(SYS_pidfd_open, pid, 0);
		if (fd >= 0) {
			*ret_pid = pid;
			*ret_pidfd = fd;
			return 0;
		}
		err = -errno;
		kill(pid, SIGTERM);
	}
	if (pid > 0)
		waitpid(pid, NULL, 0);
	return err;
}

/* Ours alone, and no symlink, or somebody else could see or swap the app. */
static int
own_dir(const char *path)
{
	struct stat st;

	if (mkdir(path, 0700) < 0 && errno != EEXIST)
		return -errno;
	if (lstat(path, &st) < 0)
		return -errno;
	if (!S_ISDIR(st.st_mode))
		return -ENOTDIR;
	if (st.st_uid != geteuid() || (st.st_mode & 022) != 0)
		return -EPERM;
	return 0;
}

int
launch_runtime_dir(char *path, size_t room)
{
	const char *own = getenv("CADRE_RUNTIME_DIR");
	const char *xdg = getenv("XDG_RUNTIME_DIR");
	int err;

	if ((own != NULL && own[0] != '\0') || access("/run/cadre", W_OK) == 0)
		return 0;
	if (access("/run/cadre", F_OK) < 0 && access("/run", W_OK) == 0)
		return 0;
	if (xdg != NULL && xdg[0] != '\0' && access(xdg, W_OK) == 0)
		return 0;
	snprintf(path, room, VERB_TMP_DIR, (unsigned int)geteuid());
	err = own_dir(path);
	if (err == 0 && setenv("CADRE_RUNTIME_DIR", path, 1) < 0)
		err = -errno;
	return err < 0 ? err : 1;
}
