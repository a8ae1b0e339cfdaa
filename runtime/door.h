/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Doors: a listener with an address for each seat, tcp:HOST:PORT+N or
 * unix:PATH with an N in it, by which a client, mostly a proxy, chooses the
 * seat. Here are the sockets and their addresses; when one is open, in doors.c.
 */
#ifndef RUNTIME_DOOR_H
#define RUNTIME_DOOR_H

#include "runtime/listen.h"

#define DOOR_GRAMMAR	"type tcp:HOST:PORT+N, or unix:PATH with an N that " \
			    "stands alone, as in unix:/run/web-N.sock"

/*
 * How it is shut, without a connection lost: nobody new comes in, what has
 * come is taken by the worker or rescued, and only then it is refused. The
 * file of a Unix door has another name in the meantime.
 */
#define DOOR_SHUT_NAME	".shut"		/* behind the name of that file */

int	door_first(const char *address, char *first, size_t bytes);
	/* The address of seat 0. 0 or -EINVAL, said. */
int	door_of(const struct listener *, unsigned int seat,
	    struct listener *ret_one);
	/*
	 * A listener for the one socket of this seat. 0, or -ERANGE: there is
	 * no such port.
	 */
int	door_open(struct listener *, unsigned int seats, unsigned int wanted);
	/*
	 * listener_open(): those of seats from `wanted` on are shut. The
	 * address gets its port if it had none.
	 */
bool	door_is_here(const struct listener *);
	/* Only this machine can come there. */
void	door_unlink(const struct listener *);
	/* The files of Unix doors, under either name. */
int	door_filter(int fd, bool on);
	/* Drop each SYN that comes to this TCP socket, or no longer. */

/* Each of one seat's door; 0 or -errno. */
int	door_keep_out(const struct listener *, unsigned int seat);
	/* Nobody new comes in: a SYN is dropped, a path is not there. */
int	door_let_in(const struct listener *, unsigned int seat);
int	door_refuse(const struct listener *, unsigned int seat);
	/* From now on connections are refused; what was queued is reset. */
int	door_listen(const struct listener *, unsigned int seat);
	/* Refuse no longer. Who was kept out still is. */

#endif
