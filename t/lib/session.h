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
int	session_connect(const struct app *, unsigned int seat);
	/* A connection that the worker of this seat has; or bails out. */
struct visit session_visit(int fd, const char *id);

#endif
