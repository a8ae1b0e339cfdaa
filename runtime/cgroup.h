/* SPDX-License-Identifier: BSD-2-Clause */
/* The cgroups this process is in: its own and all above, v1 and v2. */
#ifndef RUNTIME_CGROUP_H
#define RUNTIME_CGROUP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef void cgroup_visit_fn(int dirfd, bool v2, void *arg);

void	cgroup_walk(const char *controller, cgroup_visit_fn *visit, void *arg);
	/* Visit each directory that may hold limits of that controller. */
int	cgroup_read(int dirfd, const char *file, char *text, size_t bytes);
	/* The start of a file as text. ≥ 0: its length; -errno. */
int	cgroup_number(int dirfd, const char *file, uint64_t *ret_value);
	/* 0; -ERANGE: "max" or -1, no limit; -errno. */

uint64_t memory_room(const char **ret_why);
	/*
	 * Bytes that may still be taken without the out-of-memory killer:
	 * the least of MemAvailable and of limit less usage of every cgroup.
	 * *ret_why: which one, a constant.
	 */

#endif
