/* SPDX-License-Identifier: BSD-2-Clause */
/* Workers for an app under test, and the clients that talk to them; app.h. */
#include <errno.h>
#include <stdlib.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>

#include "t/lib/app.h"

int
app_idle(struct cadre_worker *w, void *arg)
{
	struct epoll_event e;
	int epfd = epoll_create1(EPOLL_CLOEXEC);

	(void)arg;
	cadre_worker_ready(w);
	while (!cadre_worker_draining(w))
		cadre_worker_wait(w, epfd, &e, 1, -1);
	return 0;
}

/* A line of the client, or as much of it as came. */
static bool
line_read(int fd, char *line, size_t bytes)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	ssize_t n;

	while ((n = recv(fd, line, bytes - 1, 0)) < 0 &&
	    (errno == EAGAIN || errno == EINTR))
		if (poll(&p, 1, APP_WAIT_S * 1000) == 0)
			break;
	line[n > 0 ? n : 0] = '\0';
	return n > 0;
}

static void
answer_one(struct cadre_worker *w, int fd)
{
	char line[64], reply[64];
	bool asked;

	snprintf(reply, sizeof(reply), "seat %u pid %d\n",
	    cadre_worker_seat(w), (int)getpid());
	asked = line_read(fd, line, sizeof(line));
	if (asked && strcmp(line, "hold\n") == 0) {
		(void)!send(fd, reply, strlen(reply), MSG_NOSIGNAL);
		asked = line_read(fd, line, sizeof(line));
	}
	if (strcmp(line, "busy\n") == 0)
		for (;;)
			;
	if (strcmp(line, "print\n") == 0) {
		puts("asked to");
		fflush(stdout);
	}
	if (strcmp(line, "die\n") == 0)
		kill(getpid(), SIGKILL);
	if (asked) {
		cadre_counter_add(app_requests, 1);
		(void)!send(fd, reply, strlen(reply), MSG_NOSIGNAL);
	}
	cadre_worker_close(w, fd);
}

int
app_answer(struct cadre_worker *w, void *arg)
{
	int epfd = epoll_create1(EPOLL_CLOEXEC), fd;
	struct epoll_event e = { .events = EPOLLIN };
	unsigned int l;

	(void)arg;
	for (l = 0; (fd = cadre_worker_listener_fd(w, l)) >= 0; l++)
		epoll_ctl(epfd, EPOLL_CTL_ADD, fd, &e);
	cadre_worker_ready(w);
	while (!cadre_worker_draining(w)) {
		cadre_worker_wait(w, epfd, &e, 1, -1);
		for (l = 0; (fd = cadre_worker_accept(w, l, NULL)) != -ENOENT;)
			if (fd >= 0)
				answer_one(w, fd);
			else
				l++;
	}
	return 0;
}

int
app_count(struct cadre_worker *w, void *arg)
{
	int epfd = epoll_create1(EPOLL_CLOEXEC), *fd = arg;
	struct epoll_event e;

	cadre_worker_ready(w);
	while (!cadre_worker_draining(w)) {
		cadre_worker_wait(w, epfd, &e, 1, 0);
		cadre_counter_add(app_requests, 1);
		(void)!write(*fd, "", 1);
	}
	return 0;
}

int
app_connect(const struct app *a)
{
	struct timeval limit = { .tv_sec = APP_WAIT_S };
	const char *host = getenv("T_HOST");	/* of those in t/fault/ */
	struct sockaddr_in in = {
		.sin_family = AF_INET,
		.sin_port = htons((in_port_t)a->port),
		.sin_addr.s_addr = inet_addr(host != NULL ? host :
		    "127.0.0.1"),
	};
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	bool tcp = a->port != 0;
	int err, fd;

	snprintf(sun.sun_path, sizeof(sun.sun_path), "%s/web", a->dir);
	fd = socket(tcp ? AF_INET : AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	if (connect(fd, tcp ? (struct sockaddr *)&in : (struct sockaddr *)&sun,
	    tcp ? sizeof(in) : sizeof(sun)) < 0) {
		err = -errno;
		close(fd);
		return err;
	}
	return fd;
}

/* Send a line; true when one came back. */
static bool
exchange(int fd, const char *line, char *answer, size_t bytes)
{
	return fd >= 0 && send(fd, line, strlen(line), MSG_NOSIGNAL) > 0 &&
	    line_read(fd, answer, bytes);
}

int
app_ask(const struct app *a, const char *line, char *answer, size_t bytes)
{
	int fd = app_connect(a);
	bool answered = exchange(fd, line, answer, bytes);

	if (fd >= 0)
		close(fd);
	return fd < 0 ? fd : answered ? (int)strlen(answer) : -EPIPE;
}

int
app_hold_seat(const struct app *a, unsigned int *ret_seat)
{
	char greeting[64];
	int fd = app_connect(a);

	if (fd >= 0 && (!exchange(fd, "hold\n", greeting, sizeof(greeting)) ||
	    sscanf(greeting, "seat %u", ret_seat) != 1)) {
		close(fd);
		fd = -EPIPE;
	}
	return fd;
}

int
app_hold(const struct app *a)
{
	unsigned int seat;

	return app_hold_seat(a, &seat);
}
