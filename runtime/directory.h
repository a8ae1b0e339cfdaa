/* SPDX-License-Identifier: BSD-2-Clause */
/* The app's directory, BASE/NAME: its locks and its socket. */
#ifndef RUNTIME_DIRECTORY_H
#define RUNTIME_DIRECTORY_H

#include <sys/types.h>

struct directory {
	char	path[600];	/* for messages */
	int	fd;		/* -1: not made */
	int	base;		/* the directory above */
	int	name;		/* fcntl lock: one master per name */
	int	alive;		/* flock, which every worker inherits */
	int	sock;		/* the listening socket */
	gid_t	gid;		/* whose members may read */
	uid_t	reader;		/* who may besides; (uid_t)-1: nobody */
	struct directory *next;	/* of those that this process holds */
};

#define DIRECTORY_NONE { .fd = -1, .base = -1, .name = -1, .alive = -1, \
	.sock = -1, .reader = (uid_t)-1 }

int	directory_make(struct directory *, const char *name);
	/*
	 * Make BASE/NAME and take both locks.
	 * -EEXIST	an app of this name runs, or its old workers do
	 * -EACCES, -ENOTDIR, …: cadre_error() tells what to do
	 */
int	directory_alive(const struct directory *);
	/*
	 * In a worker: a lock on `alive` of its own, which no other process can
	 * give up. ≥ 0, its descriptor; the inherited one if that fails.
	 */
int	directory_sock(struct directory *);
	/* Bind `sock`. A stale one is replaced: we hold the locks. */
int	directory_logs(struct directory *);
	/* Make log/; ≥ 0 its descriptor, the caller's. */
void	directory_remove(struct directory *, const char *name);
	/* Remove what stands in it and close all; locks go last. */

#endif
