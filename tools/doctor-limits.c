/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Limits of this process, against what an app needs: one as large as `-i max`
 * makes it must fit, one of NEED_MANY workers should.
 */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <sys/resource.h>
#include <sys/stat.h>

#include <cadre/master.h>

#include "runtime/size.h"
#include "tools/doctor.h"
#include "tools/text.h"

#define OBSERVER_FDS	256	/* a frame brings 128, and the verb has some */
#define ROOM_BYTES	32

static const char *
amount(rlim_t v, char *room)
{
	if (v == RLIM_INFINITY)
		return "unlimited";
	snprintf(room, ROOM_BYTES, "%llu", (unsigned long long)v);
	return room;
}

/* Both limits; false, and f says why, if they cannot be had. */
static bool
limit(struct finding *f, __rlimit_resource_t resource, struct rlimit *ret)
{
	char soft[ROOM_BYTES], hard[ROOM_BYTES];

	if (getrlimit(resource, ret) < 0) {
		finding_set(f, FINDING_UNKNOWN, "getrlimit: %s",
		    strerror(errno));
		return false;
	}
	finding_set(f, FINDING_OK, "soft %s, hard %s",
	    amount(ret->rlim_cur, soft), amount(ret->rlim_max, hard));
	return true;
}

/* A master raises its soft limit to the hard one; observers do not. */
static void
descriptors(const struct patient *p, struct finding *f)
{
	struct need max, many;
	struct rlimit l;

	(void)p;
	if (!limit(f, RLIMIT_NOFILE, &l))
		return;
	need_of((unsigned int)cadre_cpus(NULL), &max);
	need_of(NEED_MANY, &many);
	finding_add(f, "; the master of %u workers needs %u, of %u %u",
	    max.workers, max.descriptors, many.workers, many.descriptors);
	if (l.rlim_max < max.descriptors) {
		f->state = FINDING_FAIL;
		finding_means(f, "an app of %u workers cannot start",
		    max.workers);
		finding_remedy(f, "as root: ulimit -Hn %u; for good: "
		    "LimitNOFILE=%u in a unit, or limits.conf(5)",
		    many.descriptors + NEED_PASSING,
		    many.descriptors + NEED_PASSING);
	} else if (l.rlim_cur < OBSERVER_FDS) {
		f->state = FINDING_WARN;
		finding_means(f, "cadre stat and other observers cannot take "
		    "the descriptors of a region");
		finding_remedy(f, "ulimit -Sn %d", OBSERVER_FDS);
	} else if (l.rlim_max < many.descriptors + NEED_PASSING) {
		f->state = FINDING_WARN;
		finding_means(f, "an app of %u workers cannot start, or has "
		    "none left for observers", many.workers);
		finding_remedy(f, "as root: ulimit -Hn %u",
		    many.descriptors + NEED_PASSING);
	}
}

static bool
is_number(const char *name)
{
	for (; isdigit((unsigned char)*name); name++)
		;
	return *name == '\0';
}

/* Threads of this uid: a thread is a directory in task, besides two links. */
static int
tasks_of(uid_t uid)
{
	DIR *proc = opendir("/proc");
	char path[280];
	struct dirent *e;
	struct stat st;
	int n = 0;

	if (proc == NULL)
		return -errno;
	while ((e = readdir(proc)) != NULL) {
		snprintf(path, sizeof(path), "/proc/%s/task", e->d_name);
		if (is_number(e->d_name) && stat(path, &st) == 0 &&
		    st.st_uid == uid && st.st_nlink > 2)
			n += (int)st.st_nlink - 2;
	}
	closedir(proc);
	return n;
}

static void
processes(const struct patient *p, struct finding *f)
{
	unsigned int workers = (unsigned int)cadre_cpus(NULL);
	struct rlimit l;
	rlim_t left;
	int used;

	(void)p;
	if (!limit(f, RLIMIT_NPROC, &l))
		return;
	used = tasks_of(getuid());
	if (used <= 0) {
		finding_set(f, FINDING_UNKNOWN, "/proc: %s", used < 0 ?
		    strerror(-used) : "no process of this uid can be seen");
		return;
	}
	finding_add(f, ", %d in use by uid %u", used, (unsigned int)getuid());
	left = l.rlim_cur > (rlim_t)used ? l.rlim_cur - (rlim_t)used : 0;
	if (getuid() == 0 || left > NEED_MANY)
		return;			/* root is not bound by it */
	f->state = left > workers ? FINDING_WARN : FINDING_FAIL;
	finding_means(f, "%llu more processes can be forked, and an app of %u "
	    "workers needs %u", (unsigned long long)left,
	    left > workers ? NEED_MANY : workers,
	    (left > workers ? NEED_MANY : workers) + 1);
	finding_remedy(f, "ulimit -u %d, LimitNPROC= in a unit, or "
	    "limits.conf(5)", used + NEED_MANY + 1);
}

static void
file_size(const struct patient *p, struct finding *f)
{
	struct need max, many;
	struct rlimit l;

	(void)p;
	if (!limit(f, RLIMIT_FSIZE, &l))
		return;
	need_of((unsigned int)cadre_cpus(NULL), &max);
	need_of(NEED_MANY, &many);
	finding_add(f, "; the largest memory object of %u workers has %s, of "
	    "%u %s", max.workers, text_size(max.object_bytes).s, many.workers,
	    text_size(many.object_bytes).s);
	if (l.rlim_cur >= many.object_bytes && l.rlim_cur >= LOG_BYTES)
		return;
	f->state = l.rlim_cur < max.object_bytes ? FINDING_FAIL : FINDING_WARN;
	if (l.rlim_cur < max.object_bytes)
		finding_means(f, "no app can start: its shared memory cannot "
		    "be made");
	else if (l.rlim_cur < LOG_BYTES)
		finding_means(f, "a worker that writes more into its log is "
		    "ended by SIGXFSZ");
	else
		finding_means(f, "an app of %u workers cannot start",
		    many.workers);
	finding_remedy(f, "ulimit -f unlimited");
}

static void
core(const struct patient *p, struct finding *f)
{
	struct rlimit l;

	(void)p;
	if (limit(f, RLIMIT_CORE, &l) && l.rlim_cur == 0)
		finding_add(f, ": a worker that crashes leaves no core file");
}

static const struct check checks[] = {
	{ "nofile",	"open descriptors, ulimit -n",	descriptors },
	{ "nproc",	"processes, ulimit -u",		processes },
	{ "fsize",	"bytes of a file, ulimit -f",	file_size },
	{ "core",	"core files, ulimit -c",	core },
};
const struct ward ward_limits = { checks, sizeof(checks) / sizeof(checks[0]) };
