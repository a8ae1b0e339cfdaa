/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Clients that a proxy spoke for, by descriptor; of all others the socket
 * knows. The table grows when one does not fit.
 */
#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sys/socket.h>

#include "examples/peer.h"

static struct cadre_peer *peers;
static size_t npeers;

static int
keep(int fd, const struct cadre_peer *peer)
{
	size_t n = (size_t)fd + 64;
	struct cadre_peer *more;

	if ((size_t)fd >= npeers) {
		more = realloc(peers, n * sizeof(*peers));
		if (more == NULL)
			return -ENOMEM;
		memset(more + npeers, 0, (n - npeers) * sizeof(*peers));
		peers = more;
		npeers = n;
	}
	peers[fd] = *peer;
	return 0;
}

static struct cadre_peer *
kept(int fd)
{
	return (size_t)fd < npeers && peers[fd].bytes > 0 ? &peers[fd] : NULL;
}

int
peer_accept(struct cadre_worker *w, unsigned int listener)
{
	struct cadre_proxy proxy;
	struct cadre_peer peer;
	int fd = cadre_worker_accept(w, listener, &peer);

	/* LOCAL and UNKNOWN name nobody: the socket's is the one. */
	if (fd < 0 || cadre_worker_proxy(w, &proxy) < 0 || !proxy.known ||
	    keep(fd, &peer) == 0)
		return fd;
	cadre_worker_close(w, fd);
	return -ENOMEM;
}

int
peer_close(struct cadre_worker *w, int fd)
{
	if (kept(fd) != NULL)
		peers[fd].bytes = 0;
	return cadre_worker_close(w, fd);
}

void
peer_text(int fd, char text[PEER_BYTES])
{
	const struct cadre_peer *known = kept(fd);
	struct cadre_peer p = { .bytes = sizeof(p.address) };
	char host[NI_MAXHOST] = "?", port[NI_MAXSERV] = "";

	if (known != NULL)
		p = *known;
	else if (getpeername(fd, (struct sockaddr *)&p.address, &p.bytes) < 0)
		p.bytes = 0;
	if (p.bytes > 0 && p.address.ss_family == AF_UNIX)
		strcpy(host, "unix");
	else if (p.bytes > 0)
		(void)getnameinfo((struct sockaddr *)&p.address, p.bytes, host,
		    sizeof(host), port, sizeof(port), NI_NUMERICHOST |
		    NI_NUMERICSERV);
	snprintf(text, PEER_BYTES, "%s %s%s\n", host, port, known != NULL ?
	    " by a proxy" : "");
}
