/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A worker that tells each peer whom it took it for, and what came with that,
 * and then sends back every byte; and the peer's side of it.
 */
#ifndef T_INTRODUCED_H
#define T_INTRODUCED_H

#include "t/lib/app.h"
#include "t/lib/preface.h"

int	introduced(struct cadre_worker *, void *arg);
	/*
	 * "HOST:PORT vVERSION via HOST to HOST:PORT AUTHORITY\n", of a peer
	 * without a header "HOST:PORT\n", without the port of one whose host is
	 * 127.0.0.1 or ::1; of a Unix socket "unix:PATH". Draining, it ends when
	 * its last connection has.
	 */
int	introduced_alone(struct cadre_worker *, void *arg);
	/* The same, in a loop that waits by itself. */
int	introduced_send(const struct app *, const void *bytes, size_t n);
	/* Connect and send these; the socket, or -errno. */
int	introduced_line(const struct app *, const char *line);
	/* The same: version 1. */
bool	introduced_as(int fd, const char *want);
	/* It was taken for that; else it says what for. Reads that line only. */
bool	introduced_echoes(int fd, const char *bytes);
	/* These come back, and nothing before them; they may be sent already. */
bool	introduced_closed(int fd);
	/* It is closed without a byte. */

#endif
