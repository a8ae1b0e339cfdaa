/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The objects have no name, so their descriptors are opened in /proc. They
 * are the lowest that were free: the maker is forked from the test, and makes
 * the anchor first.
 */
#include "t/lib/maker.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "shm/anchor.h"
#include "shm/object.h"
#include "shm/region.h"
#include "t/lib/tap.h"

#define ADDRESS	"tcp:127.0.0.1:8080"
#define SEATS	1
#define OBJECTS	(1 + CADRE_SLOTS_PER_SEAT * SEATS + 1)

static const struct cadre__shape shape = { SEATS, 64, 1, 0 };
static const struct cadre_shm_metric metric = {
	CADRE_KIND_COUNTER, CADRE_AGGREGATE_SUM, CADRE_ON_DEATH_KEEP, 0,
	sizeof(struct cadre_shm_slot), 8, "requests", "", "a test's", { 0 }
};

void
maker_make(void)
{
	struct cadre__anchor *a;

	if (cadre__anchor_new("made", &shape, &a) < 0)
		_exit(1);
	cadre__anchor_metric(a, &metric);
	cadre__anchor_listener(a, 0, ADDRESS, "spread");
	cadre__anchor_publish(a);
}

int
maker_fd(pid_t pid, unsigned int object)
{
	static int first = -1;
	char path[64];

	if (first < 0) {
		first = dup(STDIN_FILENO);
		close(first);
	}
	snprintf(path, sizeof(path), "/proc/%d/fd/%d", (int)pid,
	    first + (int)object);
	return open(path, O_RDONLY | O_CLOEXEC);
}

static bool
others_taken(struct cadre_region *r, pid_t pid)
{
	unsigned int taken = 0;

	for (unsigned int i = 1; i < OBJECTS; i++) {
		int fd = maker_fd(pid, i);

		taken += fd >= 0 && cadre__region_object(r, i, fd) == 0;
		close(fd);
	}
	return taken == OBJECTS - 1 && cadre__region_missing(r) == 0;
}

static bool
is_whole(struct cadre_region *r, pid_t pid)
{
	struct cadre_shm_listener l;
	struct cadre_app app;
	uint64_t total = 1;

	cadre_region_app(r, &app);
	return others_taken(r, pid) && strcmp(app.name, "made") == 0 &&
	    app.max_workers == SEATS && app.master_pid == pid &&
	    app.master_lives && app.state == CADRE_APP_STARTING &&
	    cadre_region_metrics(r) == 1 &&
	    cadre_region_find(r, metric.name) == 0 &&
	    cadre_region_totals(r, &total, 1) == 1 && total == 0 &&
	    cadre_region_listener(r, 0, &l) == 0 &&
	    strcmp(l.address, ADDRESS) == 0;
}

enum maker_seen
maker_look(pid_t pid)
{
	int fd = maker_fd(pid, 0), err;
	struct cadre_region *r;
	enum maker_seen seen;

	if (fd < 0)
		return MAKER_NOTHING;
	err = cadre__region_new(fd, &r);
	close(fd);
	if (err < 0)
		return err == -EPROTO ? MAKER_REFUSED : MAKER_WRONG;
	seen = is_whole(r, pid) ? MAKER_WHOLE : MAKER_WRONG;
	cadre_region_close(r);
	return seen;
}

/* As soon as it has its size. */
static const void *
anchor_map(pid_t pid, size_t *ret_bytes)
{
	int fd = maker_fd(pid, 0);
	struct stat st = { .st_size = 0 };
	void *map = NULL;

	if (fd < 0)
		return NULL;
	if (fstat(fd, &st) == 0 && st.st_size > 0 && cadre__object_map(fd,
	    (size_t)st.st_size, PROT_READ, NULL, &map) == 0)
		*ret_bytes = (size_t)st.st_size;
	close(fd);
	return map;
}

bool
maker_changed(pid_t pid)
{
	static const void *map;
	static char *last;
	static size_t bytes;

	if (map == NULL) {
		map = anchor_map(pid, &bytes);
		if (map == NULL)
			return false;
		last = calloc(1, bytes);	/* as a new object is */
		if (last == NULL)
			bail_out("no memory");
	}
	if (memcmp(map, last, bytes) == 0)
		return false;
	memcpy(last, map, bytes);
	return true;
}
