/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What every worker will take on itself is tried once, in a child that does
 * nothing else and is gone before the first worker comes: so a start fails with
 * the reason, and not after some deaths. The master waits for it, as it may in
 * a start, for a few seconds at most: a directory can be on a server that is
 * away.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <sys/stat.h>
#include <sys/wait.h>

#include <cadre/error.h>

#include "runtime/master.h"
#include "shm/clock.h"
#include "shm/fail.h"
#include "shm/fault.h"

#define WAIT_MS		5000

struct verdict {		/* in one write: less than PIPE_BUF */
	int		err;
	bool		reaches;	/* the app's directory */
	char		why[512];
};

/* Could a worker execute it? The file was looked at by the master only. */
static int
program_reach(const struct cadre_master *m)
{
	const struct identity *id = &m->privileges.identity;

	if (m->fn != NULL || !id->changes ||
	    faccessat(AT_FDCWD, m->program.path, X_OK, AT_EACCESS) == 0)
		return 0;
	return cadre__fail(-errno, "%s may not execute %.256s: %s; see: namei "
	    "-l %.128s", id->name, m->program.path, strerror(errno),
	    m->program.path);
}

static void __attribute__((noreturn))
rehearse(struct cadre_master *m, int to)
{
	const struct privileges *p = &m->privileges;
	struct verdict v = { .err = 0 };

	m->in_worker = true;
	(void)cadre__fail(0, "%s", "");
	for (unsigned int i = 1; i < p->affinity.n && v.err == 0; i++)
		v.err = affinity_take(&p->affinity, i);
	if (v.err == 0)
		v.err = privileges_take(p, 0);
	if (v.err == 0)
		v.err = program_reach(m);
	v.reaches = faccessat(AT_FDCWD, m->directory.path, X_OK,
	    AT_EACCESS) == 0;
	if (v.err < 0)
		snprintf(v.why, sizeof(v.why), "%s", cadre_error(v.err));
	_exit(write(to, &v, sizeof(v)) == (ssize_t)sizeof(v) ? 0 : 1);
}

/*
 * One that was killed says nothing, and nothing of what workers can do: they
 * look for themselves.
 */
static int
verdict_read(int from, struct verdict *ret_verdict)
{
	uint64_t end_ns = clock_now_ns() + WAIT_MS * NS_PER_MS, now_ns;
	struct pollfd p = { .fd = from, .events = POLLIN };
	int n = 0;

	while (n <= 0) {
		now_ns = clock_now_ns();
		if (now_ns >= end_ns)
			return cadre__fail(-ETIMEDOUT, "a worker cannot be set "
			    "up: its directory or program does not answer");
		n = poll(&p, 1, (int)((end_ns - now_ns) / NS_PER_MS) + 1);
		if (n < 0 && errno != EINTR)
			return -errno;
	}
	if (read(from, ret_verdict, sizeof(*ret_verdict)) !=
	    (ssize_t)sizeof(*ret_verdict)) {
		*ret_verdict = (struct verdict){ .reaches = false };
		return 0;
	}
	ret_verdict->why[sizeof(ret_verdict->why) - 1] = '\0';
	return ret_verdict->err < 0 ? cadre__fail(ret_verdict->err, "cannot "
	    "set up a worker: %s", ret_verdict->why) : 0;
}

static int
watch(struct cadre_master *m, int pair[2])
{
	struct verdict v = { .err = 0 };
	sigset_t all, ours;
	int err;
	pid_t pid;

	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &ours);
	pid = CADRE_FAULT("rehearsal.fork") < 0 ? -1 : fork();
	if (pid == 0)
		rehearse(m, pair[1]);
	err = pid < 0 ? -errno : 0;
	close(pair[1]);
	if (err == 0) {
		err = verdict_read(pair[0], &v);
		kill(pid, SIGKILL);
		while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
			;
		m->privileges.unreachable = !v.reaches;
	} else
		err = cadre__fail(err, "cannot fork: %s", strerror(-err));
	close(pair[0]);
	sigprocmask(SIG_SETMASK, &ours, NULL);
	return err;
}

int
privileges_rehearse(struct cadre_master *m)
{
	int pair[2];

	m->privileges.unreachable = false;
	m->directory.reader = (uid_t)-1;
	if (!m->privileges.asked)
		return 0;
	if (privileges_apart(m)) {
		/* To pass through, not to list. */
		if (fchmod(m->directory.fd, 0751) < 0)
			return -errno;
		m->directory.reader = m->privileges.identity.uid;
	}
	if (CADRE_FAULT("rehearsal.pipe") < 0 || pipe2(pair, O_CLOEXEC) < 0)
		return cadre__fail(-errno, "cannot make a pipe: %s",
		    strerror(errno));
	return watch(m, pair);
}
