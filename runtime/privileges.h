/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a worker takes on itself between the fork and the application, and in
 * which order, said once:
 *
 *	processor	while the master's rights are there
 *	limits		to raise a hard one takes a right, too
 *	mask
 *	groups, group, user, no capability
 *	no new rights
 *	directory	entered by the user, not by the master
 *	a look at all of it
 *
 * The death signal comes after that, as a change of uid clears it; and so does
 * the look for the master, which may have died meanwhile.
 */
#ifndef RUNTIME_PRIVILEGES_H
#define RUNTIME_PRIVILEGES_H

#include "runtime/affinity.h"
#include "runtime/environment.h"
#include "runtime/identity.h"
#include "runtime/rlimits.h"

struct privileges {		/* all 0: as the master */
	struct identity	identity;
	struct rlimits	rlimits;
	struct affinity	affinity;
	struct environment environment;
	bool		asked;		/* any of all these */
	bool		new_privs_said, new_privs;	/* allowed */
	bool		umask_said;
	mode_t		umask;
	char		*directory;	/* absolute; NULL: the master's */
	bool		unreachable;	/* to them is the app's directory */
};

void	privileges_free(struct privileges *);
int	privileges_settle(struct cadre_master *);
	/* At the start, before anything is made. 0 or -errno, said. */
int	privileges_rehearse(struct cadre_master *);
	/*
	 * Take them in a child, once the app's directory is there: 0, or what a
	 * worker would fail with. In rehearsal.c.
	 */
int	privileges_take(const struct privileges *, unsigned int seat);
	/* In the child. 0 or -errno; cadre_error() has the line. */

/* Programs of another uid: who may search the app's directory, and read. */
bool	privileges_another(const struct cadre_master *);
	/* Settled: workers run as another user than this process. */
bool	privileges_apart(const struct cadre_master *);

#endif
