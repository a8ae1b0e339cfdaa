/* SPDX-License-Identifier: BSD-2-Clause */
/* t/72-doctor-no-proc: what cannot be looked at is unknown, with the reason */
#include <sched.h>
#include <stdlib.h>
#include <unistd.h>

#include <sys/mount.h>

#include "shm/atomic.h"
#include "t/lib/doctor.h"
#include "t/lib/tap.h"

/* Those that read /proc, and what they say without it. */
static const char *const blind[] = { "memfd_noexec", "cap_net_bind_service",
    "cap_setuid", "cap_sys_resource", "cap_bpf", "seccomp", "container",
    "nproc", "cgroup", "cpus", "memory", "pids", "somaxconn",
    "tcp_syncookies", "ip_local_port_range", "max_dgram_qlen", "optmem_max",
    "ptrace_scope", "unprivileged_bpf", "file_max", "nr_open",
    "overcommit_memory", "max_map_count", "pid_max", "autogroup" };

static void
no_proc(void)
{
	if ((unshare(CLONE_NEWNS) < 0 &&
	    unshare(CLONE_NEWUSER | CLONE_NEWNS) < 0) ||
	    mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
	    mount("none", "/proc", "tmpfs", 0, NULL) < 0)
		_exit(1);
}

int
main(void)
{
	char *dir;
	struct command c;
	json_t *j;
	int code;

#ifdef SHM_SANITIZED
	skip_all("AddressSanitizer itself needs /proc");
#endif
	dir = command_dir();
	code = doctor(&c, no_proc, NULL, &j);
	if (j == NULL) {
		rmdir(dir);
		skip_all("/proc cannot be hidden here: no mount namespaces");
	}
	is_int(code, 1, "without /proc it goes through, and fails");
	is_str(c.err, "", "nothing on standard error");
	doctor_is(j, "proc", "fail", "No such file", "mount -t proc");
	doctor_is(j, "memfd", "fail", "No such file", "mount /proc");
	for (size_t i = 0; i < sizeof(blind) / sizeof(blind[0]); i++)
		doctor_is(j, blind[i], "unknown", "", NULL);
	doctor_is(j, "somaxconn", "unknown", "/proc/sys/net/core/somaxconn: "
	    "No such file or directory", NULL);
	doctor_is(j, "cpus", "unknown", "quotas are not seen", NULL);
	doctor_is(j, "nofile", "ok", "soft", NULL);
	doctor_is(j, "spread", "ok", "a connection came", NULL);
	json_decref(j);
	is_int(rmdir(dir), 0, "nothing is left behind");
	return done_testing();
}
