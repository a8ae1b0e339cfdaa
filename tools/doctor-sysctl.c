/* SPDX-License-Identifier: BSD-2-Clause */
/* Settings of the machine, or of this network, that apps depend on. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cadre/master.h>

#include "runtime/cgroup.h"
#include "tools/doctor.h"
#include "tools/text.h"

#define BACKLOG		511	/* default of a listener, runtime/listen.c */
#define PORT		8080	/* of the demo, and of many an app */
#define OPTMEM_BYTES	20480	/* a choice in 512 pieces fits */
#define MAPS_OTHER	1024	/* of a process, besides the slots */

/* One number; false, and f says why, if it cannot be read. */
static bool
number(struct finding *f, const char *path, uint64_t *ret)
{
	int err = doctor_number(path, ret);

	if (err < 0) {
		finding_set(f, FINDING_UNKNOWN, "%s: %s", path,
		    strerror(-err));
		return false;
	}
	finding_set(f, FINDING_OK, "%llu", (unsigned long long)*ret);
	return true;
}

static void
somaxconn(const struct patient *p, struct finding *f)
{
	uint64_t v;

	(void)p;
	if (!number(f, "/proc/sys/net/core/somaxconn", &v) || v >= BACKLOG)
		return;
	f->state = FINDING_WARN;
	finding_means(f, "accept queues hold that many connections, not %d: "
	    "of a burst some are refused or come late", BACKLOG);
	finding_remedy(f, "sysctl -w net.core.somaxconn=1024");
}

static void
syncookies(const struct patient *p, struct finding *f)
{
	uint64_t v;

	(void)p;
	if (!number(f, "/proc/sys/net/ipv4/tcp_syncookies", &v) || v != 0)
		return;
	f->state = FINDING_WARN;
	finding_means(f, "a flood of SYNs keeps clients out");
	finding_remedy(f, "sysctl -w net.ipv4.tcp_syncookies=1");
}

/* "8000-8090,9000": is the port in it? */
static bool
reserved(unsigned long port)
{
	char text[4096], *at = text, *end;
	unsigned long from, to;

	if (doctor_read("/proc/sys/net/ipv4/ip_local_reserved_ports", text,
	    sizeof(text)) < 0)
		return false;
	for (;; at = end + 1) {
		from = to = strtoul(at, &end, 10);
		if (end == at)
			return false;
		if (*end == '-')
			to = strtoul(end + 1, &end, 10);
		if (port >= from && port <= to)
			return true;
		if (*end != ',')
			return false;
	}
}

static void
port_range(const struct patient *p, struct finding *f)
{
	static const char path[] = "/proc/sys/net/ipv4/ip_local_port_range";
	unsigned long from, to;
	char text[64];
	int n;

	(void)p;
	n = doctor_read(path, text, sizeof(text));
	if (n < 0 || sscanf(text, "%lu %lu", &from, &to) != 2) {
		finding_set(f, FINDING_UNKNOWN, "%s: %s", path, n < 0 ?
		    strerror(-n) : "not two numbers");
		return;
	}
	finding_set(f, FINDING_OK, "%lu to %lu", from, to);
	if (PORT < from || PORT > to || reserved(PORT))
		return;
	f->state = FINDING_WARN;
	finding_means(f, "an outgoing connection may have port %d when an app "
	    "wants to listen there", PORT);
	finding_remedy(f, "sysctl -w net.ipv4.ip_local_reserved_ports=%d",
	    PORT);
}

static void
dgram_qlen(const struct patient *p, struct finding *f)
{
	uint64_t v;

	(void)p;
	if (!number(f, "/proc/sys/net/unix/max_dgram_qlen", &v) || v >= 2)
		return;
	f->state = FINDING_WARN;
	finding_means(f, "a program that notifies faster than the master "
	    "reads is made to wait");
	finding_remedy(f, "sysctl -w net.unix.max_dgram_qlen=10");
}

/* Looking into /proc/PID/fd is no attaching, so observers need none of it. */
static void
ptrace_scope(const struct patient *p, struct finding *f)
{
	static const char path[] = "/proc/sys/kernel/yama/ptrace_scope";
	uint64_t v;

	(void)p;
	if (access(path, F_OK) < 0 && access("/proc/sys/kernel", F_OK) == 0) {
		finding_set(f, FINDING_OK, "no Yama here");
		return;
	}
	if (!number(f, path, &v) || v == 0)
		return;
	if (v == 1) {
		finding_add(f, ": debuggers of this uid attach to their own "
		    "children only; observers are not concerned");
		return;
	}
	f->state = FINDING_WARN;
	finding_means(f, "%s can attach a debugger to a worker", v == 2 ?
	    "root only" : "nobody");
	finding_remedy(f, v == 2 ? "sysctl -w kernel.yama.ptrace_scope=1" :
	    "boot with another kernel.yama.ptrace_scope: 3 stays");
}

static void
unprivileged_bpf(const struct patient *p, struct finding *f)
{
	uint64_t v;

	(void)p;
	if (number(f, "/proc/sys/kernel/unprivileged_bpf_disabled", &v))
		finding_add(f, ": eBPF %s; classic BPF, which spread is, is "
		    "for all", v == 0 ? "of some kinds is for all" :
		    "is for CAP_BPF");
}

static void
optmem(const struct patient *p, struct finding *f)
{
	uint64_t v;

	(void)p;
	if (!number(f, "/proc/sys/net/core/optmem_max", &v) ||
	    v >= OPTMEM_BYTES)
		return;
	f->state = FINDING_WARN;
	finding_means(f, "with hundreds of seats, every other one stalled, the "
	    "choice does not fit and an older one stays");
	finding_remedy(f, "sysctl -w net.core.optmem_max=%d", OPTMEM_BYTES);
}

static void
file_max(const struct patient *p, struct finding *f)
{
	unsigned long long used, unused, max, left;
	static const char path[] = "/proc/sys/fs/file-nr";
	struct need many;
	char text[96];
	int n;

	(void)p;
	n = doctor_read(path, text, sizeof(text));
	if (n < 0 || sscanf(text, "%llu %llu %llu", &used, &unused, &max) != 3) {
		finding_set(f, FINDING_UNKNOWN, "%s: %s", path, n < 0 ?
		    strerror(-n) : "not three numbers");
		return;
	}
	need_of(NEED_MANY, &many);
	left = max > used ? max - used : 0;
	finding_set(f, FINDING_OK, "%llu of %llu in use", used, max);
	if (left >= many.descriptors)
		return;
	f->state = FINDING_WARN;
	finding_means(f, "an app of %u workers may find no descriptor left on "
	    "the machine", many.workers);
	finding_remedy(f, "sysctl -w fs.file-max=%llu",
	    used + 2ULL * many.descriptors);
}

static void
nr_open(const struct patient *p, struct finding *f)
{
	struct need many;
	uint64_t v;

	(void)p;
	need_of(NEED_MANY, &many);
	if (!number(f, "/proc/sys/fs/nr_open", &v) || v >= many.descriptors)
		return;
	f->state = FINDING_WARN;
	finding_means(f, "ulimit -n cannot be raised to the %u that the master "
	    "of %u workers needs", many.descriptors, many.workers);
	finding_remedy(f, "sysctl -w fs.nr_open=1048576");
}

/* A number of KiB out of /proc/meminfo. */
static uint64_t
meminfo(const char *text, const char *key)
{
	const char *at = strstr(text, key);

	return at != NULL ? strtoull(at + strlen(key), NULL, 10) * 1024 : 0;
}

/* 2: what was promised counts, used or not. */
static void
overcommit(const struct patient *p, struct finding *f)
{
	uint64_t v, limit, promised, left;
	char text[4096];
	struct need max;

	(void)p;
	if (!number(f, "/proc/sys/vm/overcommit_memory", &v) || v != 2)
		return;
	if (doctor_read("/proc/meminfo", text, sizeof(text)) < 0) {
		f->state = FINDING_UNKNOWN;
		finding_add(f, ", and /proc/meminfo cannot be read");
		return;
	}
	need_of((unsigned int)cadre_cpus(NULL), &max);
	limit = meminfo(text, "\nCommitLimit:");
	promised = meminfo(text, "\nCommitted_AS:");
	left = limit > promised ? limit - promised : 0;
	finding_add(f, ": %s of %s may still be promised", text_size(left).s,
	    text_size(limit).s);
	f->state = left < max.region_bytes ? FINDING_FAIL : FINDING_WARN;
	finding_means(f, "regions and forks are refused when that is used up, "
	    "though memory be free");
	finding_remedy(f, "sysctl -w vm.overcommit_memory=0");
}

static void
pid_max(const struct patient *p, struct finding *f)
{
	unsigned int workers = (unsigned int)cadre_cpus(NULL), tasks;
	char text[96];
	uint64_t v;

	(void)p;
	if (!number(f, "/proc/sys/kernel/pid_max", &v))
		return;
	if (doctor_read("/proc/loadavg", text, sizeof(text)) < 0 ||
	    sscanf(text, "%*s %*s %*s %*u/%u", &tasks) != 1) {
		f->state = FINDING_UNKNOWN;
		finding_add(f, ", and /proc/loadavg cannot be read");
		return;
	}
	finding_add(f, ", %u in use", tasks);
	if (v > (uint64_t)tasks + NEED_MANY)
		return;
	f->state = v > (uint64_t)tasks + workers ? FINDING_WARN : FINDING_FAIL;
	finding_means(f, "an app of %u workers cannot be forked whole",
	    f->state == FINDING_WARN ? NEED_MANY : workers);
	finding_remedy(f, "sysctl -w kernel.pid_max=%u", tasks + 32768);
}

/* The master and each of its workers map every slot once. */
static void
map_count(const struct patient *p, struct finding *f)
{
	struct need many;
	uint64_t v, maps;

	(void)p;
	need_of(NEED_MANY, &many);
	maps = (uint64_t)CADRE_SLOTS_PER_SEAT * many.seats + MAPS_OTHER;
	if (!number(f, "/proc/sys/vm/max_map_count", &v) || v >= maps)
		return;
	f->state = FINDING_WARN;
	finding_means(f, "an app of %u workers cannot map its region",
	    many.workers);
	finding_remedy(f, "sysctl -w vm.max_map_count=65530");
}

static void
is_group(int dirfd, bool v2, void *is)
{
	if (v2 && faccessat(dirfd, "cpu.weight", F_OK, 0) == 0)
		*(bool *)is = true;
}

/*
 * The kernel groups tasks by session only if no cgroup has grouped them: in v2
 * one that has weights, which the root has not; in v1 one other than the root.
 */
static bool
is_grouped(void)
{
	static const char *const v1[] = { ":cpu,", ":cpu:", ",cpu,", ",cpu:" };
	char text[4096], *at;
	bool is = false;

	cgroup_walk("cpu", is_group, &is);
	if (doctor_read("/proc/self/cgroup", text, sizeof(text)) < 0)
		return is;
	for (size_t i = 0; i < sizeof(v1) / sizeof(v1[0]); i++)
		if ((at = strstr(text, v1[i])) != NULL &&
		    (at = strchr(at, '/')) != NULL && at[1] != '\n')
			is = true;
	return is;
}

static void
autogroup(const struct patient *p, struct finding *f)
{
	static const char path[] = "/proc/sys/kernel/sched_autogroup_enabled";
	uint64_t v;

	(void)p;
	if (access(path, F_OK) < 0 && access("/proc/sys/kernel", F_OK) == 0) {
		finding_set(f, FINDING_OK, "no groups by session here");
		return;
	}
	if (!number(f, path, &v) || v == 0)
		return;
	if (is_grouped()) {
		finding_add(f, ": not for a cgroup of its own, as here");
		return;
	}
	f->state = FINDING_WARN;
	finding_means(f, "when others take all processors a master may wait "
	    "seconds for one, and answers, beats and restarts with it");
	finding_remedy(f, "sysctl -w kernel.sched_autogroup_enabled=0, or "
	    "start it as a systemd service with CPUWeight=");
}

static const struct check checks[] = {
	{ "somaxconn",		"net.core.somaxconn",		somaxconn },
	{ "tcp_syncookies",	"net.ipv4.tcp_syncookies",	syncookies },
	{ "ip_local_port_range", "net.ipv4.ip_local_port_range", port_range },
	{ "max_dgram_qlen",	"net.unix.max_dgram_qlen",	dgram_qlen },
	{ "optmem_max",		"net.core.optmem_max",		optmem },
	{ "ptrace_scope",	"kernel.yama.ptrace_scope",	ptrace_scope },
	{ "unprivileged_bpf",	"kernel.unprivileged_bpf_disabled",
	    unprivileged_bpf },
	{ "file_max",		"fs.file-max",			file_max },
	{ "nr_open",		"fs.nr_open",			nr_open },
	{ "overcommit_memory",	"vm.overcommit_memory",		overcommit },
	{ "max_map_count",	"vm.max_map_count",		map_count },
	{ "pid_max",		"kernel.pid_max",		pid_max },
	{ "autogroup",		"kernel.sched_autogroup_enabled", autogroup },
};
const struct ward ward_sysctl = { checks, sizeof(checks) / sizeof(checks[0]) };
