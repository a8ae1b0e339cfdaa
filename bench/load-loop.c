/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A timerfd wakes without the slack that a timeout of epoll_wait() has, and to
 * the nanosecond. It is edge-triggered: set anew for each wait that needs it,
 * it is never read.
 */
#include "bench/load-loop.h"

#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>

#include <errno.h>
#include <signal.h>
#include <stddef.h>

#include "bench/load-conn.h"

#define EVENTS	64		/* of a turn, so that what is due is not late */

static int
watch(struct load_loop *l, int fd, uint32_t events, void *data)
{
	struct epoll_event ev = { .events = events, .data.ptr = data };

	return epoll_ctl(l->epfd, EPOLL_CTL_ADD, fd, &ev) < 0 ? -errno : 0;
}

int
load_loop_begin(struct load_loop *l)
{
	sigset_t set;
	int err;

	l->armed_ns = 0;
	l->interrupted = false;
	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, NULL);
	l->epfd = epoll_create1(EPOLL_CLOEXEC);
	l->timerfd = timerfd_create(CLOCK_MONOTONIC,
	    TFD_CLOEXEC | TFD_NONBLOCK);
	l->signalfd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (l->epfd < 0 || l->timerfd < 0 || l->signalfd < 0)
		return -errno;
	err = watch(l, l->timerfd, EPOLLIN | EPOLLET, NULL);
	return err < 0 ? err : watch(l, l->signalfd, EPOLLIN | EPOLLET, l);
}

static void
arm(struct load_loop *l, uint64_t at_ns)
{
	struct itimerspec its = { .it_value = {
		.tv_sec = (time_t)(at_ns / 1000000000),
		.tv_nsec = (long)(at_ns % 1000000000),
	} };

	if (l->armed_ns == at_ns)
		return;
	timerfd_settime(l->timerfd, TFD_TIMER_ABSTIME, &its, NULL);
	l->armed_ns = at_ns;
}

void
load_loop_turn(struct load_loop *l, uint64_t until_ns)
{
	struct epoll_event events[EVENTS];
	bool past = until_ns <= load_now_ns();
	int n;

	if (!past)
		arm(l, until_ns);
	n = epoll_wait(l->epfd, events, EVENTS, past ? 0 : -1);
	for (int i = 0; i < n; i++) {
		if (events[i].data.ptr == l)
			l->interrupted = true;
		else if (events[i].data.ptr != NULL)
			load_conn_event(events[i].data.ptr);
	}
}
