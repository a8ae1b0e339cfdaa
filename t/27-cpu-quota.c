/* SPDX-License-Identifier: BSD-2-Clause */
/* t/27-cpu-quota: a CPU quota, rounded up, bounds how many workers "max" is */
#include <sched.h>
#include <stdio.h>
#include <unistd.h>

#include <sys/stat.h>
#include <sys/wait.h>

#include "t/lib/app.h"
#include "t/lib/limit.h"
#include "t/lib/tap.h"

static const struct row {
	long	quota_us;		/* of 100,000 */
	int	cpus;
} rows[] = {
	{ 100000, 1 }, { 1000, 1 }, { 100001, 2 }, { 200000, 2 }, { 1000000, 10 },
};

static int
in_limit(const struct limit *l)
{
	int status = 0;
	pid_t pid = fork();

	if (pid == 0)
		_exit(limit_enter(l) ? cadre_cpus(NULL) : 255);
	waitpid(pid, &status, 0);
	return WEXITSTATUS(status);
}

/* What it leaves of the affinity mask is all there is. */
static void
cpuset(void)
{
	struct limit l;
	cpu_set_t mask;
	int first = 0;
	char cpu[16];

	for (sched_getaffinity(0, sizeof(mask), &mask); !CPU_ISSET(first, &mask);)
		first++;
	snprintf(cpu, sizeof(cpu), "%d", first);
	if (!limit_make(&l, "cpuset", "cpuset.cpus", "cpuset.cpus") ||
	    !limit_set(&l, "cpuset.cpus", cpu) ||
	    !limit_set(&l, "cpuset.mems", "0"))
		skip(1, "no cgroup with a cpuset can be made here");
	else
		is_int(in_limit(&l), 1, "in a cpuset of one processor, one");
}

int
main(void)
{
	int cpus = cadre_cpus(NULL);
	struct limit l, below;
	const char *file;
	char text[64];

	if (!limit_make(&l, "cpu", "cpu.cfs_quota_us", "cpu.max"))
		skip_all("no cgroup with a CPU quota can be made here");
	file = l.v2 ? "cpu.max" : "cpu.cfs_quota_us";
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		snprintf(text, sizeof(text), l.v2 ? "%ld 100000" : "%ld",
		    rows[i].quota_us);
		ok(limit_set(&l, file, text),
		    "a quota of %ld/100000", rows[i].quota_us);
		is_int(in_limit(&l), rows[i].cpus < cpus ? rows[i].cpus : cpus,
		    "rounded up, if it is less than affinity");
	}
	below = l;
	limit_set(&l, file, l.v2 ? "100000 100000" : "100000");
	snprintf(below.path, sizeof(below.path), "%.200s/below", l.path);
	mkdir(below.path, 0755);
	is_int(in_limit(&below), 1, "a limit binds the groups below");
	rmdir(below.path);
	cpuset();
	return done_testing();
}
