/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where the limits of this process stand. A limit binds through all levels, so
 * every directory from the process's own up to the mount is visited; in a
 * container the mount may begin below the root that /proc/self/cgroup names.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runtime/cgroup.h"

int
cgroup_read(int dirfd, const char *file, char *text, size_t bytes)
{
	ssize_t n;
	int fd;

	fd = openat(dirfd, file, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	n = read(fd, text, bytes - 1);
	close(fd);
	if (n < 0)
		return -EIO;
	text[n] = '\0';
	return (int)n;
}

int
cgroup_number(int dirfd, const char *file, uint64_t *ret_value)
{
	char text[64] = "";
	uint64_t v;
	char *end;
	int n;

	n = cgroup_read(dirfd, file, text, sizeof(text));
	if (n < 0)
		return n;
	if (text[0] < '0' || text[0] > '9')
		return -ERANGE;
	v = strtoull(text, &end, 10);
	if (end == text)
		return -ERANGE;
	*ret_value = v;
	return 0;
}

/* Is `word` one of the comma-separated words of `list`? */
static bool
has_word(const char *list, const char *word)
{
	size_t n = strlen(word);

	for (const char *p = list; p != NULL; p = strchr(p, ',')) {
		if (*p == ',')
			p++;
		if (strncmp(p, word, n) == 0 &&
		    (p[n] == ',' || p[n] == '\0' || p[n] == '\n'))
			return true;
	}
	return false;
}

/* The path of our own group, as seen from the root of its hierarchy. */
static bool
own_path(const char *controller, bool v2, char *path, size_t bytes)
{
	char line[PATH_MAX + 256], *controllers, *p;
	bool found = false;
	FILE *f;

	f = fopen("/proc/self/cgroup", "re");
	if (f == NULL)
		return false;
	while (!found && fgets(line, sizeof(line), f) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		controllers = strchr(line, ':');
		if (controllers == NULL)
			continue;
		controllers++;
		p = strchr(controllers, ':');
#ifndef FUZZ_PLANT			/* a line with one colon */
		if (p == NULL)
			continue;
#endif
		*p++ = '\0';
		found = v2 ? *controllers == '\0' :
		    has_word(controllers, controller);
		if (found)
			snprintf(path, bytes, "%s", p);
	}
	fclose(f);
	return found;
}

static void
climb(const char *mount, const char *below, bool v2, cgroup_visit_fn *visit,
    void *arg)
{
	char path[PATH_MAX];
	size_t least = strlen(mount);
	char *slash;
	int fd;

	if (snprintf(path, sizeof(path), "%s%s", mount, below) >=
	    (int)sizeof(path))
		return;
	for (;;) {
		fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (fd >= 0) {
			visit(fd, v2, arg);
			close(fd);
		}
		slash = strrchr(path, '/');
		if (slash == NULL || (size_t)(slash - path) < least)
			return;
		*slash = '\0';
	}
}

/* One line of mountinfo: ID PARENT DEV ROOT MOUNT OPTIONS … - TYPE SRC SUPER */
static void
mount_visit(char *line, const char *controller, cgroup_visit_fn *visit,
    void *arg)
{
	char path[PATH_MAX], root[PATH_MAX], mount[PATH_MAX];
	char type[32], super[512];
	const char *tail, *below = path;
	size_t n;
	bool v2;

	tail = strstr(line, " - ");
	if (tail == NULL ||
	    sscanf(tail, " - %31s %*s %511s", type, super) != 2 ||
	    sscanf(line, "%*s %*s %*s %4095s %4095s", root, mount) != 2)
		return;
	v2 = strcmp(type, "cgroup2") == 0;
	if (!v2 && (strcmp(type, "cgroup") != 0 || !has_word(super, controller)))
		return;
	if (!own_path(controller, v2, path, sizeof(path)))
		return;
	n = strcmp(root, "/") == 0 ? 0 : strlen(root);
	if (strncmp(path, root, n) == 0 && (path[n] == '/' || path[n] == '\0'))
		below += n;
	else
		below = "";	/* a namespace hides where we are: the mount */
	if (strcmp(below, "/") == 0 || strstr(below, "..") != NULL)
		below = "";
	climb(mount, below, v2, visit, arg);
}

void
cgroup_walk(const char *controller, cgroup_visit_fn *visit, void *arg)
{
	char line[3 * PATH_MAX];
	FILE *f;

	f = fopen("/proc/self/mountinfo", "re");
	if (f == NULL)
		return;
	while (fgets(line, sizeof(line), f) != NULL)
		mount_visit(line, controller, visit, arg);
	fclose(f);
}

struct room {
	uint64_t	bytes;
	const char	*why;
};

/* Cached file pages count as used but are given back before anyone dies. */
static uint64_t
reclaimable(int dirfd, bool v2)
{
	const char *word = v2 ? "\ninactive_file " : "\ntotal_inactive_file ";
	char text[8192];
	const char *p;

	if (cgroup_read(dirfd, "memory.stat", text, sizeof(text)) < 0)
		return 0;
	p = strstr(text, word);
	return p != NULL ? strtoull(p + strlen(word), NULL, 10) : 0;
}

static void
memory_visit(int dirfd, bool v2, void *arg)
{
	const char *limit_file = v2 ? "memory.max" : "memory.limit_in_bytes";
	const char *used_file = v2 ? "memory.current" : "memory.usage_in_bytes";
	struct room *room = arg;
	uint64_t limit, used, cache, left;

	if (cgroup_number(dirfd, limit_file, &limit) < 0 ||
	    cgroup_number(dirfd, used_file, &used) < 0)
		return;
	cache = reclaimable(dirfd, v2);
	used = used > cache ? used - cache : 0;
	left = limit > used ? limit - used : 0;
	if (left < room->bytes) {
		room->bytes = left;
		room->why = limit_file;
	}
}

uint64_t
memory_room(const char **ret_why)
{
	struct room room = { UINT64_MAX, "nothing" };
	unsigned long long kib;
	char line[256];
	FILE *f;

	cgroup_walk("memory", memory_visit, &room);
	f = fopen("/proc/meminfo", "re");
	while (f != NULL && fgets(line, sizeof(line), f) != NULL)
		if (sscanf(line, "MemAvailable: %llu kB", &kib) == 1 &&
		    kib * 1024 < room.bytes) {
			room.bytes = kib * 1024;
			room.why = "MemAvailable";
		}
	if (f != NULL)
		fclose(f);
	*ret_why = room.why;
	return room.bytes;
}
