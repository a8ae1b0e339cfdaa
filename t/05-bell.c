/* t/05-bell: a bell gives each who polls it an edge for each ring, and nothing that a holder does to it changes that */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "runtime/wake.h"
#include "t/lib/tap.h"

#define SLEEPERS 3

static int bell, sleepers[SLEEPERS];

static int
edges(void)
{
	struct epoll_event e;
	int n = 0;

	for (int i = 0; i < SLEEPERS; i++) {
		n += epoll_wait(sleepers[i], &e, 1, 0) == 1;
		n += epoll_wait(sleepers[i], &e, 1, 0) == 1 ? 100 : 0;
	}
	return n;
}

static void
rings(const char *when)
{
	int before = edges();

	wake_ring(bell);
	ok(before <= SLEEPERS && edges() == SLEEPERS, "%s: one edge for each",
	    when);
}

static int
send_fd(void)
{
	char control[CMSG_SPACE(sizeof(int))] = { 0 };
	struct cmsghdr *c = (struct cmsghdr *)(void *)control;
	struct iovec iov = { control, 1 };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1,
	    .msg_control = control, .msg_controllen = sizeof(control) };
	int fd = STDIN_FILENO;

	*c = (struct cmsghdr){ .cmsg_level = SOL_SOCKET,
	    .cmsg_type = SCM_RIGHTS, .cmsg_len = CMSG_LEN(sizeof(int)) };
	memcpy(CMSG_DATA(c), &fd, sizeof(fd));
	return sendmsg(bell, &msg, MSG_DONTWAIT | MSG_NOSIGNAL) < 0 ? errno : 0;
}

static void
handle_badly(void)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	int least = 1, yes = 1;
	char byte;

	is_int(send(bell, "x", 1, MSG_DONTWAIT | MSG_NOSIGNAL) < 0 ? errno : 0,
	    EPIPE, "nothing can be sent into it");
	is_int(send_fd(), EPIPE, "no descriptor either");
	is_int((int)recv(bell, &byte, 1, 0), 0, "nothing is to be had there");
	rings("after that");
	fcntl(bell, F_SETFL, 0);
	rings("made to block");
	setsockopt(bell, SOL_SOCKET, SO_SNDBUF, &least, sizeof(least));
	setsockopt(bell, SOL_SOCKET, SO_RCVBUF, &least, sizeof(least));
	setsockopt(bell, SOL_SOCKET, SO_RCVLOWAT, &(int){ 1 << 20 },
	    sizeof(int));
	setsockopt(bell, SOL_SOCKET, SO_PASSCRED, &yes, sizeof(yes));
	rings("without room");
	shutdown(bell, SHUT_RD);
	shutdown(bell, SHUT_WR);
	rings("shut by somebody else");
	ok(connect(bell, (struct sockaddr *)&un, sizeof(un)) < 0 &&
	    listen(bell, 1) < 0, "it can be neither connected nor listened at");
	rings("after both");
}

int
main(void)
{
	struct epoll_event e = { .events = EPOLLIN | EPOLLET };
	int late, other;

	ok(wake_works(), "this kernel tells of each ring");
	bell = wake_open();
	other = wake_open();
	ok(bell >= 0 && other >= 0, "two are made");
	for (int i = 0; i < SLEEPERS; i++) {
		sleepers[i] = epoll_create1(EPOLL_CLOEXEC);
		epoll_ctl(sleepers[i], EPOLL_CTL_ADD, bell, &e);
	}
	is_int(edges(), SLEEPERS, "one edge for who begins to listen");
	is_int(edges(), 0, "and no other");
	rings("rung");
	wake_ring(bell);
	rings("rung twice before they look");
	wake_ring(other);
	is_int(edges(), 0, "another bell wakes nobody here");
	handle_badly();
	late = epoll_create1(EPOLL_CLOEXEC);
	epoll_ctl(late, EPOLL_CTL_ADD, bell, &e);
	is_int(epoll_wait(late, &e, 1, 0), 1, "who comes late looks once");
	return done_testing();
}
