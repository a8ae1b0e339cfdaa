/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How many workers "max" is: processors this process may run on (affinity,
 * which a cpuset narrows too), but no more than the CPU quota of its cgroup
 * and of those above buys, rounded up.
 */
#include "runtime/export.h"

#include <errno.h>
#include <sched.h>
#include <stdio.h>

#include <cadre/master.h>

#include "runtime/cgroup.h"

#define CPUS_TRIES	4	/* masks of 1,024 to 8,192 processors */

struct cpus {
	uint64_t	n;
	const char	*why;
};

static uint64_t
affinity(void)
{
	cpu_set_t *set;
	size_t bytes;
	uint64_t n = 0;

	for (int i = 0; i < CPUS_TRIES && n == 0; i++) {
		set = CPU_ALLOC(1024 << i);
		if (set == NULL)
			break;
		bytes = CPU_ALLOC_SIZE(1024 << i);
		if (sched_getaffinity(0, bytes, set) == 0)
			n = (uint64_t)CPU_COUNT_S(bytes, set);
		CPU_FREE(set);
	}
	return n > 0 ? n : 1;
}

static void
quota_visit(int dirfd, bool v2, void *arg)
{
	unsigned long long quota, period;
	struct cpus *cpus = arg;
	uint64_t n, q, p;
	char text[64];

	if (v2) {
		if (cgroup_read(dirfd, "cpu.max", text, sizeof(text)) < 0 ||
		    sscanf(text, "%llu %llu", &quota, &period) != 2)
			return;		/* "max": no limit */
		q = quota;
		p = period;
	} else if (cgroup_number(dirfd, "cpu.cfs_quota_us", &q) < 0 ||
	    cgroup_number(dirfd, "cpu.cfs_period_us", &p) < 0)
		return;
	if (p == 0)
		return;
	n = q / p + (q % p != 0);
	if (n < 1)
		n = 1;
	if (n < cpus->n) {
		cpus->n = n;
		cpus->why = v2 ? "cpu.max" : "cpu.cfs_quota_us";
	}
}

int
cadre_cpus(const char **ret_why)
{
	struct cpus cpus = { affinity(), "affinity" };

	cgroup_walk("cpu", quota_visit, &cpus);
	if (ret_why != NULL)
		*ret_why = cpus.why;
	return cpus.n > CADRE_SEATS_MAX ? CADRE_SEATS_MAX : (int)cpus.n;
}
