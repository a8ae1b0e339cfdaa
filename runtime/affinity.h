/* SPDX-License-Identifier: BSD-2-Clause */
/* Which processor the worker of a seat runs on: settled once, at the start. */
#ifndef RUNTIME_AFFINITY_H
#define RUNTIME_AFFINITY_H

#include <stdbool.h>

enum affinity_way { AFFINITY_OFF, AFFINITY_COMPACT, AFFINITY_SPREAD,
	AFFINITY_LIST };

struct affinity {		/* all 0: as the master */
	enum affinity_way way;
	unsigned int	*cpus;		/* in the order of the seats */
	unsigned int	n;
};

struct cpu {
	unsigned int	number, package, core;
	unsigned int	sibling;	/* which of its core, … */
	unsigned int	place;		/* … and its core of the package */
};

int	affinity_set(struct affinity *, const char *how);
	/* 0, -EINVAL, said, or -ENOMEM: as before then. */
void	affinity_free(struct affinity *);
int	affinity_settle(struct affinity *);
	/* By what this process may use. 0, -EINVAL, said, -ENOMEM. */
void	affinity_order(struct cpu *, unsigned int n, bool spread);
	/* Sort them, by package and core, into the order of the seats. */
void	affinity_topology(const char *dir, struct cpu *);
	/*
	 * Package and core of this processor, by sysfs below `dir`; where that
	 * does not say, it is a core by itself.
	 */
int	affinity_take(const struct affinity *, unsigned int seat);
	/* In the child. 0 or -errno, said. */

#endif
