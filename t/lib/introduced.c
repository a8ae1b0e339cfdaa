/* SPDX-License-Identifier: BSD-2-Clause */
/* Who comes with which word; see introduced.h. */
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/un.h>

#include "t/lib/introduced.h"
#include "t/lib/tap.h"

#define LISTENER	(UINT64_C(1) << 32)	/* in the tag of an event */
#define EVENTS		16

static const char *
name(const struct cadre_peer *p, char *text, size_t room)
{
	const struct sockaddr_in6 *in6 = (const void *)&p->address;
	const struct sockaddr_in *in = (const void *)&p->address;
	const struct sockaddr_un *sun = (const void *)&p->address;
	char host[INET6_ADDRSTRLEN] = "";

	if (p->bytes == 0)
		return "nobody";
	if (p->address.ss_family == AF_UNIX) {
		snprintf(text, room, "unix:%.*s", (int)(p->bytes -
		    offsetof(struct sockaddr_un, sun_path)), sun->sun_path);
		return text;
	}
	inet_ntop(p->address.ss_family, p->address.ss_family == AF_INET ?
	    (const void *)&in->sin_addr : &in6->sin6_addr, host, sizeof(host));
	if (strcmp(host, "127.0.0.1") == 0 || strcmp(host, "::1") == 0)
		snprintf(text, room, "%s", host);
	else
		snprintf(text, room, "%s:%u", host, ntohs(in->sin_port));
	return text;
}

static void
tell(struct cadre_worker *w, int fd, const struct cadre_peer *peer)
{
	char text[512], one[128], two[128], three[128];
	const void *authority = "";
	struct cadre_proxy p;
	size_t n = 0;
	int all;

	all = snprintf(text, sizeof(text), "%s\n", name(peer, one,
	    sizeof(one)));
	if (cadre_worker_proxy(w, &p) == 0) {
		(void)cadre_worker_proxy_tlv(w, CADRE_PROXY_AUTHORITY,
		    &authority, &n);
		all = snprintf(text, sizeof(text), "%s v%u via %s to %s %.*s\n",
		    one, p.version, name(&p.proxy, two, sizeof(two)),
		    name(&p.destination, three, sizeof(three)), (int)n,
		    (const char *)authority);
	}
	(void)!send(fd, text, (size_t)all, MSG_NOSIGNAL);
}

static int
echo(struct cadre_worker *w, int fd)
{
	char bytes[512];
	ssize_t n = recv(fd, bytes, sizeof(bytes), MSG_DONTWAIT);

	if (n > 0)
		(void)!send(fd, bytes, (size_t)n, MSG_NOSIGNAL);
	else if (n == 0 || errno != EAGAIN) {
		cadre_worker_close(w, fd);
		return 1;
	}
	return 0;
}

/* All that waits; how many. */
static int
take(struct cadre_worker *w, int epfd, unsigned int listener)
{
	struct epoll_event e = { .events = EPOLLIN };
	struct cadre_peer peer;
	int n = 0, fd;

	while ((fd = cadre_worker_accept(w, listener, &peer)) >= 0) {
		if (app_requests != NULL)
			cadre_counter_add(app_requests, 1);
		tell(w, fd, &peer);
		e.data.u64 = (uint64_t)fd;
		epoll_ctl(epfd, EPOLL_CTL_ADD, fd, &e);
		n++;
	}
	return n;
}

static int
serve(struct cadre_worker *w, bool alone)
{
	struct epoll_event e = { .events = EPOLLIN }, events[EVENTS];
	int epfd = epoll_create1(EPOLL_CLOEXEC), fd, n, open = 0;
	bool last = false;

	for (unsigned int l = 0; (fd = cadre_worker_listener_fd(w, l)) >= 0;
	    l++) {
		e.data.u64 = LISTENER | l;
		epoll_ctl(epfd, EPOLL_CTL_ADD, fd, &e);
	}
	e.data.u64 = LISTENER | CADRE_LISTENERS_MAX;
	if (alone)
		epoll_ctl(epfd, EPOLL_CTL_ADD, cadre_worker_fd(w), &e);
	cadre_worker_ready(w);
	while (!last || open > 0) {
		if (alone) {
			cadre_worker_turn_end(w);
			/* What that has read must not be slept over. */
			n = epoll_wait(epfd, events, EVENTS,
			    !last && cadre_worker_draining(w) ? 0 : -1);
			cadre_worker_turn_begin(w);
		} else
			n = cadre_worker_wait(w, epfd, events, EVENTS, -1);
		for (int i = 0; i < n; i++)
			if ((events[i].data.u64 & LISTENER) == 0)
				open -= echo(w, (int)events[i].data.u64);
			else
				open += take(w, epfd,
				    (unsigned int)events[i].data.u64);
		last = cadre_worker_draining(w);
		for (unsigned int l = 0; last &&
		    cadre_worker_listener_fd(w, l) >= 0; l++)
			open += take(w, epfd, l);
	}
	return 0;
}

int
introduced(struct cadre_worker *w, void *arg)
{
	(void)arg;
	return serve(w, false);
}

int
introduced_alone(struct cadre_worker *w, void *arg)
{
	(void)arg;
	return serve(w, true);
}

int
introduced_send(const struct app *a, const void *bytes, size_t n)
{
	int fd = app_connect(a);

	if (fd >= 0)
		(void)!send(fd, bytes, n, MSG_NOSIGNAL);
	return fd;
}

int
introduced_line(const struct app *a, const char *line)
{
	static struct preface p;

	preface_line(&p, line);
	return introduced_send(a, p.bytes, p.n);
}

bool
introduced_as(int fd, const char *want)
{
	char line[512];
	size_t n = 0;

	while (n < sizeof(line) - 1 && recv(fd, line + n, 1, 0) == 1 &&
	    line[n] != '\n')
		n++;
	line[n] = '\0';
	if (strcmp(line, want) != 0)
		diag("taken for '%s', not for '%s'", line, want);
	return strcmp(line, want) == 0;
}

bool
introduced_echoes(int fd, const char *bytes)
{
	size_t all = strlen(bytes), n = 0;
	char got[512];
	ssize_t some;

	while (n < all && (some = recv(fd, got + n, all - n, 0)) > 0)
		n += (size_t)some;
	return n == all && memcmp(got, bytes, n) == 0;
}

bool
introduced_closed(int fd)
{
	char byte;
	ssize_t n = recv(fd, &byte, 1, 0);

	return n == 0 || (n < 0 && errno == ECONNRESET);
}
