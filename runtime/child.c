/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Signals go through pidfds, so never to a stranger. The one exception is the
 * process group, which has no descriptor: it is killed while its leader is
 * still a zombie, for so long the number cannot belong to anybody else.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>

#include <sys/pidfd.h>
#include <sys/wait.h>

#include "runtime/child.h"
#include "shm/fault.h"

int
child_ended(int pidfd)
{
	siginfo_t info = { .si_pid = 0 };

	/* An error: reaped behind our back, or SIGCHLD is ignored. */
	return waitid(P_PIDFD, (id_t)pidfd, &info,
	    WEXITED | WNOHANG | WNOWAIT) < 0 || info.si_pid != 0;
}

bool
child_reap(int pidfd, pid_t pid, struct cadre_shm_life *row)
{
	siginfo_t info = { .si_code = 0 };
	idtype_t type = pidfd >= 0 ? P_PIDFD : P_PID;
	id_t id = pidfd >= 0 ? (id_t)pidfd : (id_t)pid;
	int err;

	while ((err = waitid(type, id, &info, WEXITED | WNOWAIT)) < 0 &&
	    errno == EINTR)
		;
	CADRE_FAULT_AT("reap.group");
	if (err == 0)
		kill(-pid, SIGKILL);
	CADRE_FAULT_AT("reap.wait");
	while (waitid(type, id, &info, WEXITED) < 0)
		if (errno != EINTR)
			return false;	/* its status is lost, not its end */
	CADRE_FAULT_AT("reap.row");
	if (info.si_code == CLD_EXITED)
		row->exit_code = (uint32_t)info.si_status;
	else
		row->exit_signal = (uint32_t)info.si_status;
	return true;
}

bool
child_ends(int pidfd, int timeout_ms)
{
	struct pollfd p = { .fd = pidfd, .events = POLLIN };

	return poll(&p, 1, timeout_ms) > 0;
}

int
child_signal(int pidfd, int signal)
{
	return CADRE_FAULT("child.signal") < 0 ||
	    pidfd_send_signal(pidfd, signal, NULL, 0) < 0 ? -errno : 0;
}
