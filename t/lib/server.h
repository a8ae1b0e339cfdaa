/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A worker that keeps its connections open, many at once, and spends a turn as
 * a client says; and that client.
 */
#ifndef T_SERVER_H
#define T_SERVER_H

#include <cadre/cadre.h>

#include "t/lib/app.h"

extern struct server_seat {		/* shared by all processes of a test */
	unsigned int	open, most;	/* connections now, and at most so far */
	unsigned int	turns;
	unsigned int	stale;		/* events of what is closed already */
} *server_seats;
	/* Of each seat; made by server_share(), else NULL. */
void	server_share(void);
	/* Before the start. Again: they are all 0. */

int	server_run(struct cadre_worker *, void *arg);
	/*
	 * A cadre_worker_fn. Answers each line by "seat N NS\n", when it has
	 * done what the line says; NS is the time that took. A connection ends
	 * when the client ends it. Lines:
	 *	hello		nothing
	 *	spin MS		a busy loop; 0: for ever
	 *	deaf MS		the same, with SIGABRT ignored from now on
	 *	sleep MS	a sleep in a system call
	 *	disk MS		an uninterruptible one, as a parent in vfork(2)
	 *	limit N		so many descriptors are allowed from now on
	 */
void	server_config(struct cadre_master *, const char *mode);
	/* Listen on tcp:127.0.0.1:0 in that mode; NULL: the usual one. */
void	server_set(struct cadre_master *, enum cadre_option, int64_t value);
	/* Or exit 99. */
int	server_open(const struct app *, const char *line);
	/* Connect and send this line; the socket, or -errno. */
int	server_answer(int fd, unsigned int *ret_seat, uint64_t *ret_ns);
	/* Wait for an answer. 0, or -EPIPE: none came. Both may be NULL. */
int	server_answers(const int *fds, int n, int timeout_ms);
	/*
	 * How many of these have an answer, or an end, that was not read: when
	 * that is all of them, or after the time.
	 */
bool	server_all_up(struct app *, unsigned int workers);
bool	server_busy(struct app *, unsigned int seat);
	/* Until a turn of it has taken 20 ms: none of those of "hello" does. */
bool	server_cause(struct app *, unsigned int seat, uint64_t cause);
	/* Until its row shows that cause of a stall, or 0: that it has none. */

#endif
