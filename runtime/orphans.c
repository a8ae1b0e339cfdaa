/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A grandchild that outlives its worker becomes the child of a subreaper, or
 * of process 1; a container's first process is both. The worker's process
 * group is ended with it, so what comes here has left that group: a program
 * that went into the background, mostly. It is reaped when it ends, told of,
 * and killed at the end of the app: it holds the app's sockets and its lock.
 *
 * A child that was not reaped keeps its number, so a pid read here cannot be
 * a stranger's.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sys/prctl.h>
#include <sys/wait.h>

#include "runtime/orphans.h"
#include "runtime/report.h"
#include "shm/fault.h"

#define END_LOOKS	100
#define END_LOOK_MS	10
#define LIST_BYTES	32768		/* of more children, the first ones */

int
orphans_open(struct cadre_master *m)
{
	if (option(m, CADRE_SUBREAPER) == 0)
		return 0;
	if (prctl(PR_GET_CHILD_SUBREAPER, &m->subreaper_before, 0, 0, 0) < 0 ||
	    prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) < 0)
		return -errno;
	m->subreaper = true;
	return 0;
}

/* A worker, a probe, or the acceptor: whose end somebody else waits for. */
static bool
is_ours(const struct cadre_master *m, pid_t pid)
{
	const struct life *l;

	if (m->acceptor.pid != 0 && m->acceptor.pid == pid)
		return true;
	for (unsigned int i = 0; m->seats != NULL && i < m->nseats; i++) {
		if (m->seats[i].probe.pid != 0 && m->seats[i].probe.pid == pid)
			return true;
		for (int k = 0; k < CADRE_SLOTS_PER_SEAT; k++) {
			l = &m->seats[i].lives[k];
			if (l->pidfd >= 0 && l->row.pid == (uint64_t)pid)
				return true;
		}
	}
	return false;
}

static void
forget(struct cadre_master *m, pid_t pid)
{
	for (unsigned int i = 0; i < ORPHANS_MAX; i++)
		if (m->orphans[i] == pid)
			m->orphans[i] = 0;
}

/*
 * The kernel shows the first that has ended. If that is ours it is reaped by its
 * pidfd, and we come again on the next turn.
 */
void
orphans_reap(struct cadre_master *m)
{
	siginfo_t info;

	if (!m->subreaper)
		return;
	for (;;) {
		info.si_pid = 0;
		if (waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) < 0 ||
		    info.si_pid == 0 || is_ours(m, info.si_pid))
			return;
		forget(m, info.si_pid);
		(void)waitid(P_PID, (id_t)info.si_pid, &info,
		    WEXITED | WNOHANG);
	}
}

/* Our children, "812 813 "; what a kernel without that file has is unknown. */
static void
children(char *list, size_t bytes)
{
	char path[64];
	ssize_t n;
	int fd;

	list[0] = '\0';
	snprintf(path, sizeof(path), "/proc/self/task/%d/children",
	    (int)getpid());
	fd = CADRE_FAULT("orphans.list") < 0 ? -1 :
	    open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return;
	n = read(fd, list, bytes - 1);
	close(fd);
	list[n > 0 ? n : 0] = '\0';
}

static void
command_of(pid_t pid, char *text, size_t bytes)
{
	char path[64];
	ssize_t n = -1;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/comm", (int)pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0) {
		n = read(fd, text, bytes - 1);
		close(fd);
	}
	text[n > 0 ? n - 1 : 0] = '\0';		/* without its newline */
}

/* Each of our children that is an orphan; how many there are. */
static unsigned int
orphans(struct cadre_master *m, void (*each)(struct cadre_master *, pid_t))
{
	char list[LIST_BYTES], *at = list, *end;
	unsigned int n = 0;
	long pid;

	children(list, sizeof(list));
	for (; (pid = strtol(at, &end, 10)) > 0 && *end == ' '; at = end)
		if (!is_ours(m, (pid_t)pid)) {
			each(m, (pid_t)pid);
			n++;
		}
	return n;
}

/*
 * Each is told of once; what there is no room to remember is not told of, nor
 * what is still of a worker's process group: it ends with the worker.
 */
static void
tell(struct cadre_master *m, pid_t pid)
{
	pid_t *free_entry = NULL;
	char command[32];

	for (pid_t *o = m->orphans; o < m->orphans + ORPHANS_MAX; o++) {
		if (*o == pid)
			return;
		if (*o == 0)
			free_entry = o;
	}
	if (free_entry == NULL || is_ours(m, getpgid(pid)))
		return;
	*free_entry = pid;
	command_of(pid, command, sizeof(command));
	report_text(m, CADRE_EVENT_LEFT, NULL, "pid %d (%s) has left its "
	    "worker's process group; it ends with the app. A program must stay "
	    "in the foreground, a wrapper must exec it", (int)pid, command);
}

void
orphans_tick(struct cadre_master *m)
{
	if (!m->subreaper)
		return;
	orphans_reap(m);
	(void)orphans(m, tell);
}

static void
kill_it(struct cadre_master *m, pid_t pid)
{
	(void)m;
	kill(pid, SIGKILL);
}

void
orphans_close(struct cadre_master *m)
{
	if (!m->subreaper)
		return;
	for (int i = 0; i < END_LOOKS && orphans(m, kill_it) > 0; i++) {
		orphans_reap(m);
		poll(NULL, 0, END_LOOK_MS);
	}
	(void)prctl(PR_SET_CHILD_SUBREAPER, (unsigned long)m->subreaper_before, 0,
	    0, 0);
	m->subreaper = false;
}
