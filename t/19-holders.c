/* t/19-holders: without a master an observer takes the region from a living process of the app */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cadre/region.h>

#include "shm/rundir.h"
#include "t/lib/sample.h"
#include "t/lib/tap.h"

static struct sample *s;

/* Nothing of the region is mapped in here from now on. */
static void
unmap_all(void)
{
	void *from[4 * SAMPLE_SLOTS], *to[4 * SAMPLE_SLOTS];
	FILE *maps = fopen("/proc/self/maps", "r");
	char line[512];
	int n = 0;

	while (maps != NULL && fgets(line, sizeof(line), maps) != NULL &&
	    n < 4 * SAMPLE_SLOTS)
		if (strstr(line, "/memfd:cadre:") != NULL &&
		    sscanf(line, "%p-%p", &from[n], &to[n]) == 2)
			n++;
	while (n-- > 0)
		munmap(from[n], (size_t)((char *)to[n] - (char *)from[n]));
}

/* May this user take what others map? Tried with a map of our own. */
static int
maps_open(void)
{
	char path[64];
	size_t bytes = s->anchor->places.slot_bytes;
	int fd;

	snprintf(path, sizeof(path), "/proc/self/map_files/%lx-%lx",
	    (unsigned long)s->slot[0], (unsigned long)(s->slot[0] + bytes));
	fd = open(path, O_RDONLY | O_CLOEXEC);
	return fd >= 0 && close(fd) == 0;
}

/*
 * A worker of seat 1 as it lives on: anchor and its own two slots open, `alive`
 * too, and all that is mapped here, if `maps`.
 */
static pid_t
worker(int alive, int maps)
{
	int keep[] = { alive, s->anchor->fd, s->anchor->slot_fd[2],
	    s->anchor->slot_fd[3] }, pipes[2];
	pid_t pid;
	char c;

	if (pipe(pipes) < 0 || (pid = fork()) < 0)
		bail_out("no worker");
	if (pid == 0) {
		for (unsigned int i = 0; i < SAMPLE_SLOTS; i++)
			if (i / 2 != 1)
				close(s->anchor->slot_fd[i]);
		if (fcntl(keep[0], F_GETFD) < 0)
			_exit(1);
		if (!maps)
			unmap_all();
		if (write(pipes[1], "", 1) == 1)
			pause();
		_exit(0);
	}
	if (read(pipes[0], &c, 1) != 1)
		bail_out("the worker died");
	return pid;
}

int
main(void)
{
	char base[] = "/tmp/cadre-holders-XXXXXX", path[256], pids[64];
	uint64_t v[SAMPLE_METRICS];
	struct cadre_region *r = NULL;
	struct cadre_app app;
	pid_t pid, all = 0, found;
	int alive, other, dir, status;

	s = sample_new();
	for (unsigned int i = 0; i < SAMPLE_SLOTS; i++) {
		sample_spawn(s, i);
		cadre_counter_add((void *)sample_word(s, i, SAMPLE_JOBS),
		    1U << i);
	}
	if (mkdtemp(base) == NULL || chdir(base) < 0 || mkdir("sample", 0700))
		bail_out("no directory to test in");
	setenv("CADRE_RUNTIME_DIR", base, 1);
	alive = open("sample/alive", O_CREAT | O_RDWR | O_CLOEXEC, 0600);
	dir = cadre__rundir_find("sample", path, sizeof(path));
	is_int(cadre__rundir_holders(dir, pids, sizeof(pids)), 0, "nobody");
	is_str(pids, "?", "so nobody is named");
	pid = worker(alive, 0);
	is_int(cadre__rundir_holders(dir, pids, sizeof(pids)), 1, "one");
	ok(sscanf(pids, "%d", &found) == 1 && found == pid, "the worker");

	/* This process lets go of all it has: its descriptors are closed. */
	close(alive);
	other = open("sample/other", O_CREAT | O_RDWR | O_CLOEXEC, 0600);
	if (maps_open())
		all = worker(other, 1);
	close(other);
	for (unsigned int i = 0; i < SAMPLE_SLOTS; i++) {
		close(s->anchor->slot_fd[i]);
		s->anchor->slot_fd[i] = -1;
	}
	close(s->anchor->fd);
	s->anchor->fd = -1;
	is_int(cadre_region_open("sample", &r), 0, "opened without a master");
	cadre_region_totals(r, v, SAMPLE_METRICS);
	is_u64(v[SAMPLE_JOBS], 1 << 2 | 1 << 3, "its two slots are there");
	is_int(cadre_region_life(r, 0, 0, v, SAMPLE_METRICS), SAMPLE_METRICS,
	    "a slot that nobody has");
	is_u64(v[SAMPLE_JOBS], 0, "shows no figures");
	is_int(cadre_region_app(r, &app), 0, "the anchor is there");
	is_str(app.name, "sample", "with the name");
	is_int(app.missing, SAMPLE_SLOTS - 2, "the others are missing");
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	cadre_region_totals(r, v, SAMPLE_METRICS);
	is_u64(v[SAMPLE_JOBS], 1 << 2 | 1 << 3, "the handle outlives it");
	cadre_region_close(r);
	r = NULL;
	is_int(cadre_region_open("sample", &r), -ENOENT, "now nobody has it");
	ok(r == NULL, "and there is no handle");
	if (all != 0) {
		rename("sample/other", "sample/alive");
		is_int(cadre_region_open("sample", &r), 0, "another worker");
		cadre_region_totals(r, v, SAMPLE_METRICS);
		is_u64(v[SAMPLE_JOBS], (1 << SAMPLE_SLOTS) - 1,
		    "gives all slots by what it maps");
		cadre_region_app(r, &app);
		is_int(app.missing, 0, "none is missing");
		cadre_region_close(r);
		kill(all, SIGKILL);
		waitpid(all, &status, 0);
	} else {
		skip(4, "this user may not follow /proc/PID/map_files");
	}
	unlink("sample/other");
	unlink("sample/alive");
	rmdir("sample");
	rmdir(base);
	sample_free(s);
	return done_testing();
}
