/* SPDX-License-Identifier: BSD-2-Clause */
/* Messages without any of cadre: a seqpacket pair between two processes. */
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <errno.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

#include "bench/measure.h"
#include "bench/messages.h"
#include "shm/clock.h"

#define TURN	16

static unsigned int count;
static char item[MESSAGE_BYTES];

static void
check(int ret, const char *what)
{
	measure_check(ret < 0 ? -errno : 0, what);
}

double
thread_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

/* A child works on the far end, and reports what that took. */
static struct figures
beside(void (*far)(int), void (*near)(int))
{
	struct figures far_end = { 0 };
	double cpu, wall = (double)clock_now_ns();
	int status, ends[2];
	pid_t pid;

	check(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends), "socketpair");
	check(pid = fork(), "fork");
	if (pid == 0) {
		close(ends[0]);
		cpu = thread_ns();
		far(ends[1]);
		far_end.cpu_ns = thread_ns() - cpu;
		_exit(send(ends[1], &far_end, sizeof(far_end), 0) !=
		    sizeof(far_end));
	}
	close(ends[1]);
	cpu = thread_ns();
	near(ends[0]);
	cpu = thread_ns() - cpu;
	wall = (double)clock_now_ns() - wall;
	if (recv(ends[0], &far_end, sizeof(far_end), 0) != sizeof(far_end) ||
	    waitpid(pid, &status, 0) < 0 || status != 0)
		measure_check(-EPROTO, "the far end");
	close(ends[0]);
	far_end.cpu_ns += cpu;
	far_end.wall_ns = wall;
	return far_end;
}

static void
send_all(int fd)
{
	for (unsigned int i = 0; i < count; i++)
		check((int)send(fd, item, MESSAGE_BYTES, 0), "send");
}

static void
receive_all(int fd)
{
	char bytes[MESSAGE_BYTES];

	for (unsigned int i = 0; i < count; i++)
		check((int)recv(fd, bytes, MESSAGE_BYTES, 0), "receive");
}

static void
ask_all(int fd)
{
	char bytes[MESSAGE_BYTES];

	for (unsigned int i = 0; i < count; i++) {
		check((int)send(fd, item, MESSAGE_BYTES, 0), "send");
		check((int)recv(fd, bytes, MESSAGE_BYTES, 0), "receive");
	}
}

static void
answer_all(int fd)
{
	char bytes[MESSAGE_BYTES];

	for (unsigned int i = 0; i < count; i++) {
		check((int)recv(fd, bytes, MESSAGE_BYTES, 0), "receive");
		check((int)send(fd, bytes, MESSAGE_BYTES, 0), "send");
	}
}

/* As a loop that has more to look after: up to 16, then it waits again. */
static void
receive_by_epoll(int fd)
{
	struct epoll_event ev = { .events = EPOLLIN };
	int epfd = epoll_create1(0);
	char bytes[MESSAGE_BYTES];
	unsigned int got = 0;

	check(epoll_ctl(epfd, EPOLL_CTL_ADD, fd, &ev), "epoll");
	while (got < count) {
		check(epoll_wait(epfd, &ev, 1, -1), "wait");
		for (int i = 0; i < TURN && got < count; i++, got++)
			if (recv(fd, bytes, MESSAGE_BYTES, MSG_DONTWAIT) < 0)
				break;
	}
	close(epfd);
}

/* Wait in epoll, then take what is there: a receive as of a loop. */
static void
take_by_epoll(int fd, char *bytes)
{
	static int epfd = -1;
	struct epoll_event ev = { .events = EPOLLIN };

	if (epfd < 0) {
		check(epfd = epoll_create1(0), "epoll");
		check(epoll_ctl(epfd, EPOLL_CTL_ADD, fd, &ev), "epoll");
	}
	check(epoll_wait(epfd, &ev, 1, -1), "wait");
	check((int)recv(fd, bytes, MESSAGE_BYTES, MSG_DONTWAIT), "receive");
}

static void
ask_by_epoll(int fd)
{
	char bytes[MESSAGE_BYTES];

	for (unsigned int i = 0; i < count; i++) {
		check((int)send(fd, item, MESSAGE_BYTES, 0), "send");
		take_by_epoll(fd, bytes);
	}
}

static void
answer_by_epoll(int fd)
{
	char bytes[MESSAGE_BYTES];

	for (unsigned int i = 0; i < count; i++) {
		take_by_epoll(fd, bytes);
		check((int)send(fd, bytes, MESSAGE_BYTES, 0), "send");
	}
}

struct figures
bare_oneway(unsigned int n, bool epoll)
{
	count = n;
	return beside(send_all, epoll ? receive_by_epoll : receive_all);
}

struct figures
bare_trip(unsigned int n, bool epoll)
{
	count = n;
	return epoll ? beside(answer_by_epoll, ask_by_epoll) :
	    beside(answer_all, ask_all);
}

/* A child for each that takes what comes, and is blocked in between. */
static void
sleeper(int fd)
{
	char bytes[MESSAGE_BYTES];
	pid_t pid;

	check(pid = fork(), "fork");
	if (pid != 0)
		return;
	check(prctl(PR_SET_PDEATHSIG, SIGKILL), "prctl");
	while (recv(fd, bytes, MESSAGE_BYTES, 0) == MESSAGE_BYTES)
		;
	_exit(0);
}

struct figures
bare_fan_out(unsigned int n, unsigned int receivers, bool asleep)
{
	struct figures f = { 0 };
	int ends[FAN_OUT_MAX][2];
	double from;

	for (unsigned int i = 0; i < receivers; i++) {
		check(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends[i]),
		    "socketpair");
		if (asleep)
			sleeper(ends[i][1]);
	}
	for (unsigned int k = 0; k < n; k++) {
		if (asleep)
			usleep(SETTLE_US);
		from = thread_ns();
		for (unsigned int i = 0; i < receivers; i++)
			check((int)send(ends[i][0], item, MESSAGE_BYTES, 0),
			    "send");
		f.sends_ns += thread_ns() - from;
		for (unsigned int i = 0; i < receivers && !asleep; i++)
			check((int)recv(ends[i][1], item, MESSAGE_BYTES, 0),
			    "receive");
	}
	for (unsigned int i = 0; i < receivers; i++) {
		shutdown(ends[i][0], SHUT_RDWR);
		if (asleep)
			wait(NULL);
	}
	return f;
}
