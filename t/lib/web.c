/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A program of which there are versions: what stands behind the end of its
 * file, after the last '#', says which one it is. An HTTP server of one
 * connection at a time, whose answers name it.
 *
 *	ok-NAME		answers 200; any NAME
 *	500		answers 500
 *	mute		accepts, and does not answer
 *	garbage		answers something that is not HTTP
 *	closes		has closed what it listens on when it says it is ready
 *	exit		exits 3 at once
 *	brief		answers 200, and exits 7 soon after it got ready
 *	waits		is not ready before there is a file `go`
 *	declares	ready, waits for a file `asked` and declares a metric
 *	seat1-VERSION	that version in seat 1, ok in the others
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sys/socket.h>

#include <cadre/cadre.h>

#define EVENTS		8
#define SOON_MS		50
#define STEP_MS		5

static const char *
version(void)
{
	static char tail[64];
	int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	off_t end = fd >= 0 ? lseek(fd, 0, SEEK_END) : 0;
	const char *mark, *seat = getenv("CADRE_SEAT");

	if (end < 63 || pread(fd, tail, 63, end - 63) != 63)
		return "?";
	close(fd);
	mark = memrchr(tail, '#', 63);
	if (mark == NULL)
		return "?";
	mark++;
	if (strncmp(mark, "seat1-", 6) != 0)
		return mark;
	return seat != NULL && strcmp(seat, "1") == 0 ? mark + 6 : "ok-others";
}

static void
answer(int fd, const char *what)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	bool fails = strcmp(what, "500") == 0;
	char text[256];

	if (poll(&p, 1, 1000) != 1 || recv(fd, text, sizeof(text), 0) <= 0)
		return;
	if (strcmp(what, "mute") == 0) {
		(void)poll(&p, 1, -1);	/* until the client goes */
		return;
	}
	snprintf(text, sizeof(text), "HTTP/1.1 %s\r\nContent-Length: %zu\r\n"
	    "Connection: close\r\n\r\n%s\n", fails ? "500 Broken" : "200 OK",
	    strlen(what) + 1, what);
	if (strcmp(what, "garbage") == 0)
		strcpy(text, "no such thing\n");
	(void)!send(fd, text, strlen(text), MSG_NOSIGNAL);
	shutdown(fd, SHUT_WR);
}

static int
serve(struct cadre_worker *w, const char *what)
{
	struct epoll_event e = { .events = EPOLLIN }, events[EVENTS];
	int epfd = epoll_create1(EPOLL_CLOEXEC), fd, listener;
	struct cadre_counter *late;

	listener = cadre_worker_listener_fd(w, 0);
	epoll_ctl(epfd, EPOLL_CTL_ADD, listener, &e);
	if (strcmp(what, "closes") == 0)
		close(listener);
	while (strcmp(what, "waits") == 0 && access("go", F_OK) < 0)
		(void)poll(NULL, 0, STEP_MS);
	cadre_worker_ready(w);
	while (strcmp(what, "declares") == 0 && access("asked", F_OK) < 0)
		(void)poll(NULL, 0, STEP_MS);
	if (strcmp(what, "declares") == 0 &&
	    cadre_worker_counter(w, "late", NULL, NULL, &late) < 0)
		return 8;
	while (!cadre_worker_draining(w)) {
		if (cadre_worker_wait(w, epfd, events, EVENTS,
		    strcmp(what, "brief") == 0 ? SOON_MS : -1) == 0 &&
		    strcmp(what, "brief") == 0)
			return 7;
		while ((fd = cadre_worker_accept(w, 0, NULL)) >= 0) {
			answer(fd, what);
			cadre_worker_close(w, fd);
		}
	}
	while ((fd = cadre_worker_accept(w, 0, NULL)) >= 0) {
		answer(fd, what);
		cadre_worker_close(w, fd);
	}
	return 0;
}

int
main(void)
{
	const char *what = version();
	struct cadre_worker *w;
	int err;

	fprintf(stderr, "version %s\n", what);
	if (strcmp(what, "exit") == 0)
		return 3;
	err = cadre_worker_attach(&w);
	return err < 0 ? cadre_fail(err) : serve(w, what);
}
