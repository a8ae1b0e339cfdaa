/* SPDX-License-Identifier: BSD-2-Clause */
/* A program of examples/ as the app under test, and a few words of HTTP. */
#ifndef T_EXAMPLE_H
#define T_EXAMPLE_H

#include "t/lib/app.h"

struct app *example_start(const char *program, unsigned int workers,
    char *const argv[], int ret_ends[2]);
	/*
	 * Run examples/PROGRAM of the build with these arguments (argv[0] is
	 * filled in) until that many workers are ready; its app is named
	 * "app". ret_ends, unless NULL: [0] to read its output from, [1] to
	 * write its input. Bails out when it does not come up.
	 */

struct answer {			/* one HTTP response */
	int	status;		/* 0: the connection ended before it */
	bool	closes;		/* it says Connection: close */
	char	cookie[64];	/* of Set-Cookie, up to its ';'; "" */
	char	body[256];
};
int example_send(int fd, const char *text, size_t bytes);
	/* All of it. 0 or -errno. */
void example_answer(int fd, bool to_head, struct answer *ret_answer);
	/* The next response on fd; one to HEAD has no body. */
bool example_ended(int fd);
	/* The server closed it: nothing more comes. */
struct answer example_ask(const struct app *, const char *request);
	/* One request on a connection of its own. */

#endif
