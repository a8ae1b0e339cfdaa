/* SPDX-License-Identifier: BSD-2-Clause */
/* Clients of an app in mode sticky; see sticky.h. */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <sys/socket.h>

#include "runtime/sticky.h"
#include "t/lib/sticky.h"

#define FDS	4096

int
sticky_connect(const struct app *a, uint32_t from)
{
	struct timeval limit = { .tv_sec = APP_WAIT_S };
	struct sockaddr_in to = { .sin_family = AF_INET,
	    .sin_port = htons((in_port_t)a->port),
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct sockaddr_in own = { .sin_family = AF_INET,
	    .sin_addr.s_addr = htonl(from) };
	int fd, err;

	if (a->port == 0)
		return app_connect(a);
	fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	(void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	(void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
	if ((from == 0 || bind(fd, (struct sockaddr *)&own, sizeof(own)) ==
	    0) && connect(fd, (struct sockaddr *)&to, sizeof(to)) == 0)
		return fd;
	err = -errno;
	close(fd);
	return err;
}

int
sticky_visit(const struct app *a, uint32_t from, const char *request)
{
	int fd = sticky_connect(a, from);
	char answer[64] = "";
	unsigned int seat;
	ssize_t n;

	if (fd < 0)
		return fd;
	if (request == NULL)
		request = "hello\n";
	(void)!send(fd, request, strlen(request), MSG_NOSIGNAL);
	n = recv(fd, answer, sizeof(answer) - 1, 0);
	close(fd);
	return n > 0 && sscanf(answer, "seat %u", &seat) == 1 ? (int)seat :
	    -EPIPE;
}

struct visitor {
	char		last[4];	/* of what it has sent */
	unsigned int	bytes;
	bool		asked, waits;
};

/* True: it has been answered, or is gone. */
static bool
hear(struct cadre_worker *w, struct visitor *v, int fd)
{
	char bytes[4096], answer[128], id[CADRE_STICKY_ID_BYTES];
	ssize_t n;

	while ((n = recv(fd, bytes, sizeof(bytes), MSG_DONTWAIT)) > 0) {
		if (v->bytes == 0)
			v->waits = n > 9 && memcmp(bytes, "GET /wait", 9) == 0;
		for (ssize_t i = 0; i < n; i++) {
			memmove(v->last, v->last + 1, 3);
			v->last[3] = bytes[i];
			v->asked |= memcmp(v->last, "\r\n\r\n", 4) == 0;
		}
		v->bytes += (unsigned int)n;
	}
	if (n < 0 && (errno != EAGAIN || !v->asked || v->waits))
		return errno != EAGAIN;
	if (!v->asked)
		return true;
	if (cadre_worker_sticky_id(w, id) < 0)
		id[0] = '\0';
	n = snprintf(answer, sizeof(answer), "seat %u bytes %u id %s\n",
	    cadre_worker_seat(w), v->bytes, id);
	(void)!send(fd, answer, (size_t)n, MSG_NOSIGNAL);
	return true;
}

static void
admit(struct cadre_worker *w, int epfd)
{
	struct epoll_event e = { .events = EPOLLIN };

	while ((e.data.fd = cadre_worker_accept(w, 0, NULL)) >= 0) {
		if (app_requests != NULL)
			cadre_counter_add(app_requests, 1);
		if (e.data.fd >= FDS ||
		    epoll_ctl(epfd, EPOLL_CTL_ADD, e.data.fd, &e) < 0)
			cadre_worker_close(w, e.data.fd);
	}
}

int
sticky_web(struct cadre_worker *w, void *arg)
{
	static struct visitor all[FDS];
	struct epoll_event e = { .events = EPOLLIN, .data.fd = -1 }, events[64];
	int epfd = epoll_create1(EPOLL_CLOEXEC), n, fd;

	(void)arg;
	epoll_ctl(epfd, EPOLL_CTL_ADD, cadre_worker_listener_fd(w, 0), &e);
	cadre_worker_ready(w);
	while (!cadre_worker_draining(w)) {
		n = cadre_worker_wait(w, epfd, events, 64, -1);
		for (int i = 0; i < n; i++) {
			fd = events[i].data.fd;
			if (fd < 0)
				admit(w, epfd);
			else if (hear(w, &all[fd], fd)) {
				all[fd] = (struct visitor){ .bytes = 0 };
				cadre_worker_close(w, fd);
			}
		}
	}
	while ((fd = cadre_worker_accept(w, 0, NULL)) >= 0) {
		all[0] = (struct visitor){ .bytes = 0 };
		for (int i = 0; i < 1000 && !hear(w, &all[0], fd); i++)
			(void)poll(&(struct pollfd){ .fd = fd,
			    .events = POLLIN }, 1, 1);
		cadre_worker_close(w, fd);
	}
	cadre_worker_turn_end(w);	/* says that it has left */
	return 0;
}

int
sticky_ask(int fd, const char *head, struct sticky_answer *ret_answer)
{
	struct sticky_answer a = { .seat = 0 };
	char bytes[128];
	size_t got = 0;
	ssize_t n;

	if (head != NULL)
		(void)!send(fd, head, strlen(head), MSG_NOSIGNAL);
	while (got < sizeof(bytes) - 1 &&
	    (n = recv(fd, bytes + got, sizeof(bytes) - 1 - got, 0)) > 0)
		got += (size_t)n;
	close(fd);
	bytes[got] = '\0';
	if (sscanf(bytes, "seat %u bytes %u id %63s", &a.seat, &a.bytes,
	    a.id) < 2)
		return -EPIPE;
	*ret_answer = a;
	return 0;
}

int
sticky_get(const struct app *a, uint32_t from, const char *target,
    const char *cookie, struct sticky_answer *ret_answer)
{
	char head[1024];
	int fd = sticky_connect(a, from);

	if (fd < 0)
		return fd;
	snprintf(head, sizeof(head), "GET %s HTTP/1.1\r\nHost: x\r\n%s%s%s"
	    "\r\n", target, cookie != NULL ? "Cookie: " : "",
	    cookie != NULL ? cookie : "", cookie != NULL ? "\r\n" : "");
	return sticky_ask(fd, head, ret_answer);
}

static int
home_of(uint64_t key, unsigned int seats)
{
	unsigned int all[64];

	for (unsigned int i = 0; i < 64; i++)
		all[i] = i;
	return sticky_home(key, all, seats);
}

int
sticky_home_of(uint32_t from, unsigned int bits, unsigned int seats)
{
	struct sockaddr_in in = { .sin_family = AF_INET,
	    .sin_addr.s_addr = htonl(from) };
	struct sticky s;
	uint64_t key = 0;

	sticky_begin(&s);
	s.prefix4 = (uint8_t)bits;
	(void)sticky_key_of(&s, &in, sizeof(in), &key);
	return home_of(key, seats);
}

int
sticky_home_without(uint32_t from, unsigned int seats, unsigned int gone)
{
	struct sockaddr_in in = { .sin_family = AF_INET,
	    .sin_addr.s_addr = htonl(from) };
	unsigned int all[64], n = 0;
	struct sticky s;
	uint64_t key = 0;

	for (unsigned int i = 0; i < seats && n < 64; i++)
		if (i != gone)
			all[n++] = i;
	sticky_begin(&s);
	(void)sticky_key_of(&s, &in, sizeof(in), &key);
	return sticky_home(key, all, n);
}

int
sticky_home_of_text(const char *key, unsigned int seats)
{
	return home_of(sticky_key(key, strlen(key)), seats);
}

/* A client at home there; with some thousands there is one for each seat. */
static uint32_t
client_of(unsigned int seat, unsigned int seats)
{
	uint32_t i = 0;

	while (sticky_home_of(STICKY_CLIENT(i), 32, seats) != (int)seat)
		i++;
	return STICKY_CLIENT(i);
}

struct known {
	const struct app *app;
	unsigned int	bits, seats;
};

/* Some key at home there, as a cookie and as a parameter. */
static void
key_of(unsigned int seat, unsigned int seats, char *cookie, char *target)
{
	unsigned int i = 0;

	do
		sprintf(cookie, "sid=%u", i++);
	while (sticky_home_of_text(cookie + 4, seats) != (int)seat);
	sprintf(target, "/?%s", cookie);
}

static bool
all_seated(void *arg)
{
	const struct known *k = arg;
	char cookie[32], target[48];
	struct sticky_answer answer;

	for (unsigned int i = 0; i < k->seats; i++) {
		key_of(i, k->seats, cookie, target);
		if (sticky_get(k->app, 0, target, cookie, &answer) < 0 ||
		    answer.seat != i)
			return false;
	}
	return true;
}

bool
sticky_seated(const struct app *a, unsigned int seats)
{
	struct known k = { a, 32, seats };

	return app_until(all_seated, &k);
}

static bool
all_answer(void *arg)
{
	const struct known *k = arg;

	if (k->bits < 32)
		return sticky_visit(k->app, STICKY_CLIENT(0), NULL) ==
		    sticky_home_of(STICKY_CLIENT(0), k->bits, k->seats);
	for (unsigned int i = 0; i < k->seats; i++)
		if (sticky_visit(k->app, client_of(i, k->seats), NULL) !=
		    (int)i)
			return false;
	return true;
}

bool
sticky_known(const struct app *a, unsigned int bits, unsigned int seats)
{
	struct known k = { a, bits, seats };

	return app_until(all_answer, &k);
}

struct without {
	const struct app *app;
	unsigned int	seats, gone;
};

static bool
all_but_one(void *arg)
{
	const struct without *w = arg;

	for (uint32_t i = 0; i < 100; i++)
		if (sticky_visit(w->app, STICKY_CLIENT(i), NULL) !=
		    sticky_home_without(STICKY_CLIENT(i), w->seats, w->gone))
			return false;
	return true;
}

bool
sticky_known_without(const struct app *a, unsigned int seats,
    unsigned int gone)
{
	struct without w = { a, seats, gone };

	return app_until(all_but_one, &w);
}
