/* t/23-peer-address: whoever accepts, the peer is the client's real address and port */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <netinet/in.h>
#include <sys/un.h>

#include "t/lib/keeper.h"
#include "t/lib/tap.h"

/* Sends back to each what it is told of it. */
static int
tell(struct cadre_worker *w, void *arg)
{
	struct epoll_event e = { .events = EPOLLIN };
	int epfd = epoll_create1(EPOLL_CLOEXEC), fd;
	struct cadre_peer peer;

	(void)arg;
	epoll_ctl(epfd, EPOLL_CTL_ADD, cadre_worker_listener_fd(w, 0), &e);
	cadre_worker_ready(w);
	while (!cadre_worker_draining(w)) {
		cadre_worker_wait(w, epfd, &e, 1, -1);
		memset(&peer, 0xa5, sizeof(peer));
		while ((fd = cadre_worker_accept(w, 0, &peer)) >= 0) {
			(void)!send(fd, &peer, sizeof(peer), MSG_NOSIGNAL);
			cadre_worker_close(w, fd);
		}
	}
	return 0;
}

/* A client of that family with an address of its own, and the way there. */
static int
client(const struct app *a, int family)
{
	struct sockaddr_in in = { .sin_family = AF_INET,
	    .sin_port = htons((in_port_t)a->port),
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct sockaddr_in6 in6 = { .sin6_family = AF_INET6,
	    .sin6_port = in.sin_port, .sin6_addr = in6addr_loopback };
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0), err;
	socklen_t n = offsetof(struct sockaddr_un, sun_path) + 90;

	if (family == AF_UNIX) {
		/* Longer than what a hand-over has room for. */
		snprintf(un.sun_path + 1, 90, "cadre-%d-%080d", getpid(), 1);
		bind(fd, (struct sockaddr *)&un, n);
		snprintf(un.sun_path, sizeof(un.sun_path), "%s/web", a->dir);
		err = connect(fd, (struct sockaddr *)&un, sizeof(un));
	} else if (family == AF_INET6)
		err = connect(fd, (struct sockaddr *)&in6, sizeof(in6));
	else
		err = connect(fd, (struct sockaddr *)&in, sizeof(in));
	return err == 0 ? fd : -1;
}

static void
compare(const struct app *a, int family, const char *options)
{
	struct cadre_peer peer = { .bytes = 0 };
	struct sockaddr_storage own;
	socklen_t bytes = sizeof(own);
	int fd = client(a, family);

	ok(fd >= 0 && getsockname(fd, (struct sockaddr *)&own, &bytes) == 0 &&
	    recv(fd, &peer, sizeof(peer), MSG_WAITALL) == sizeof(peer),
	    "%s: a client is answered", options);
	ok(peer.bytes == bytes && memcmp(&peer.address, &own, bytes) == 0,
	    "the worker was told its address, %d bytes", (int)peer.bytes);
	close(fd);
}

int
main(void)
{
	static const struct { const char *options; int family; } rows[] = {
		{ "mode=gate", AF_INET }, { "mode=spread", AF_INET },
		{ "mode=rr", AF_INET }, { "mode=least", AF_INET },
		{ "6,mode=gate", AF_INET6 }, { "6,mode=rr", AF_INET6 },
		{ "unix,mode=gate", AF_UNIX }, { "unix,mode=rr", AF_UNIX },
		{ "mode=sticky:addr", AF_INET },
		{ "6,mode=sticky:addr", AF_INET6 },
		{ "unix,mode=sticky:cookie:a,peek-ms=20", AF_UNIX },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct app *a = keeper_start(1, tell, rows[i].options);

		compare(a, rows[i].family, rows[i].options);
		compare(a, rows[i].family, "another");
		is_int(app_stop(a), 0, "the master exits 0");
	}
	return done_testing();
}
