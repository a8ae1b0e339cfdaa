/* SPDX-License-Identifier: BSD-2-Clause */
/* The limits of workers: NAME=SOFT[:HARD] as text, and set in the child. */
#ifndef RUNTIME_RLIMITS_H
#define RUNTIME_RLIMITS_H

#include <stdbool.h>

#include <sys/resource.h>

struct rlimits {		/* all 0: those of the master */
	bool		given[RLIM_NLIMITS];
	struct rlimit	of[RLIM_NLIMITS];
};

int	rlimits_add(struct rlimits *, const char *text);
	/* 0, or -EINVAL, said. The last of one name counts. */
int	rlimits_check(const struct rlimits *, unsigned int descriptors);
	/* Do they leave a worker what it needs for itself? 0, -EINVAL, said. */
int	rlimits_take(const struct rlimits *);
	/* In the child, before it gives up rights. 0 or -errno, said. */

#endif
