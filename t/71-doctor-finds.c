/* SPDX-License-Identifier: BSD-2-Clause */
/* t/71-doctor-finds: what is really missing is found, and nothing else blamed */
#include <stdlib.h>
#include <unistd.h>

#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include "t/lib/doctor.h"
#include "t/lib/tap.h"

#ifndef SO_ATTACH_REUSEPORT_CBPF
#define SO_ATTACH_REUSEPORT_CBPF 51
#endif

#define LIMIT(which, n)	\
	setrlimit((which), &(struct rlimit){ (n), (n) })

static void nofile(void) { LIMIT(RLIMIT_NOFILE, 64); }
static void observers(void) { setrlimit(RLIMIT_NOFILE,
    &(struct rlimit){ 100, 4096 }); }
static void fsize(void) { LIMIT(RLIMIT_FSIZE, 131072); }
static void pidfd(void) { doctor_refuse(SYS_pidfd_open, -1, 0); }
static void signalled(void) { doctor_refuse(SYS_pidfd_send_signal, -1, 0); }
static void memfd(void) { doctor_refuse(SYS_fallocate, -1, 0); }
static void ranges(void) { doctor_refuse(SYS_close_range, -1, 0); }
static void bpf(void) { doctor_refuse(SYS_setsockopt, 2,
    SO_ATTACH_REUSEPORT_CBPF); }
static void cred(void) { doctor_refuse(SYS_setsockopt, 2, SO_PASSCRED); }
static void passrights(void) { doctor_refuse(SYS_setsockopt, 2, 83); }
static void reaper(void) { doctor_refuse(SYS_prctl, 0,
    PR_SET_CHILD_SUBREAPER); }
static void exclusive(void) { doctor_refuse(SYS_epoll_ctl, 1,
    EPOLL_CTL_ADD); }
static void unpicked(void) { doctor_refuse(SYS_ioctl, 1, FIONREAD); }
static void depth(void) { doctor_refuse(SYS_getsockopt, 2, TCP_INFO); }
static void barrier(void) { doctor_refuse(SYS_membarrier, -1, 0); }
static void harmless(void) { doctor_refuse(SYS_swapoff, -1, 0); }

static const struct illness {
	void		(*make)(void);
	const char	*check, *state, *found, *remedy;
} illnesses[] = {
	{ nofile, "nofile", "fail", "hard 64", "ulimit -Hn" },
	{ observers, "nofile", "warn", "soft 100", "ulimit -Sn 256" },
	{ fsize, "fsize", "fail", "soft 131072", "ulimit -f" },
	{ pidfd, "pidfd", "fail", "pidfd_open", "seccomp" },
	{ signalled, "pidfd", "fail", "pidfd_send_signal", "seccomp" },
	{ memfd, "memfd", "fail", "not permitted", "fallocate" },
	{ ranges, "close_range", "fail", "not permitted", "seccomp" },
	{ bpf, "spread", "fail", "not permitted", "seccomp" },
	{ cred, "passcred", "fail", "not permitted", "SO_PASSCRED" },
	{ passrights, "passrights", "warn", "not permitted", "6.16" },
	{ reaper, "subreaper", "fail", "not permitted", "prctl" },
	{ exclusive, "exclusive", "fail", "not permitted", "mode=spread" },
	{ unpicked, "handover", "fail", "No data", "mode=spread" },
	{ depth, "queue_depth", "fail", "0 told", "TCP_INFO" },
	{ barrier, "membarrier", "warn", "not permitted", "membarrier" },
	{ harmless, "seccomp", "ok", "in force", NULL },
};

int
main(void)
{
	const struct illness *i;
	char *dir = command_dir();
	struct command c;
	json_t *well, *ill;

	doctor(&c, NULL, NULL, &well);
	for (i = illnesses; i < illnesses + sizeof(illnesses) / sizeof(*i);
	    i++) {
		doctor(&c, i->make, NULL, &ill);
		doctor_is(ill, i->check, i->state, i->found, i->remedy);
		is_int(doctor_worse(well, ill, i->check), 0, "and that alone");
		json_decref(ill);
	}
	json_decref(well);
	is_int(rmdir(dir), 0, "nothing is left behind");
	return done_testing();
}
