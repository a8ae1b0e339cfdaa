/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * When the master cannot answer: the app's living processes still hold its
 * objects. They are known by the lock file `alive`, which every one of them
 * has open; their memory objects are found by name under /proc/PID and reopened
 * read-only: of what is open in fd, which root and the same uid may, and of what
 * is mapped in map_files, which only root and who has CAP_CHECKPOINT_RESTORE may
 * follow. A worker has few slots open, but maps all.
 */
#include "shm/export.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "shm/region.h"

/* The number that a name in /proc consists of, or -1. */
static int
number(const char *name)
{
	char *end;
	unsigned long n = strtoul(name, &end, 10);

	return name[0] >= '0' && name[0] <= '9' && *end == '\0' &&
	    n <= INT32_MAX ? (int)n : -1;
}

/* `what`: fd or map_files. */
static DIR *
dir_of(int pid, const char *what)
{
	char path[48];

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, what);
	return opendir(path);
}

static int
next_fd(DIR *fds)
{
	struct dirent *e;
	int fd;

	while ((e = readdir(fds)) != NULL) {
		fd = number(e->d_name);
		if (fd >= 0)
			return fd;
	}
	return -1;
}

static bool
holds(DIR *fds, const struct stat *alive)
{
	struct stat st;
	char name[16];
	int fd;

	rewinddir(fds);
	while ((fd = next_fd(fds)) >= 0) {
		snprintf(name, sizeof(name), "%d", fd);
		if (fstatat(dirfd(fds), name, &st, 0) == 0 &&
		    st.st_dev == alive->st_dev && st.st_ino == alive->st_ino)
			return true;
	}
	return false;
}

int
cadre__rundir_holders(int dirfd, char *pids, size_t bytes)
{
	struct stat alive;
	struct dirent *e;
	size_t len = 0;
	DIR *proc, *fds;
	int pid, n = 0;

	snprintf(pids, bytes, "?");
	if (fstatat(dirfd, "alive", &alive, AT_SYMLINK_NOFOLLOW) < 0)
		return 0;
	proc = opendir("/proc");
	while (proc != NULL && (e = readdir(proc)) != NULL) {
		pid = number(e->d_name);
		if (pid < 0 || pid == getpid() || (fds = dir_of(pid, "fd")) == NULL)
			continue;
		if (holds(fds, &alive)) {
			char text[16];
			int add = snprintf(text, sizeof(text), "%s%d",
			    n > 0 ? " " : "", pid);

			n++;
			if (len + (size_t)add < bytes) {
				memcpy(pids + len, text, (size_t)add + 1);
				len += (size_t)add;
			}
		}
		closedir(fds);
	}
	if (proc != NULL)
		closedir(proc);
	return n;
}

#define ACCEPTOR	(1 + CADRE_SLOTS_PER_SEAT * CADRE_SEATS_MAX)

/*
 * Which of the app's objects a link below /proc/PID names: 0 the anchor, 1 + i
 * slot i, ACCEPTOR the acceptor's, whose number the anchor tells, -1 none. The
 * whole text must be as we would have written it.
 */
static int
object_number(const char *link, const char *prefix)
{
	static const char anchor[] = "anchor (deleted)", slot[] = "slot:";
	static const char acceptor[] = "acceptor (deleted)";
	size_t len = strlen(prefix);
	unsigned long n;
	char *end;

	if (strncmp(link, prefix, len) != 0)
		return -1;
	link += len;
	if (strcmp(link, anchor) == 0)
		return 0;
	if (strcmp(link, acceptor) == 0)
		return ACCEPTOR;
	if (strncmp(link, slot, sizeof(slot) - 1) != 0)
		return -1;
	link += sizeof(slot) - 1;
	n = strtoul(link, &end, 10);
	if (*link < '0' || *link > '9' || strcmp(end, " (deleted)") != 0 ||
	    n >= CADRE_SLOTS_PER_SEAT * CADRE_SEATS_MAX)
		return -1;
	return 1 + (int)n;
}

/* The next object of a process, reopened; -1: no more. */
static int
next_object(DIR *links, const char *prefix, int *ret_number)
{
	struct dirent *e;
	char link[256];
	ssize_t n;
	int own, which;

	while ((e = readdir(links)) != NULL) {
		n = readlinkat(dirfd(links), e->d_name, link, sizeof(link) - 1);
		if (n <= 0)
			continue;
		link[n] = '\0';
		which = object_number(link, prefix);
		if (which < 0)
			continue;
		/* It may be another by now: who maps it checks it. */
		own = openat(dirfd(links), e->d_name, O_RDONLY | O_CLOEXEC);
		if (own < 0)
			continue;
		*ret_number = which;
		return own;
	}
	return -1;
}

/* Take what a process has: the anchor first, for it tells of the others. */
static void
take_objects(DIR *links, const char *prefix, struct cadre_region **region)
{
	int own, which;

	rewinddir(links);
	while (*region == NULL &&
	    (own = next_object(links, prefix, &which)) >= 0) {
		if (which == 0)
			cadre__region_new(own, region);
		close(own);
	}
	rewinddir(links);
	while (*region != NULL &&
	    (own = next_object(links, prefix, &which)) >= 0) {
		/* One that does not fit is left out: it reads as zeros. */
		if (which == ACCEPTOR)
			cadre__region_acceptor(*region, own);
		else if (which > 0)
			cadre__region_slot(*region, (unsigned int)which - 1,
			    own);
		close(own);
	}
}

static bool
complete(const struct cadre_region *region)
{
	return region != NULL && cadre__region_missing(region) == 0;
}

static void
take_process(int pid, const struct stat *alive, const char *prefix,
    struct cadre_region **region)
{
	DIR *fds = dir_of(pid, "fd"), *maps;

	if (fds == NULL)
		return;
	if (holds(fds, alive)) {
		take_objects(fds, prefix, region);
		maps = complete(*region) ? NULL : dir_of(pid, "map_files");
		if (maps != NULL) {
			take_objects(maps, prefix, region);
			closedir(maps);
		}
	}
	closedir(fds);
}

int
cadre__holders_take(int dirfd, const char *name,
    struct cadre_region **ret_region)
{
	struct cadre_region *region = NULL;
	struct stat alive;
	struct dirent *e;
	char prefix[128];
	DIR *proc;
	int pid;

	if (fstatat(dirfd, "alive", &alive, AT_SYMLINK_NOFOLLOW) < 0)
		return -ESRCH;
	snprintf(prefix, sizeof(prefix), "/memfd:cadre:%s:", name);
	proc = opendir("/proc");
	while (proc != NULL && !complete(region) &&
	    (e = readdir(proc)) != NULL) {
		pid = number(e->d_name);
		if (pid >= 0)
			take_process(pid, &alive, prefix, &region);
	}
	if (proc != NULL)
		closedir(proc);
	if (region == NULL)
		return -ESRCH;
	*ret_region = region;
	return 0;
}
