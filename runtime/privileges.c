/* SPDX-License-Identifier: BSD-2-Clause */
#include "runtime/export.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sys/prctl.h>
#include <sys/stat.h>

#include <cadre/privileges.h>

#include "runtime/master.h"
#include "shm/fail.h"
#include "shm/fault.h"

/*
 * Descriptors of a worker that are no connection: 0 to 2, control, messages,
 * the lock, anchor, acceptor's object, slots, epolls, a bell and a few files of
 * its own; per listener the socket, the hand-over, and what stands for both.
 */
#define WORKER_FDS		16
#define WORKER_FDS_LISTENER	4

void
privileges_free(struct privileges *p)
{
	identity_free(&p->identity);
	affinity_free(&p->affinity);
	environment_free(&p->environment);
	free(p->directory);
	p->directory = NULL;
}

bool
privileges_another(const struct cadre_master *m)
{
	return m->privileges.identity.changes &&
	    m->privileges.identity.uid != geteuid();
}

bool
privileges_apart(const struct cadre_master *m)
{
	return m->fn == NULL && privileges_another(m);
}

/* Absolute: where it is executed from is another directory then. */
static int
path_settle(char **path)
{
	char *cwd, *whole;

	if (*path == NULL || **path == '/')
		return 0;
	cwd = getcwd(NULL, 0);
	if (cwd == NULL)
		return cadre__fail(-errno, "%.128s is relative, and the "
		    "working directory has no path: %s", *path, strerror(errno));
	if (asprintf(&whole, "%s/%s", cwd, *path) < 0)
		whole = NULL;
	free(cwd);
	if (whole == NULL)
		return -ENOMEM;
	free(*path);
	*path = whole;
	return 0;
}

int
privileges_settle(struct cadre_master *m)
{
	struct privileges *p = &m->privileges;
	int err;

	if (!p->asked)
		return 0;
	err = rlimits_check(&p->rlimits, WORKER_FDS + m->keeps +
	    WORKER_FDS_LISTENER * m->nlisteners);
	if (err == 0)
		err = affinity_settle(&p->affinity);
	if (err == 0)
		err = identity_settle(&p->identity);
	if (err == 0 && p->directory != NULL)
		err = path_settle(&m->program.path);
	return err;
}

static bool
no_new_privs(const struct privileges *p)
{
	return p->new_privs_said ? !p->new_privs : p->identity.asked;
}

static int
rights_seal(const struct privileges *p)
{
	if (no_new_privs(p) && (CADRE_FAULT("privileges.no_new_privs") < 0 ||
	    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0))
		return cadre__fail(-errno, "cannot give up new rights: "
		    "PR_SET_NO_NEW_PRIVS: %s", strerror(errno));
	/*
	 * Whose uid has changed is not dumpable: its memory, a copy of the
	 * master's, is not for others of that uid. Who asked for a core may
	 * have one.
	 */
	if (p->identity.changes && p->rlimits.given[RLIMIT_CORE] &&
	    p->rlimits.of[RLIMIT_CORE].rlim_cur > 0 &&
	    prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) < 0)
		return cadre__fail(-errno, "cannot be dumped: %s",
		    strerror(errno));
	return 0;
}

static int
directory_enter(const struct privileges *p)
{
	if (p->directory == NULL || (CADRE_FAULT("privileges.chdir") == 0 &&
	    chdir(p->directory) == 0))
		return 0;
	return cadre__fail(-errno, "%s cannot enter %.256s: chdir: %s",
	    p->identity.asked ? p->identity.name : "a worker", p->directory,
	    strerror(errno));
}

static int
verify(const struct privileges *p)
{
	int err = identity_verify(&p->identity);

	if (err == 0 && no_new_privs(p) &&
	    prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1)
		err = cadre__fail(-EPERM, "it may gain rights, though that "
		    "was given up");
	return err;
}

int
privileges_take(const struct privileges *p, unsigned int seat)
{
	int err;

	if (!p->asked)
		return 0;
	err = affinity_take(&p->affinity, seat);
	if (err == 0)
		err = rlimits_take(&p->rlimits);
	if (err == 0 && p->umask_said)
		umask(p->umask);
	if (err == 0)
		err = identity_take(&p->identity);
	if (err == 0)
		err = rights_seal(p);
	if (err == 0)
		err = directory_enter(p);
	return err == 0 ? verify(p) : err;
}

/* What came of a call that configures it. */
static int
taken(struct cadre_master *m, int err)
{
	m->privileges.asked |= err == 0;
	return err;
}

int
cadre_master_user(struct cadre_master *m, const char *user, const char *group)
{
	int err = master_settled(m);

	if (err < 0)
		return err;
	return taken(m, identity_find(&m->privileges.identity, user, group));
}

int
cadre_master_no_new_privs(struct cadre_master *m, int on)
{
	int err = master_settled(m);

	if (err < 0)
		return err;
	if (on != 0 && on != 1)
		return cadre__fail(-EINVAL, "no_new_privs is 0 or 1, not %d",
		    on);
	m->privileges.new_privs_said = true;
	m->privileges.new_privs = on == 0;
	return taken(m, 0);
}

int
cadre_master_rlimit(struct cadre_master *m, const char *limit)
{
	int err = master_settled(m);

	if (err < 0)
		return err;
	return taken(m, rlimits_add(&m->privileges.rlimits, limit));
}

int
cadre_master_umask(struct cadre_master *m, unsigned int mask)
{
	int err = master_settled(m);

	if (err < 0)
		return err;
	if (mask > 0777)
		return cadre__fail(-EINVAL, "a umask is 0 to 0777, not 0%o",
		    mask);
	m->privileges.umask_said = true;
	m->privileges.umask = (mode_t)mask;
	return taken(m, 0);
}

int
cadre_master_chdir(struct cadre_master *m, const char *path)
{
	struct stat st;
	char *copy;
	int err = master_settled(m);

	if (err < 0)
		return err;
	if (path == NULL || *path == '\0')
		return cadre__fail(-EINVAL, "the working directory is missing");
	if (stat(path, &st) < 0) {
		err = -errno;
		return cadre__fail(err, "working directory %.256s: %s; make "
		    "it, or name another", path, strerror(-err));
	}
	if (!S_ISDIR(st.st_mode))
		return cadre__fail(-ENOTDIR, "working directory %.256s is no "
		    "directory", path);
	copy = strdup(path);
	err = copy == NULL ? -ENOMEM : path_settle(&copy);
	if (err < 0) {
		free(copy);
		return err;
	}
	free(m->privileges.directory);
	m->privileges.directory = copy;
	return taken(m, 0);
}

int
cadre_master_affinity(struct cadre_master *m, const char *how)
{
	int err = master_settled(m);

	if (err < 0)
		return err;
	return taken(m, affinity_set(&m->privileges.affinity, how));
}

int
cadre_master_clean_env(struct cadre_master *m, const char *pass)
{
	int err = master_settled(m);

	if (err < 0)
		return err;
	return taken(m, environment_clean(&m->privileges.environment, pass));
}
