/* SPDX-License-Identifier: BSD-2-Clause */
/* Who is at the other end, also of connections that a reverse proxy brought. */
#ifndef EXAMPLES_PEER_H
#define EXAMPLES_PEER_H

#include <cadre/cadre.h>

#define PEER_BYTES	1100		/* of a text */

int	peer_accept(struct cadre_worker *, unsigned int listener);
	/* cadre_worker_accept(), and keep whom a proxy spoke for. */
int	peer_close(struct cadre_worker *, int fd);
	/* Forget, and cadre_worker_close(). */
void	peer_text(int fd, char text[PEER_BYTES]);
	/* "192.0.2.1 40000 by a proxy\n"; "127.0.0.1 50000\n", "unix \n". */

#endif
