/* SPDX-License-Identifier: BSD-2-Clause */
/* A cgroup of the test's own, below the one it runs in, where root may. */
#ifndef T_LIMIT_H
#define T_LIMIT_H

#include <stdbool.h>

struct limit {
	char	path[256];	/* empty: it could not be made */
	bool	v2;
};

bool	limit_make(struct limit *, const char *controller, const char *file_v1,
	    const char *file_v2);
	/*
	 * Make it where the file stands that sets the limit. False: there is
	 * no such controller here, or no right to use it. Removed at exit.
	 */
bool	limit_set(const struct limit *, const char *file, const char *text);
bool	limit_enter(const struct limit *);
	/* Move this process, a child of the test, into it. */

#endif
