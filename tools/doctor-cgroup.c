/* SPDX-License-Identifier: BSD-2-Clause */
/* Control groups: what the own one, and those above, leave to an app. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cadre/master.h>

#include "runtime/cgroup.h"
#include "tools/doctor.h"
#include "tools/text.h"

/* Which versions are mounted: bit 0 is v1, bit 1 v2. -errno. */
static int
versions(void)
{
	char line[4096], *type;
	int seen = 0;
	FILE *f;

	f = fopen("/proc/self/mountinfo", "re");
	if (f == NULL)
		return -errno;
	while (fgets(line, sizeof(line), f) != NULL) {
		type = strstr(line, " - ");
		if (type == NULL)
			continue;
		if (strncmp(type, " - cgroup ", 10) == 0)
			seen |= 1;
		if (strncmp(type, " - cgroup2 ", 11) == 0)
			seen |= 2;
	}
	fclose(f);
	return seen;
}

static void
version(const struct patient *p, struct finding *f)
{
	static const char *const words[] = {
		"none is mounted, so limits that come from one do not show",
		"v1", "v2", "v1, and v2 beside it",
	};
	int seen = versions();

	(void)p;
	if (seen < 0)
		finding_set(f, FINDING_UNKNOWN, "/proc/self/mountinfo: %s",
		    strerror(-seen));
	else
		finding_set(f, seen == 0 ? FINDING_UNKNOWN : FINDING_OK, "%s",
		    words[seen]);
}

static void
cpus(const struct patient *p, struct finding *f)
{
	const char *why;
	int n = cadre_cpus(&why);
	long online = sysconf(_SC_NPROCESSORS_ONLN);

	(void)p;
	if (access("/proc/self/mountinfo", R_OK) < 0) {
		finding_set(f, FINDING_UNKNOWN, "%d by %s, and quotas are not "
		    "seen: /proc/self/mountinfo: %s", n, why, strerror(errno));
		return;
	}
	finding_set(f, FINDING_OK, "%d of %ld, by %s: so many workers are "
	    "-i max", n, online, why);
}

static void
memory(const struct patient *p, struct finding *f)
{
	struct need max, many;
	const char *why;
	uint64_t room;

	(void)p;
	need_of((unsigned int)cadre_cpus(NULL), &max);
	need_of(NEED_MANY, &many);
	room = memory_room(&why);
	if (room == UINT64_MAX) {
		finding_set(f, FINDING_UNKNOWN, "neither a cgroup's limit nor "
		    "/proc/meminfo can be read");
		return;
	}
	finding_set(f, FINDING_OK, "%s left by %s; the region of %u workers "
	    "takes %s, of %u %s", text_size(room).s, why, max.workers,
	    text_size(max.region_bytes).s, many.workers,
	    text_size(many.region_bytes).s);
	if (room >= many.region_bytes)
		return;
	f->state = room < max.region_bytes ? FINDING_FAIL : FINDING_WARN;
	finding_means(f, "an app of %u workers cannot start",
	    room < max.region_bytes ? max.workers : many.workers);
	finding_remedy(f, "raise %s, or have fewer seats", why);
}

struct pids {
	uint64_t	left, max;
	bool		known;		/* the controller is there */
};

static void
pids_visit(int dirfd, bool v2, void *arg)
{
	struct pids *pids = arg;
	uint64_t max, now;

	(void)v2;
	if (cgroup_number(dirfd, "pids.current", &now) < 0)
		return;
	pids->known = true;
	if (cgroup_number(dirfd, "pids.max", &max) < 0)
		return;			/* "max": no limit */
	now = max > now ? max - now : 0;
	if (now < pids->left) {
		pids->left = now;
		pids->max = max;
	}
}

static void
pids(const struct patient *p, struct finding *f)
{
	unsigned int workers = (unsigned int)cadre_cpus(NULL);
	struct pids room = { .left = UINT64_MAX };

	(void)p;
	cgroup_walk("pids", pids_visit, &room);
	if (room.left == UINT64_MAX) {
		finding_set(f, versions() < 0 ? FINDING_UNKNOWN : FINDING_OK,
		    "%s", versions() < 0 ? "/proc/self/mountinfo cannot be "
		    "read" : room.known ? "no limit" : "no limit that shows");
		return;
	}
	finding_set(f, FINDING_OK, "%llu of %llu left",
	    (unsigned long long)room.left, (unsigned long long)room.max);
	if (room.left > NEED_MANY)
		return;
	f->state = room.left > workers ? FINDING_WARN : FINDING_FAIL;
	finding_means(f, "an app of %u workers cannot be forked whole",
	    room.left > workers ? NEED_MANY : workers);
	finding_remedy(f, "raise pids.max: TasksMax= in a unit, --pids-limit "
	    "of a container");
}

static const struct check checks[] = {
	{ "cgroup",	"control groups",		version },
	{ "cpus",	"processors",			cpus },
	{ "memory",	"memory for the region",	memory },
	{ "pids",	"processes by pids.max",	pids },
};
const struct ward ward_cgroup = { checks, sizeof(checks) / sizeof(checks[0]) };
