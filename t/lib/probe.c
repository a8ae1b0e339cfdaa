/* SPDX-License-Identifier: BSD-2-Clause */
/* Looking at processes; see probe.h. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sys/wait.h>

#include "shm/atomic.h"
#include "shm/frame.h"
#include "shm/region.h"
#include "shm/rundir.h"
#include "t/lib/app.h"
#include "t/lib/probe.h"
#include "t/lib/tap.h"

static char dir[64];
static pid_t maker;

static int
entries(const char *path, bool (*counts)(const char *name, void *arg),
    void *arg)
{
	DIR *d = opendir(path);
	struct dirent *e;
	int n = 0;

	while (d != NULL && (e = readdir(d)) != NULL)
		n += e->d_name[0] != '.' &&
		    (counts == NULL || counts(e->d_name, arg));
	if (d != NULL)
		closedir(d);
	return d != NULL ? n : -1;
}

int
probe_fds(pid_t pid)
{
	char path[32];

	snprintf(path, sizeof(path), "/proc/%d/fd", pid ? pid : getpid());
	/* In our own list stands the descriptor that reads it. */
	return entries(path, NULL, NULL) - (pid == 0 || pid == getpid());
}

struct child {
	pid_t	parent;
	char	state;
};

static bool
is_child(const char *name, void *arg)
{
	char path[280], state = 0;
	struct child *c = arg;
	int parent = -1;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%s/stat", name);
	f = name[0] <= '9' ? fopen(path, "re") : NULL;
	if (f == NULL)
		return false;
	(void)!fscanf(f, "%*d (%*[^)]) %c %d", &state, &parent);
	fclose(f);
	return parent == c->parent && (c->state == 0 || c->state == state);
}

int
probe_children(pid_t parent, char state)
{
	struct child c = { parent, state };

	return entries("/proc", is_child, &c);
}

long
probe_status(pid_t pid, const char *key)
{
	size_t n = strlen(key);
	char line[256];
	long value = -1;
	FILE *f;

	snprintf(line, sizeof(line), "/proc/%d/status", pid);
	f = fopen(line, "re");
	while (f != NULL && fgets(line, sizeof(line), f) != NULL)
		if (strncmp(line, key, n) == 0 && line[n] == ':')
			value = strtol(line + n + 1, NULL, 10);
	if (f != NULL)
		fclose(f);
	return value;
}

long
probe_log(const struct app *a, unsigned int seat, void *text, size_t bytes)
{
	char path[192];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "%s/%s/log/seat-%u.log", a->dir, a->name,
	    seat);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	n = fd >= 0 ? read(fd, text, bytes) : -1;
	if (fd >= 0)
		close(fd);
	return n;
}

uint64_t
probe_value(const struct app *a, unsigned int seat, const char *metric)
{
	uint64_t values[64];
	int i = cadre_region_find(a->region, metric);

	return i >= 0 && i < cadre_region_values(a->region, seat, values, 64) ?
	    values[i] : UINT64_MAX;
}

/* A client is let in by one turn and answered by a later one. */
bool
probe_turn(const struct app *a)
{
	struct cadre_region *region;

	if (cadre_region_open(a->name, &region) < 0)
		return false;
	cadre_region_close(region);
	return true;
}

struct beats {
	const struct cadre_shm_header *header;
	uint64_t	until;
};

static bool
beaten(void *arg)
{
	const struct beats *b = arg;

	return shm_load(&b->header->beats) >= b->until;
}

bool
probe_beats(const struct app *a, unsigned int n)
{
	struct beats b = { cadre__header(a->region), 0 };

	b.until = shm_load(&b.header->beats) + n;
	return app_until(beaten, &b);
}

int
probe_as(uid_t uid, gid_t gid, int (*call)(void))
{
	int status = 0;
	pid_t pid = fork();

	if (pid == 0)
		_exit(setgroups(1, &gid) < 0 || setgid((gid_t)uid) < 0 ||
		    setuid(uid) < 0 ? 255 : -call());
	waitpid(pid, &status, 0);
	return WIFEXITED(status) ? -WEXITSTATUS(status) : -EINTR;
}

int
probe_stop(const char *name, uint32_t how)
{
	struct cadre__frame f = { .type = CADRE_FRAME_STOP,
	    .length = sizeof(how) };
	struct { int32_t err; char text[256]; } body;
	struct pollfd p = { .events = POLLIN };
	char path[512];
	int err = -EIO, dirfd = cadre__rundir_find(name, path, sizeof(path));

	if (dirfd < 0)
		return dirfd;
	p.fd = cadre__rundir_connect(dirfd);
	close(dirfd);
	if (p.fd < 0)
		return p.fd;
	if (cadre__frame_send(p.fd, &f, &how, NULL, 0) == 0 &&
	    poll(&p, 1, APP_WAIT_S * 1000) == 1 &&
	    cadre__frame_recv(p.fd, &f, &body, sizeof(body), NULL, NULL) == 0)
		err = f.type == CADRE_FRAME_ERROR ? body.err : 0;
	close(p.fd);
	return err;
}

static void
dir_remove(void)
{
	char command[96];

	snprintf(command, sizeof(command), "rm -rf %s", dir);
	if (getpid() == maker)
		(void)!system(command);
}

const char *
probe_dir(void)
{
	strcpy(dir, "/tmp/cadre-test-XXXXXX");
	if (mkdtemp(dir) == NULL)
		bail_out("mkdtemp: %s", strerror(errno));
	maker = getpid();
	atexit(dir_remove);
	setenv("CADRE_RUNTIME_DIR", dir, 1);
	return dir;
}

bool
probe_empty(const char *path)
{
	return entries(path, NULL, NULL) == 0;
}

static bool
ended(void *m)
{
	return cadre_master_dispatch(m) <= 0;
}

bool
probe_ends(struct cadre_master *m)
{
	return app_until(ended, m);
}

struct awaited {
	struct cadre_master *m;
	unsigned int	seat;
	uint64_t	generation;
};

static bool
is_up(void *arg)
{
	struct awaited *a = arg;
	struct cadre_health h;

	return cadre_master_dispatch(a->m) > 0 &&
	    cadre_master_health(a->m, a->seat, &h) == 0 &&
	    h.state == CADRE_STATE_UP && h.generation > a->generation;
}

bool
probe_up(struct cadre_master *m, unsigned int seat, uint64_t generation)
{
	struct awaited a = { m, seat, generation };

	return app_until(is_up, &a);
}

long
probe_switches(pid_t pid)
{
	char path[64], line[128];
	struct dirent *d;
	long sum = 0, n;
	DIR *tasks;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/task", (int)pid);
	tasks = opendir(path);
	while (tasks != NULL && (d = readdir(tasks)) != NULL) {
		snprintf(path, sizeof(path), "/proc/%d/task/%.16s/status",
		    (int)pid, d->d_name);
		f = fopen(path, "re");
		while (f != NULL && fgets(line, sizeof(line), f) != NULL)
			if (sscanf(line, "voluntary_ctxt_switches: %ld",
			    &n) == 1)
				sum += n;
		if (f != NULL)
			fclose(f);
	}
	if (tasks != NULL)
		closedir(tasks);
	return sum;
}
