/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The processes of an app that are no workers: those that got away from the
 * group of theirs, and programs that a wrapper started where it should have
 * become them. Found by who holds `alive`, and by the process groups, each of
 * which a worker leads.
 */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sys/stat.h>

#include "tools/doctor.h"
#include "tools/proc.h"

#define LISTED		8		/* processes that are named */
#define ENVIRON_MAX	2097152		/* bytes that are looked through */
#define FIRST_FD	3		/* of LISTEN_FDS */

static bool
is_life(const struct cadre_worker_view *w, int pid)
{
	struct proc now;

	return w->life.pid == (uint64_t)pid &&
	    proc_read_same(w->life.pid, w->life.start, &now) == 0;
}

/* The seat whose living worker has this pid, or -1. */
static int
seat_of(const struct patient *p, int pid)
{
	const struct cadre_seat_view *view;

	for (unsigned int i = 0; pid > 0 && i < p->sample.seats; i++) {
		view = &p->sample.seat[i].view;
		if (!p->sample.seat[i].known)
			continue;
		if ((view->has_newest && is_life(&view->newest, pid)) ||
		    (view->has_draining && is_life(&view->draining, pid)))
			return (int)i;
	}
	return -1;
}

/* Of the app, but in the group of no master, acceptor or worker. */
static bool
got_away(const struct patient *p, int pid)
{
	int group = getpgid(pid), master = (int)p->sample.app.master_pid;

	if (group < 0 || pid == master || seat_of(p, pid) >= 0 ||
	    seat_of(p, group) >= 0 ||
	    (p->region != NULL && group == (int)p->sample.app.acceptor_pid))
		return false;
	return p->region == NULL || !p->sample.app.master_lives ||
	    group != getpgid(master);
}

static void
left_running(const struct patient *p, struct finding *f)
{
	char command[64], pids[128] = "";
	unsigned int n = 0;
	size_t at = 0;

	if (!p->holders_seen) {
		finding_set(f, FINDING_UNKNOWN, "nobody who holds `alive` can "
		    "be seen by this user");
		return;
	}
	finding_set(f, FINDING_OK, "none");
	for (unsigned int i = 0; i < p->nholders; i++) {
		if (!got_away(p, p->holders[i]) || n++ >= LISTED)
			continue;
		proc_command(p->holders[i], command, sizeof(command));
		if (n == 1)
			f->found[0] = '\0';
		finding_add(f, "%spid %d (%s)", n > 1 ? ", " : "",
		    p->holders[i], command);
		at += (size_t)snprintf(pids + at, sizeof(pids) - at, " %d",
		    p->holders[i]);
	}
	if (n == 0)
		return;
	f->state = FINDING_WARN;
	if (n > LISTED)
		finding_add(f, " and %u more", n - LISTED);
	finding_means(f, "they left the process group of their worker: they "
	    "do not end with it, and hold its sockets and the app's lock");
	finding_remedy(f, "kill%s; and let the program neither daemonize nor "
	    "call setsid", pids);
}

/* NAME=… in the environment a process was exec'd with, as a number; or -1. */
static long
variable(int pid, const char *name)
{
	size_t length = strlen(name), at = 0;
	char path[48], entry[64] = "";
	long value = -1;
	FILE *f;
	int c;

	snprintf(path, sizeof(path), "/proc/%d/environ", pid);
	f = fopen(path, "re");
	for (int i = 0; f != NULL && value < 0 && i < ENVIRON_MAX &&
	    (c = getc(f)) != EOF; i++) {
		if (c != '\0') {
			if (at < sizeof(entry) - 1)
				entry[at++] = (char)c;
			continue;
		}
		entry[at] = '\0';
		at = 0;
		if (strncmp(entry, name, length) == 0 && entry[length] == '=')
			value = strtol(entry + length + 1, NULL, 10);
	}
	if (f != NULL)
		fclose(f);
	return value;
}

static bool
link_of(int pid, const char *what, char *to, size_t room)
{
	char path[64];
	ssize_t n;

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, what);
	n = readlink(path, to, room - 1);
	if (n < 0)
		return false;
	to[n] = '\0';
	return true;
}

/* Another program than its worker, with the worker's sockets in its hands. */
static bool
is_wrapped(int pid, int worker)
{
	char own[256], theirs[256], fd[16];
	struct stat a, b;
	long listen_pid;

	listen_pid = variable(pid, "LISTEN_PID");
	if (listen_pid < 0 || listen_pid == pid)
		return false;
	snprintf(own, sizeof(own), "/proc/%d/exe", pid);
	snprintf(theirs, sizeof(theirs), "/proc/%d/exe", worker);
	if (stat(own, &a) < 0 || stat(theirs, &b) < 0 ||
	    (a.st_dev == b.st_dev && a.st_ino == b.st_ino))
		return false;
	snprintf(fd, sizeof(fd), "fd/%d", FIRST_FD);
	return link_of(pid, fd, own, sizeof(own)) &&
	    link_of(worker, fd, theirs, sizeof(theirs)) &&
	    strncmp(own, "socket:", 7) == 0 && strcmp(own, theirs) == 0;
}

static void
wrapper_add(int pid, int worker, int seat, unsigned int n, struct finding *f)
{
	char command[64], shell[64];

	proc_command(pid, command, sizeof(command));
	proc_command(worker, shell, sizeof(shell));
	if (n == 0)
		f->found[0] = '\0';
	finding_add(f, "%sseat %d: pid %d (%s) under pid %d (%s)",
	    n > 0 ? ", " : "", seat, pid, command, worker, shell);
}

static void
wrappers(const struct patient *p, struct finding *f)
{
	int pid, group, seat;
	unsigned int n = 0;
	struct dirent *e;
	DIR *proc;

	proc = opendir("/proc");
	if (proc == NULL || p->region == NULL) {
		finding_set(f, FINDING_UNKNOWN, "%.400s", proc == NULL ?
		    strerror(errno) : p->why);
		if (proc != NULL)
			closedir(proc);
		return;
	}
	finding_set(f, FINDING_OK, "none");
	while ((e = readdir(proc)) != NULL) {
		pid = isdigit((unsigned char)e->d_name[0]) ?
		    atoi(e->d_name) : 0;
		group = pid > 0 ? getpgid(pid) : -1;
		if (group <= 0 || group == pid ||
		    (seat = seat_of(p, group)) < 0 || !is_wrapped(pid, group))
			continue;
		if (n < LISTED)
			wrapper_add(pid, group, seat, n, f);
		n++;
	}
	closedir(proc);
	if (n == 0)
		return;
	f->state = FINDING_WARN;
	finding_means(f, "LISTEN_PID is the wrapper's, so a program that goes "
	    "by sd_listen_fds(3) takes no sockets; and signals meet the "
	    "wrapper");
	finding_remedy(f, "write exec before the program's name in the "
	    "wrapper script");
}

static const struct check checks[] = {
	{ "left_running", "processes that got away",	left_running },
	{ "wrappers",	"programs under a wrapper",	wrappers },
};
const struct ward ward_processes = {
	checks, sizeof(checks) / sizeof(checks[0])
};
