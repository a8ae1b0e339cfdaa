/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What surrounds an exec'd program, said once; cadre-program(7) tells it to
 * users.
 *
 * Descriptors: 0 is /dev/null, 1 and 2 the seat's log; from 3 on the seat's
 * listening sockets in the order of the listeners; after them control,
 * messages, the lock `alive`, the anchor read-only, and what
 * cadre_master_keep_fd() named, in that order. No slot: attach brings that.
 *
 * Environment: the master's, without what its own starter meant for it alone,
 * with what cadre_master_env() gave and the variables of own_variables[].
 *
 * Signals: none blocked, all dispositions the default, the stop signal when
 * the master dies. Limits: the descriptor limit from before the start. It
 * leads a process group of its own. Then what privileges.h says.
 */
#ifndef RUNTIME_SURROUNDINGS_H
#define RUNTIME_SURROUNDINGS_H

#include <stdbool.h>
#include <stddef.h>

struct cadre_master;
struct life;
struct seat;
struct worker_birth;

/* Made before the fork, so that the child has nothing to allocate. */
struct surroundings {
	char		**env;		/* for execve(); the list is ours */
	size_t		n;
	char		text[2048];	/* the variables that the runtime sets */
	size_t		used;
	char		*pid, *listen_pid; /* in there, for the child's own */
};

bool	surroundings_owns(const char *assignment, size_t name_bytes);
	/* Is that variable one that only the runtime may set? */
int	surroundings_make(struct surroundings *, const struct cadre_master *,
	    const struct seat *, const struct life *);
	/* 0, -ENOMEM, or -E2BIG: names longer than there is room for. */
void	surroundings_free(struct surroundings *);
void	program_become(struct cadre_master *, struct seat *,
	    const struct worker_birth *, struct surroundings *)
	    __attribute__((noreturn));
	/* In the child: set all that up, and exec. */

#endif
