/* SPDX-License-Identifier: BSD-2-Clause */
/* examples/sessions as the app under test, and a client with a cookie. */
#ifndef T_SESSION_H
#define T_SESSION_H

#include "t/lib/example.h"

#define SESSION	"0123456789abcdef0123456789abcdef"

struct visit {
	int		status;		/* 0: no answer */
	unsigned int	count, seat;
};

struct app *session_start(unsigned int workers, char *store, char *option);
	/*
	 * In mode rr, so that connections reach them all; the master may take
	 * 10 s. option: one more, or NULL.
	 */
struct app *session_start_at(unsigned int workers, const char *where,
    char *store, char *option);
	/* The same at an address, with its options. */
int	session_connect(const struct app *, unsigned int seat);
	/* A connection that the worker of this seat has; or bails out. */
struct visit session_visit(int fd, const char *id);

struct visitor {		/* all 0 at first */
	char		cookie[64];
	unsigned int	count, seat;	/* as it was told; 0: it was not */
};
void	session_come(const struct app *, unsigned int address,
	    struct visitor *);
	/*
	 * A visit on a connection of its own, from 127.1.1.1 plus so many, with
	 * the cookie that was set last.
	 */

#endif
