/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Behind the fork: it closes what it may not keep, gives up its rights, and
 * sees that it does not outlast its master, before it does anything.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sys/mman.h>
#include <sys/prctl.h>

#include "runtime/acceptor-birth.h"
#include "runtime/dispatch.h"
#include "runtime/spawn.h"
#include "shm/fault.h"
#include "shm/object.h"

#define EXIT_SETUP	71
#define NOBODY		65534		/* the uid that owns nothing */

static int
rights_drop(void)
{
	const char *call;
	int err;

	/* In a namespace where nobody is not there it keeps its uid. */
	if (geteuid() == 0)
		(void)identity_become(NOBODY, NOBODY, NULL, 0, &call);
	err = capabilities_drop();
	if (err == 0 && (CADRE_FAULT("acceptor.rights") < 0 ||
	    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0))
		err = -errno;
	return err;
}

/* All it may keep: sockets that wait for it, hand-overs, control, the lock. */
static int
descriptors_keep(struct cadre_master *m, int control)
{
	unsigned int room = 5 + 2 * m->nhandovers, n = 0;
	int *fds, err;

	for (unsigned int i = 0; i < m->nlisteners; i++)
		room += m->listeners[i].nfds;
	fds = calloc(room, sizeof(*fds));
	if (fds == NULL)
		return -ENOMEM;
	for (int fd = 0; fd < 3; fd++)
		fds[n++] = fd;
	fds[n++] = control;
	if (m->directory.alive >= 0)
		fds[n++] = m->directory.alive;
	for (unsigned int i = 0; i < m->nhandovers; i++) {
		fds[n++] = m->handovers[i].ours;
		fds[n++] = m->handovers[i].worker;
	}
	for (unsigned int i = 0; i < m->nlisteners; i++)
		for (unsigned int k = 0; k < m->listeners[i].nfds; k++)
			fds[n++] = m->listeners[i].fds[k];
	err = spawn_close_others(fds, n);
	free(fds);
	return err;
}

static int
become(struct cadre_master *m, int control, pid_t master, struct post *p)
{
	void *map;
	int err, fd;

	m->in_worker = true;
	fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	if (fd < 0 || dup2(fd, STDIN_FILENO) < 0 || setpgid(0, 0) < 0)
		return -errno;
	err = cadre__object_map(m->anchor->acceptor_fd,
	    m->anchor->places.acceptor_bytes, PROT_READ | PROT_WRITE, NULL,
	    &map);
	if (err == 0)
		err = descriptors_keep(m, control);
	if (err == 0)
		err = rights_drop();
	if (err < 0)
		return err;
	(void)prctl(PR_SET_NAME, "cadre-acceptor");
	/* A change of uid would undo it; then look, in case it was too late. */
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0)
		return -errno;
	cadre__acceptor_open(&p->shm, map, &m->anchor->places);
	cadre__acceptor_begin(&p->shm, CADRE_SLOTS_PER_SEAT * m->nseats);
	return getppid() == master ? 0 : -ESRCH;
}

void
acceptor_main(struct cadre_master *m, int control, pid_t master)
{
	struct post p = {
		.max_workers = m->nseats,
		.nlisteners = m->nlisteners,
		.listeners = m->listeners,
		.handovers = m->handovers,
		.slots = m->anchor->slot,
		.worker_limit =
		    (uint64_t)option(m, CADRE_WORKER_CONNECTIONS),
		.app_limit = (uint64_t)option(m, CADRE_APP_CONNECTIONS),
		.shed = option(m, CADRE_OVERLOAD) == CADRE_OVERLOAD_SHED,
		.shed_bytes = m->shed,
		.shed_n = m->shed_bytes,
	};
	int err;

	err = become(m, control, master, &p);
	if (err == 0)
		dispatch_main(&p, control);
	dprintf(STDERR_FILENO, "cadre: cannot set up the acceptor: %s\n",
	    strerror(-err));
	_exit(EXIT_SETUP);
}
