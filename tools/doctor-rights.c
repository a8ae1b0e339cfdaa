/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What this process may do: capabilities, and what surrounds it. An app needs
 * none of them; a row says what is not to be had without one.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <linux/capability.h>
#include <sys/stat.h>

#include "tools/doctor.h"

#ifndef CAP_BPF				/* Linux 5.8 */
#define CAP_BPF		39
#endif

#define STATUS_BYTES	8192
#define FIRST_PID_NS	0xeffffffcu	/* its inode is the same everywhere */
#define PORTS_PATH	"/proc/sys/net/ipv4/ip_unprivileged_port_start"

/* The value of a field of /proc/self/status. */
static int
status_field(const char *key, int base, uint64_t *ret_value)
{
	char text[STATUS_BYTES], *at;
	int n;

	n = doctor_read("/proc/self/status", text, sizeof(text));
	if (n < 0)
		return n;
	at = strstr(text, key);
	if (at == NULL)
		return -ENODATA;
	*ret_value = strtoull(at + strlen(key), NULL, base);
	return 0;
}

/* Does it have one of these? False, too, if that is not known: f says so. */
static bool
capable(struct finding *f, uint64_t any, const char *names)
{
	uint64_t have;
	int err;

	err = status_field("\nCapEff:", 16, &have);
	if (err < 0) {
		finding_set(f, FINDING_UNKNOWN, "/proc/self/status: %s",
		    strerror(-err));
		return false;
	}
	if ((have & any) != 0) {
		finding_set(f, FINDING_OK, "%s is there", names);
		return true;
	}
	finding_set(f, FINDING_WARN, "%s is not there", names);
	return false;
}

#define BIT(capability)	(UINT64_C(1) << (capability))

static void
ports(const struct patient *p, struct finding *f)
{
	uint64_t first = 1024;

	(void)p;
	(void)doctor_number(PORTS_PATH, &first);
	if (capable(f, BIT(CAP_NET_BIND_SERVICE), "CAP_NET_BIND_SERVICE") ||
	    f->state == FINDING_UNKNOWN)
		return;
	if (first <= 1) {
		finding_set(f, FINDING_OK, "all ports are open to all");
		return;
	}
	finding_add(f, ", unprivileged ports begin at %u", (unsigned int)first);
	finding_means(f, "ports below %u cannot be listened on",
	    (unsigned int)first);
	finding_remedy(f, "sysctl -w net.ipv4.ip_unprivileged_port_start=80, "
	    "or give the capability: AmbientCapabilities=CAP_NET_BIND_SERVICE "
	    "in a unit, --cap-add of a container");
}

static void
uids(const struct patient *p, struct finding *f)
{
	(void)p;
	if (capable(f, BIT(CAP_SETUID), "CAP_SETUID") &&
	    capable(f, BIT(CAP_SETGID), "CAP_SETGID"))
		finding_set(f, FINDING_OK, "CAP_SETUID and CAP_SETGID are "
		    "there");
	if (f->state != FINDING_WARN)
		return;
	finding_means(f, "programs started from here keep this uid, %u",
	    (unsigned int)geteuid());
	finding_remedy(f, "start the app as the user it shall run as, or as "
	    "root");
}

static void
resources(const struct patient *p, struct finding *f)
{
	(void)p;
	(void)capable(f, BIT(CAP_SYS_RESOURCE), "CAP_SYS_RESOURCE");
	if (f->state != FINDING_WARN)
		return;
	finding_means(f, "hard limits cannot be raised from here");
	finding_remedy(f, "raise them where the session or unit begins: "
	    "limits.conf(5), LimitNOFILE= and LimitNPROC=");
}

static void
bpf(const struct patient *p, struct finding *f)
{
	(void)p;
	(void)capable(f, BIT(CAP_BPF) | BIT(CAP_SYS_ADMIN),
	    "CAP_BPF or CAP_SYS_ADMIN");
	if (f->state != FINDING_WARN)
		return;
	finding_means(f, "a mode that steers by load with eBPF, as later "
	    "versions have, could not be used; spread needs nothing");
	finding_remedy(f, "give CAP_BPF then; this version does without");
}

static void
seccomp(const struct patient *p, struct finding *f)
{
	uint64_t mode;
	int err;

	(void)p;
	err = status_field("\nSeccomp:", 10, &mode);
	if (err < 0)
		finding_set(f, FINDING_UNKNOWN, "/proc/self/status: %s",
		    strerror(-err));
	else
		finding_set(f, FINDING_OK, "%s", mode == 0 ? "none" :
		    "in force: what it refuses shows in the rows above");
}

/* A container is a pid namespace that is not the first one. */
static void
container(const struct patient *p, struct finding *f)
{
	struct stat st;

	(void)p;
	if (stat("/proc/self/ns/pid", &st) < 0)
		finding_set(f, FINDING_UNKNOWN, "/proc/self/ns/pid: %s",
		    strerror(errno));
	else if (st.st_ino == FIRST_PID_NS)
		finding_set(f, FINDING_OK, "none, this is pid %d of the "
		    "machine", (int)getpid());
	else if (getpid() == 1 || getppid() <= 1)
		finding_set(f, FINDING_OK, "pid %d of a container, started as "
		    "its first: whoever is pid 1 there must reap orphans",
		    (int)getpid());
	else
		finding_set(f, FINDING_OK, "pid %d of a container",
		    (int)getpid());
}

static const struct check checks[] = {
	{ "cap_net_bind_service", "low ports",			ports },
	{ "cap_setuid",		"other uids",			uids },
	{ "cap_sys_resource",	"hard limits",			resources },
	{ "cap_bpf",		"eBPF",				bpf },
	{ "seccomp",		"filter of system calls",	seccomp },
	{ "container",		"pid namespace",		container },
};
const struct ward ward_rights = { checks, sizeof(checks) / sizeof(checks[0]) };
