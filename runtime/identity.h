/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * As whom a process runs. Names are looked up in the master, long before a
 * fork: name services load code and take locks. In the child there are system
 * calls only, and a look afterwards at what they came to.
 */
#ifndef RUNTIME_IDENTITY_H
#define RUNTIME_IDENTITY_H

#include <stdbool.h>

#include <sys/types.h>

struct identity {
	bool		asked;		/* all 0: as the master */
	bool		changes;	/* settled: it shall be taken */
	uid_t		uid;
	gid_t		gid;
	gid_t		*groups;	/* ascending, none twice; behind them as
					   much room again, for the look */
	unsigned int	ngroups;
	char		name[64];	/* of the user, for messages */
	char		*variables[3];	/* HOME=… and so on, or NULL */
};

int	identity_find(struct identity *, const char *user, const char *group);
	/* Look it up; -errno as cadre_master_user(), `id` as before then. */
void	identity_free(struct identity *);
int	identity_settle(struct identity *);
	/* At the start: may this process become it? 0, or -EPERM, said. */
int	identity_become(uid_t, gid_t, const gid_t *groups, unsigned int n,
	    const char **ret_call);
	/*
	 * Groups, group and user, in this order: the last takes the right to
	 * the others. -errno, and which call failed.
	 */
int	capabilities_drop(void);
	/* None is left, neither of root nor of an ambient set. */
int	identity_take(const struct identity *);
	/* In the child: become it. 0 or -errno, said. */
int	identity_verify(const struct identity *);
	/* In the child: it is so, and there is no way back. 0 or -EPERM, said. */

#endif
