/* SPDX-License-Identifier: BSD-2-Clause */
/* Limits set by a cgroup; see limit.h. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sys/stat.h>

#include "runtime/cgroup.h"
#include "t/lib/limit.h"

#define LIMITS_MAX	4

static char made[LIMITS_MAX][256];
static int nmade;
static pid_t maker;

static void
remove_all(void)
{
	while (getpid() == maker && nmade > 0)
		rmdir(made[--nmade]);
}

struct wish {
	struct limit	*limit;
	const char	*file[2];	/* v1, v2 */
};

/* The walk begins with our own group, in each hierarchy there is. */
static void
try_here(int dirfd, bool v2, void *arg)
{
	struct wish *w = arg;
	char link[32], own[192] = "", path[400];
	struct stat st;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", dirfd);
	if (w->limit->path[0] != '\0' || nmade == LIMITS_MAX ||
	    readlink(link, own, sizeof(own) - 1) <= 0)
		return;
	snprintf(w->limit->path, sizeof(w->limit->path), "%s/cadre-test-%d-%d",
	    own, getpid(), nmade);
	snprintf(path, sizeof(path), "%s/%s", w->limit->path, w->file[v2]);
	w->limit->v2 = v2;
	if (mkdir(w->limit->path, 0755) == 0 && stat(path, &st) == 0) {
		strcpy(made[nmade++], w->limit->path);
		return;
	}
	rmdir(w->limit->path);
	w->limit->path[0] = '\0';
}

bool
limit_make(struct limit *l, const char *controller, const char *file_v1,
    const char *file_v2)
{
	struct wish w = { l, { file_v1, file_v2 } };

	if (nmade == 0)
		atexit(remove_all);
	maker = getpid();
	l->path[0] = '\0';
	cgroup_walk(controller, try_here, &w);
	return l->path[0] != '\0';
}

bool
limit_set(const struct limit *l, const char *file, const char *text)
{
	ssize_t n = (ssize_t)strlen(text);
	char path[400];
	bool set;
	int fd;

	snprintf(path, sizeof(path), "%s/%s", l->path, file);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	set = fd >= 0 && write(fd, text, (size_t)n) == n;
	if (fd >= 0)
		close(fd);
	return set;
}

bool
limit_enter(const struct limit *l)
{
	return limit_set(l, "cgroup.procs", "0");
}
