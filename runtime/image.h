/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The file of a program, kept: a version is what workers run until a reload
 * replaces it, also when another file stands at its path by now.
 */
#ifndef RUNTIME_IMAGE_H
#define RUNTIME_IMAGE_H

#include <stdbool.h>

#include <sys/stat.h>

struct image {
	int		fd;		/* O_PATH; -1: none */
	dev_t		dev;
	ino_t		ino;
	bool		kept;		/* it can be run without its path */
};

#define IMAGE_NONE	{ .fd = -1 }

int	image_open(struct image *ret_image, const char *path);
	/*
	 * The file that stands there now; the caller's, image_close(). A script
	 * is not kept: its interpreter opens it by its path. 0 or -errno.
	 */
void	image_close(struct image *);
bool	image_differs(const struct image *, const struct image *);
int	image_exec(const struct image *, int fd, const char *path,
	    char *const *argv, char *const *env);
	/*
	 * In the child: run it, by its path if it still stands there, else by
	 * `fd`, a copy of its descriptor. Returns -errno only.
	 */

#endif
