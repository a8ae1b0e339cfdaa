/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Going into the background. The command forks; its child becomes the master,
 * and the command stays until the child has told over a pipe how it went. The
 * child is hurt neither by a signal to its parent nor by its death.
 */
#ifndef TOOLS_BACKGROUND_H
#define TOOLS_BACKGROUND_H

#include <signal.h>
#include <stdbool.h>

#include <sys/types.h>

#include "tools/verb.h"

enum background_news {
	BACKGROUND_NOTE,	/* a line for standard error; more will come */
	BACKGROUND_READY,	/* the line for standard output; done */
	BACKGROUND_FAILED,	/* the reason; nothing is left of it; done:
				   background_fail() */
};

struct background {
	const struct verb *verb;
	const char	*name;
	bool		child;		/* we are it */
	pid_t		pid;		/* of the child */
	int		pipe;		/* our end: to read, or to write */
	int		signals;
	bool		asked;		/* the child was told to stop */
};

int background_fork(struct background *);
	/*
	 * 0 in both, `child` tells who we are; -errno: there is no child. The
	 * child has a session of its own, /dev/null as descriptors 0 to 2, and
	 * the pipe; the directory it was called in stays its own.
	 */
int background_wait(struct background *);
	/* The parent: say what comes. The exit code. */
void background_tell(struct background *, enum background_news,
    const char *text);
	/* The child: never blocks, and a parent that is gone is fine. */
void background_fail(struct background *, int code, const char *why);
	/* The same with BACKGROUND_FAILED, and the exit code of the parent. */

#endif
