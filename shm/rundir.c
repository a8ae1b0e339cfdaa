/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where apps are found. Names are checked before they become a path, the last
 * step never follows a symlink, and all that follows goes through the
 * directory's descriptor, so that nothing can be swapped underneath.
 */
#include "shm/export.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define NAME_MAX_BYTES	47
#define BASE_BYTES	256
#define DIR_FLAGS	(O_PATH | O_DIRECTORY | O_CLOEXEC)

static bool
is_alnum(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	    (c >= '0' && c <= '9');
}

int
cadre__name_check(const char *name)
{
	size_t n;

	if (name == NULL || !is_alnum(name[0]))
		return -EINVAL;
	for (n = 0; name[n] != '\0'; n++)
		if (n == NAME_MAX_BYTES ||
		    (!is_alnum(name[n]) && strchr("._-", name[n]) == NULL))
			return -EINVAL;
	return 0;
}

static int
base_add(char bases[2][BASE_BYTES], int n, const char *dir, const char *tail)
{
	int len;

	if (dir == NULL || dir[0] == '\0')
		return n;
	len = snprintf(bases[n], BASE_BYTES, "%s%s", dir, tail);
	return len < BASE_BYTES ? n + 1 : n;	/* too long: cannot be it */
}

int
cadre__rundir_bases(char bases[2][256])
{
	const char *own = getenv("CADRE_RUNTIME_DIR");
	int n;

	if (own != NULL && own[0] != '\0')
		return base_add(bases, 0, own, "");
	n = base_add(bases, 0, "/run", "/cadre");
	return base_add(bases, n, getenv("XDG_RUNTIME_DIR"), "/cadre");
}

static const char *
why_not(int err)
{
	switch (err) {
	case -ENOTDIR:
		return "not a directory, or a symlink, which is not followed: "
		    "remove it";
	case -EACCES:
		return "only its owner and the group of the directory may read "
		    "it";
	default:
		return strerrordesc_np(-err);
	}
}

/* The directory of an app under one base, if it is one we may search. */
static int
dir_open(const char *base, const char *name)
{
	int basefd, fd, err;

	basefd = open(base, DIR_FLAGS);
	if (basefd < 0)
		return -errno;
	/* With O_DIRECTORY a symlink in the last step gives ENOTDIR. */
	fd = openat(basefd, name, DIR_FLAGS | O_NOFOLLOW);
	err = fd < 0 ? -errno : 0;
	close(basefd);
	if (err < 0)
		return err;
	if (faccessat(fd, ".", X_OK, AT_EACCESS) < 0) {
		err = -errno;
#ifndef FUZZ_PLANT			/* a descriptor is left open */
		close(fd);
#endif
		return err;
	}
	return fd;
}

int
cadre__rundir_find(const char *name, char *ret_path, size_t bytes)
{
	char bases[2][BASE_BYTES];
	int n, fd, err = -ENOENT;

	if (cadre__name_check(name) < 0)
		return cadre__fail(-EINVAL, "not a name an app can have: 1 to "
		    "%d of letters, digits, '.', '_', '-', the first a letter "
		    "or digit", NAME_MAX_BYTES);
	n = cadre__rundir_bases(bases);
	for (int i = 0; i < n; i++) {
		fd = dir_open(bases[i], name);
		if (fd >= 0) {
			snprintf(ret_path, bytes, "%s/%s", bases[i], name);
			return fd;
		}
		if (fd == -ENOENT)
			continue;
		err = cadre__fail(fd, "%s/%s: %s", bases[i], name,
		    why_not(fd));
	}
	if (err == -ENOENT)
		cadre__fail(err, "no app called %s: `cadre ls` lists those "
		    "there are", name);
	return err;
}

int
cadre__rundir_connect(int dirfd)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	struct stat st;
	int fd, err;

	/* A symlink could lead a request to another app. */
	if (fstatat(dirfd, "sock", &st, AT_SYMLINK_NOFOLLOW) < 0)
		return -errno;
	if (!S_ISSOCK(st.st_mode))
		return -ENOTSOCK;
	/* By descriptor: the path itself may not fit into sun_path. */
	snprintf(to.sun_path, sizeof(to.sun_path), "/proc/self/fd/%d/sock",
	    dirfd);
	fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	if (connect(fd, (struct sockaddr *)&to, sizeof(to)) < 0) {
		err = -errno;
		close(fd);
		return err;
	}
	return fd;
}

/*
 * Never to be called by the master for its own directory: the close() below
 * would give up every fcntl lock that this very process has on the file.
 */
int
cadre__rundir_master(int dirfd, int *ret_pid)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	int fd, err;

	fd = openat(dirfd, "name", O_RDONLY | O_NOFOLLOW | O_NONBLOCK |
	    O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT ? -ESRCH : -errno;
	err = fcntl(fd, F_GETLK, &lock) < 0 ? -errno : 0;
	close(fd);
	if (err < 0)
		return err;
	if (lock.l_type == F_UNLCK)
		return -ESRCH;
	*ret_pid = (int)lock.l_pid;
	return 0;
}

/* Has a lock, or may not be looked into: not just any directory. */
static bool
is_app(int fd)
{
	return faccessat(fd, "name", F_OK, 0) == 0 ||
	    faccessat(fd, "alive", F_OK, 0) == 0 || errno != ENOENT;
}

static int
list_base(const char *base, void (*each)(const char *, const char *, void *),
    void *arg)
{
	char path[4 * BASE_BYTES];
	struct dirent *entry;
	DIR *dir;
	int fd, n = 0;
	bool ours;

	dir = opendir(base);
	if (dir == NULL)
		return 0;
	while ((entry = readdir(dir)) != NULL) {
		if (cadre__name_check(entry->d_name) < 0)
			continue;
		fd = openat(dirfd(dir), entry->d_name, DIR_FLAGS | O_NOFOLLOW);
		if (fd < 0)
			continue;
		ours = is_app(fd);
		close(fd);
		if (!ours)
			continue;
		snprintf(path, sizeof(path), "%s/%s", base, entry->d_name);
		each(entry->d_name, path, arg);
		n++;
	}
	closedir(dir);
	return n;
}

int
cadre_region_list(void (*each)(const char *name, const char *dir, void *arg),
    void *arg)
{
	char bases[2][BASE_BYTES];
	int n = cadre__rundir_bases(bases), found = 0;

	for (int i = 0; i < n; i++)
		found += list_base(bases[i], each, arg);
	return found;
}
