/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From the fork to execve(2). Descriptors are moved up first and only then
 * down to their numbers: a dup2(2) of one that stands there already would do
 * nothing and leave it close-on-exec.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sys/prctl.h>
#include <sys/syscall.h>

#include <cadre/error.h>

#include "runtime/acceptor.h"
#include "runtime/inherit.h"
#include "runtime/notify.h"
#include "runtime/reload.h"
#include "runtime/spawn.h"
#include "runtime/surroundings.h"
#include "runtime/worker.h"
#include "shm/fail.h"
#include "shm/fault.h"
#include "shm/object.h"

#define FIRST_FD	3		/* as sd_listen_fds(3) has it */
#define EXIT_CANNOT_RUN	126		/* as a shell would exit */
#define EXIT_NOT_FOUND	127
#define USER_VARIABLES	3		/* HOME and so on */
#define PID_DIGITS	"          "

/* Meant for the master alone, or set for each worker anew. */
static const char *const own_variables[] = {
	"LISTEN_FDS", "LISTEN_PID", "LISTEN_FDNAMES", "LISTEN_PIDFDID",
	"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID",
	"CADRE_NAME", "CADRE_SEAT", "CADRE_PID", "CADRE_CONTROL",
	"CADRE_MESSAGES",
};

bool
surroundings_owns(const char *assignment, size_t name_bytes)
{
	for (size_t i = 0; i < sizeof(own_variables) /
	    sizeof(own_variables[0]); i++)
		if (strlen(own_variables[i]) == name_bytes &&
		    memcmp(own_variables[i], assignment, name_bytes) == 0)
			return true;
	return false;
}

/* Is there another in its place? */
static bool
is_replaced(const struct program *p, const char *variable, size_t name_bytes)
{
	for (unsigned int i = 0; i < p->nenv; i++)
		if (strncmp(p->env[i], variable, name_bytes + 1) == 0)
			return true;
	return surroundings_owns(variable, name_bytes);
}

static bool
is_passed(const struct cadre_master *m, const char *variable, size_t name_bytes)
{
	return !is_replaced(&m->program, variable, name_bytes) &&
	    environment_passes(&m->privileges.environment,
	    &m->privileges.identity, variable, name_bytes);
}

/* Those of the user, unless what is there already has been asked for. */
static void
put_user(struct surroundings *s, const struct cadre_master *m)
{
	size_t passed = s->n, n, k;
	char *variable;

	for (unsigned int i = 0; i < USER_VARIABLES; i++) {
		variable = m->privileges.identity.variables[i];
		if (variable == NULL)
			continue;
		n = strcspn(variable, "=");
		for (k = 0; k < passed; k++)
			if (strncmp(s->env[k], variable, n + 1) == 0)
				break;
		if (k == passed && !is_replaced(&m->program, variable, n))
			s->env[s->n++] = variable;
	}
}

static int __attribute__((format(printf, 2, 3)))
put(struct surroundings *s, const char *format, ...)
{
	size_t room = sizeof(s->text) - s->used;
	va_list ap;
	int n;

	va_start(ap, format);
	n = vsnprintf(s->text + s->used, room, format, ap);
	va_end(ap);
	if (n < 0 || (size_t)n >= room)
		return -E2BIG;
	s->env[s->n++] = s->text + s->used;
	s->used += (size_t)n + 1;
	return 0;
}

static const char *
listen_name(const struct cadre_master *m, unsigned int i, char name[32])
{
	if (m->listeners[i].name[0] != '\0')
		return m->listeners[i].name;
	snprintf(name, 32, "listener%u", i);
	return name;
}

/* LISTEN_FDS and its companions, only if there is a socket to pass. */
static int
put_listeners(struct surroundings *s, const struct cadre_master *m)
{
	char name[32];
	size_t at;
	int err;

	if (m->nlisteners == 0)
		return 0;
	err = put(s, "LISTEN_FDS=%u", m->nlisteners);
	if (err == 0)
		err = put(s, "LISTEN_PID=" PID_DIGITS);
	if (err < 0)
		return err;
	s->listen_pid = strchr(s->env[s->n - 1], '=') + 1;
	err = put(s, "LISTEN_FDNAMES=%s", listen_name(m, 0, name));
	for (unsigned int i = 1; i < m->nlisteners && err == 0; i++) {
		at = --s->used;		/* over the NUL */
		err = put(s, ":%s", listen_name(m, i, name));
		s->n -= err == 0;	/* not a variable, but more of one */
		s->used = err == 0 ? s->used : at + 1;
	}
	return err;
}

static int
put_own(struct surroundings *s, const struct cadre_master *m,
    const struct seat *seat, const struct life *l)
{
	unsigned int fd = FIRST_FD + m->nlisteners;
	char path[128];
	int err;

	err = put_listeners(s, m);
	if (err == 0)
		err = notify_address(m, l, path, sizeof(path));
	if (err == 0)
		err = put(s, "NOTIFY_SOCKET=%s", path);
	if (err == 0)
		err = put(s, "CADRE_NAME=%s", m->name);
	if (err == 0)
		err = put(s, "CADRE_SEAT=%u", (unsigned int)(seat - m->seats));
	if (err == 0 && (err = put(s, "CADRE_PID=" PID_DIGITS)) == 0)
		s->pid = strchr(s->env[s->n - 1], '=') + 1;
	if (err == 0)
		err = put(s, "CADRE_CONTROL=%u", fd);
	if (err == 0)
		err = put(s, "CADRE_MESSAGES=%u", fd + 1);
	if (err < 0 || !m->privileges.environment.clean)
		return err;
	/* Where to find the app, as the master was told it. */
	return put(s, "CADRE_RUNTIME_DIR=%.*s",
	    (int)(strrchr(m->directory.path, '/') - m->directory.path),
	    m->directory.path);
}

int
surroundings_make(struct surroundings *s, const struct cadre_master *m,
    const struct seat *seat, const struct life *l)
{
	size_t n = 0;

	while (environ != NULL && environ[n] != NULL)
		n++;
	*s = (struct surroundings){ .n = 0 };
	s->env = CADRE_FAULT("program.env") < 0 ? NULL :
	    calloc(n + m->program.nenv +
	    sizeof(own_variables) / sizeof(own_variables[0]) +
	    CADRE_LISTENERS_MAX + USER_VARIABLES + 2, sizeof(*s->env));
	if (s->env == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++)
		if (is_passed(m, environ[i], strcspn(environ[i], "=")))
			s->env[s->n++] = environ[i];
	put_user(s, m);
	for (unsigned int i = 0; i < m->program.nenv; i++)
		s->env[s->n++] = m->program.env[i];
	return put_own(s, m, seat, l);
}

void
surroundings_free(struct surroundings *s)
{
	free(s->env);
	s->env = NULL;
}

/*
 * Not by sigaction(3): that refuses the two signals which the C library keeps
 * for itself, and who started the master may have had those ignored.
 */
static void
signals_default(void)
{
	static const unsigned long usual[8];	/* SIG_DFL, no flags, no mask */
	sigset_t none;

	for (int i = 1; i < NSIG; i++)		/* KILL and STOP: cannot be */
		syscall(SYS_rt_sigaction, i, usual, NULL, (NSIG - 1) / 8);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

/*
 * Up out of the way of the numbers they shall have, then down to them; behind
 * them the program's file, until the exec.
 */
static int
fds_place(const struct inherit *in, int image, int *ret_image)
{
	int fds[INHERIT_MAX], end = FIRST_FD + (int)in->n;

	image = fcntl(image, F_DUPFD_CLOEXEC, end + 1);
	if (image < 0)
		return -errno;
	for (unsigned int i = 0; i < in->n; i++) {
		fds[i] = CADRE_FAULT("program.fds") < 0 ? -1 :
		    fcntl(in->fds[i], F_DUPFD_CLOEXEC, end);
		if (fds[i] < 0)
			return -errno;
	}
	for (unsigned int i = 0; i < in->n; i++)
		if (dup2(fds[i], FIRST_FD + (int)i) < 0)
			return -errno;
	*ret_image = dup3(image, end, O_CLOEXEC);
	return *ret_image < 0 || close_range((unsigned int)end + 1, ~0U,
	    0) < 0 ? -errno : 0;
}

static int
fds_give(struct cadre_master *m, unsigned int seat,
    const struct worker_birth *birth, int *inout_image)
{
	struct inherit in = { .n = 0 };
	int anchor;

	/* Where only the acceptor accepts, what it hands over stands there. */
	for (unsigned int i = 0; i < m->nlisteners; i++)
		inherit_keep(&in, listener_hands(&m->listeners[i]) ?
		    acceptor_handover(m, seat, i)->worker :
		    listener_fd(&m->listeners[i], seat));
	inherit_keep(&in, birth->control);
	inherit_keep(&in, birth->messages);
	inherit_keep(&in, directory_alive(&m->directory));
	anchor = cadre__object_reopen(m->anchor->fd);
	if (anchor < 0)
		return anchor;
	inherit_keep(&in, anchor);
	for (unsigned int i = 0; i < m->keeps; i++)
		inherit_keep(&in, m->keep[i]);
	return fds_place(&in, *inout_image, inout_image);
}

static int
surround(struct cadre_master *m, struct seat *s,
    const struct worker_birth *birth, int *inout_image)
{
	int signal = (int)option(m, CADRE_STOP_SIGNAL), err;

	m->in_worker = true;
	err = spawn_apart(s);
	if (err == 0)
		err = fds_give(m, (unsigned int)(s - m->seats), birth,
		    inout_image);
	if (err < 0)
		return err;
	if (m->nofile_raised && setrlimit(RLIMIT_NOFILE, &m->nofile) < 0)
		return -errno;
	err = privileges_take(&m->privileges, (unsigned int)(s - m->seats));
	if (err < 0)
		return err;
	/* Set late, then look: a master that died before is noticed too. */
	if (CADRE_FAULT("program.deathsig") < 0 ||
	    prctl(PR_SET_PDEATHSIG, signal) < 0)
		return -errno;
	CADRE_FAULT_AT("program.orphan");
	signals_default();
	return getppid() == birth->master ? 0 : -ESRCH;
}

void
program_become(struct cadre_master *m, struct seat *s,
    const struct worker_birth *birth, struct surroundings *sur)
{
	const struct image *image = reload_image(m, &s->lives[birth->which]);
	int fd = image->fd, err;

	(void)cadre__fail(0, "%s", "");	/* what the master had to say */
	err = surround(m, s, birth, &fd);
	if (err < 0) {
		dprintf(STDERR_FILENO, "cadre: cannot set up a worker: %s\n",
		    cadre_error(err));
		_exit(EXIT_SETUP);
	}
	snprintf(sur->pid, sizeof(PID_DIGITS), "%d", (int)getpid());
	if (sur->listen_pid != NULL)
		strcpy(sur->listen_pid, sur->pid);
	err = CADRE_FAULT("program.exec") < 0 ? -errno : image_exec(image, fd,
	    m->program.path, m->program.argv, sur->env);
	dprintf(STDERR_FILENO, "cadre: cannot run %s: %s\n", m->program.path,
	    strerror(-err));
	_exit(err == -ENOENT ? EXIT_NOT_FOUND : EXIT_CANNOT_RUN);
}
