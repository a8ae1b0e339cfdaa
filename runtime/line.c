/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An epoll inside of another does not count as a sleeper for EPOLLEXCLUSIVE:
 * every worker would be woken for each connection. So in gate the worker
 * sleeps in a third epoll, the line, in which the shared socket stands
 * directly, and beside it the application's epoll; if the application polls
 * elsewhere, the socket stays in what it polls, and all are woken.
 */
#include <errno.h>
#include <string.h>

#include <sys/epoll.h>

#include "runtime/intake.h"
#include "shm/fault.h"

#define LINE_EVENTS	4
#define EPOLL_TAG	UINT64_MAX	/* the application's, in the line */

bool
intakes_line(const struct intakes *all)
{
	for (const struct intake *in = all->of; in < all->of + all->n; in++)
		if (in->mode == LISTENER_GATE)
			return true;
	return false;
}

static void
line_list(struct intakes *all)
{
	all->gate.nqueues = 0;
	for (const struct intake *in = all->of; in < all->of + all->n; in++)
		if (in->lined)
			all->gate.queues[all->gate.nqueues++] = in->queue;
}

/* Does the application wait for it there? */
static bool
is_polled(int epfd, int fd)
{
	struct epoll_event e = { .events = 0 };

	if (epoll_ctl(epfd, EPOLL_CTL_ADD, fd, &e) < 0)
		return errno == EEXIST;
	(void)epoll_ctl(epfd, EPOLL_CTL_DEL, fd, NULL);
	return false;
}

/* Into the line, out of what the application polls. */
static void
line_take(struct intakes *all, struct intake *in)
{
	in->lined = true;
	line_list(all);
	if (!all->left && gate_join(&all->gate, all->slot) < 0) {
		in->lined = false;	/* it stays what it was */
		line_list(all);
	} else if (in->polls_queue)
		in->polls_queue = intake_watch(EPOLL_CTL_DEL, in->poll,
		    in->queue) < 0;
}

/*
 * The application has not looked at it for a whole turn: it may have taken it
 * out of its epoll, and the line would wake us for ever.
 */
static void
line_give_back(struct intakes *all, struct intake *in)
{
	(void)epoll_ctl(all->gate.line, EPOLL_CTL_DEL, in->queue, NULL);
	in->lined = false;
	in->polls_queue = intake_watch(EPOLL_CTL_ADD, in->poll, in->queue) == 0;
	line_list(all);
	if (all->gate.nqueues == 0)
		cadre__slot_gate(all->slot, CADRE_GATE_OUT);
}

/* From now on the worker sleeps in the line, beside this epoll. */
static int
line_up(struct intakes *all, int epfd)
{
	struct epoll_event e = { .events = EPOLLIN, .data.u64 = EPOLL_TAG };

	if (all->gate.line < 0)
		all->gate.line = CADRE_FAULT("intake.line") < 0 ? -1 :
		    epoll_create1(EPOLL_CLOEXEC);
	if (all->gate.line < 0)
		return -errno;
	if (all->epoll >= 0)
		(void)epoll_ctl(all->gate.line, EPOLL_CTL_DEL, all->epoll, NULL);
	all->epoll = -1;
	if (epoll_ctl(all->gate.line, EPOLL_CTL_ADD, epfd, &e) < 0)
		return -errno;
	all->epoll = epfd;
	return 0;
}

/* True: a bell rang, so the application's listener is ready. */
static bool
line_fired(struct intakes *all, const struct epoll_event *events, int n)
{
	struct intake *in;
	bool rang = false;

	for (int i = 0; i < n; i++)
		for (in = all->of; in < all->of + all->n; in++) {
			if (events[i].data.u64 != (uint64_t)in->queue ||
			    !in->lined)
				continue;
			if (in->rung && !in->asked)
				line_give_back(all, in);
			else {
				intake_ring(in);
				rang = true;
			}
		}
	return rang;
}

/*
 * What we were woken for shall not wait for what takes long. The bell rang
 * last, so its event is the last; if not, the order is one as good as another.
 */
static void
last_first(struct epoll_event *events, int n)
{
	struct epoll_event last = events[n - 1];

	memmove(events + 1, events, (size_t)(n - 1) * sizeof(*events));
	events[0] = last;
}

int
intakes_wait(struct intakes *all, int epfd, struct epoll_event *events, int n,
    int timeout_ms)
{
	struct epoll_event fired[LINE_EVENTS];
	int err, got;
	bool rang;

	if (all->epoll != epfd) {
		err = line_up(all, epfd);
		if (err < 0)
			return err;
	}
	for (struct intake *in = all->of; in < all->of + all->n; in++)
		if (in->mode == LISTENER_GATE && !in->lined &&
		    is_polled(epfd, in->poll))
			line_take(all, in);
	got = epoll_wait(all->gate.line, fired, LINE_EVENTS, timeout_ms);
	if (got <= 0)
		return got < 0 ? -errno : 0;
	rang = line_fired(all, fired, got);
	got = epoll_wait(epfd, events, n, 0);
	if (got < 0)
		return -errno;
	if (rang && got > 1 && got < n)
		last_first(events, got);
	return got;
}
