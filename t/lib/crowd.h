/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An app "web" made by hand, whose connections crowd: a region without
 * workers, behind a socket that this test answers for each command it runs.
 *
 * One listener in mode rr, 12 waiting for 3 s; an acceptor, this process, with
 * 4 restarts, that rescued 9 and shed 7. Seat 0 is stalled in a busy loop for
 * 5 s, was given 5, of which 3 are not picked up, and one waits on a socket of
 * its own for 4 s. Seat 1 is at its limit.
 */
#ifndef T_CROWD_H
#define T_CROWD_H

#include "t/lib/command.h"

char	*crowd_begin(void);
	/* command_dir(), with the app in it. */
void	crowd_end(char *dir);
	/* Remove it, and say whether something else was left. */
int	crowd_look(struct command *, const char *const words[]);
	/* One command; its exit code. */
#define CROWD_LOOK(c, ...)	\
	crowd_look((c), (const char *const[]){ __VA_ARGS__, NULL })

#endif
