/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The acceptor: a thread for each listener in rr, least and sticky, one that
 * rescues what waits where nobody takes it, and the control thread, which does
 * what the master says. All sleep until there is something to do.
 *
 * In sticky it looks at what clients send, and leaves it there. A kill anywhere
 * loses what is in its hands, at most a message per seat, and in sticky its
 * guests; what waits to be accepted, and what waits to be picked up, is held by
 * the master too.
 */
#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <sys/epoll.h>
#include <sys/eventfd.h>

#include <urcu/urcu-memb.h>

#include <cadre/master.h>

#include "runtime/channel.h"
#include "runtime/rescue.h"
#include "runtime/sticky-desk.h"
#include "shm/clock.h"
#include "shm/fault.h"
#include "shm/frame.h"

#define STACK_BYTES	131072
#define EVENTS		64
#define FINISH_MS	1000		/* then it leaves with what it has */
#define EXIT_SETUP	71		/* as a worker's */
#define ROUTES_MAX	(CADRE_FRAME_BODY_MAX / \
			    sizeof(struct cadre__frame_route))

int
clerk_watch(int epoll, int op, int fd, uint32_t events, uint64_t tag)
{
	struct epoll_event e = { .events = events, .data.u64 = tag };

	return CADRE_FAULT("dispatch.watch") < 0 ||
	    epoll_ctl(epoll, op, fd, &e) < 0 ? -errno : 0;
}

/*
 * Connections wake it, unless nobody has room for them: then only who picks
 * up does. Those sockets are edge-triggered and watched from the start, so
 * that no pick-up between the last look and the sleep is missed.
 */
void
clerk_sleep(struct clerk *c, enum desk_end end)
{
	static const struct timespec retry = { .tv_nsec = RETRY_MS * NS_PER_MS };
	struct epoll_event events[EVENTS];
	uint64_t pokes;
	int n;

	if (end == DESK_LATER) {
		/* A send that fails makes room, too: it would wake us at once. */
		nanosleep(&retry, NULL);
		return;
	}
	n = epoll_wait(end == DESK_EMPTY ? c->epoll : c->room, events, EVENTS,
	    -1);
	for (int i = 0; i < n; i++)
		if (events[i].data.u64 == CLERK_POKED)
			(void)!read(c->poke, &pokes, sizeof(pokes));
}

static void *
dispatch_thread(void *arg)
{
	struct clerk *c = arg;
	struct desk *d = c->desks;
	const struct routes *t;
	int fd = c->post->listeners[d->listener].fds[0];
	enum desk_end end;

	urcu_memb_register_thread();
	for (;;) {
		end = DESK_ROOM;
		urcu_memb_read_lock();
		t = rcu_dereference(c->post->routes);
		if (t != NULL) {
			desk_routes(d, t);
			end = desk_pump(d, t, fd, false);
		}
		urcu_memb_read_unlock();
		desk_forget(d);
		if (end == DESK_EMPTY &&
		    __atomic_load_n(&c->post->finishing, __ATOMIC_ACQUIRE))
			break;
		if (end != DESK_MORE)
			clerk_sleep(c, end);
	}
	urcu_memb_unregister_thread();
	__atomic_store_n(&c->ended, true, __ATOMIC_RELEASE);
	return NULL;
}

int
clerk_dispatches(struct clerk *c)
{
	const struct desk *d = c->desks;
	int err;

	err = clerk_watch(c->epoll, EPOLL_CTL_ADD,
	    c->post->listeners[d->listener].fds[0], EPOLLIN, 0);
	for (unsigned int i = 0; err == 0 && i < c->post->max_workers; i++)
		err = clerk_watch(c->room, EPOLL_CTL_ADD,
		    desk_handover(d, i)->ours, EPOLLOUT | EPOLLET, 0);
	return err;
}

static int
clerk_start(struct clerk *c, struct post *p, void *(*run)(void *),
    int (*watches)(struct clerk *))
{
	pthread_attr_t attr;
	int err;

	c->post = p;
	c->poke = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	c->epoll = epoll_create1(EPOLL_CLOEXEC);
	c->room = epoll_create1(EPOLL_CLOEXEC);
	if (c->poke < 0 || c->epoll < 0 || c->room < 0)
		return -errno;
	err = clerk_watch(c->epoll, EPOLL_CTL_ADD, c->poke, EPOLLIN, CLERK_POKED);
	if (err == 0)
		err = clerk_watch(c->room, EPOLL_CTL_ADD, c->poke, EPOLLIN,
		    CLERK_POKED);
	if (err == 0)
		err = watches != NULL ? watches(c) : 0;
	if (err < 0)
		return err;
	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, STACK_BYTES);
	err = CADRE_FAULT("dispatch.thread") < 0 ? errno :
	    pthread_create(&c->thread, &attr, run, c);
	pthread_attr_destroy(&attr);
	return -err;
}

static int
clerk_hands(struct clerk *c, struct post *p)
{
	if (c->desks->mode == LISTENER_STICKY)
		return clerk_start(c, p, sticky_thread, sticky_dispatches);
	return clerk_start(c, p, dispatch_thread, clerk_dispatches);
}

/* A desk per listener: those that hand over first, each with its thread. */
static int
clerks_start(struct post *p, struct clerk *clerks, unsigned int *ret_n)
{
	struct desk *desks = calloc(p->nlisteners, sizeof(*desks));
	unsigned int n = 0, used = 0;
	int err = desks == NULL ? -ENOMEM : 0;

	for (int hands = 1; hands >= 0; hands--)
		for (unsigned int i = 0; err == 0 && i < p->nlisteners; i++) {
			if (listener_hands(&p->listeners[i]) != hands)
				continue;
			err = desk_open(&desks[used], p, i,
			    p->listeners[i].mode);
			if (err == 0 && hands) {
				clerks[n].desks = &desks[used];
				clerks[n].ndesks = 1;
				err = clerk_hands(&clerks[n++], p);
			}
			used++;
		}
	if (err == 0 && used > n) {
		clerks[n].desks = &desks[n];
		clerks[n].ndesks = used - n;
		err = clerk_start(&clerks[n], p, rescue_thread, NULL);
		n++;
	}
	*ret_n = n;
	return err;
}

static void
clerks_poke(const struct clerk *clerks, unsigned int n)
{
	static const uint64_t one = 1;

	for (unsigned int i = 0; i < n; i++)
		(void)!write(clerks[i].poke, &one, sizeof(one));
}

/* Then all that its threads hold was given out; or it took too long. */
static void __attribute__((noreturn))
finish(struct post *p, struct clerk *clerks, unsigned int n)
{
	uint64_t deadline_ns = clock_now_ns() + FINISH_MS * NS_PER_MS;
	unsigned int left;

	__atomic_store_n(&p->finishing, true, __ATOMIC_RELEASE);
	do {
		clerks_poke(clerks, n);
		left = 0;
		for (unsigned int i = 0; i < n; i++)
			left += !__atomic_load_n(&clerks[i].ended,
			    __ATOMIC_ACQUIRE);
		if (left > 0)
			poll(NULL, 0, 1);
	} while (left > 0 && clock_now_ns() < deadline_ns);
	_exit(0);
}

static void
routes_replace(struct post *p, const struct cadre__frame *frame,
    const struct cadre__frame_route *rows)
{
	struct routes *next, *old = p->routes;

	/* Without them it is of no use; a successor is told them anew. */
	if (routes_new(rows, frame->length / sizeof(*rows), p->max_workers,
	    &next) < 0)
		_exit(EXIT_SETUP);
	next->number = old != NULL ? old->number + 1 : 1;
	next->unserved = frame->id;
	rcu_set_pointer(&p->routes, next);
	CADRE_FAULT_AT("dispatch.routes");
	urcu_memb_synchronize_rcu();
	routes_free(old);
}

/* Until the master says something, or there is something to tell it. */
static void
control_sleep(struct post *p, struct channel *c)
{
	struct pollfd fds[2] = {
		{ .fd = c->fd, .events = POLLIN },
		{ .fd = p->refusals.wake, .events = POLLIN },
	};
	uint64_t wakes;
	int timeout_ms;

	if (channel_waits(c))
		(void)channel_flush(c);
	timeout_ms = refusals_tell(&p->refusals, c, clock_now_ns());
	if (timeout_ms >= 0)
		fds[1].fd = -1;		/* it has rung, and is not yet due */
	(void)poll(fds, 2, timeout_ms);
	if (fds[1].fd >= 0 && fds[1].revents != 0)
		(void)!read(fds[1].fd, &wakes, sizeof(wakes));
}

static void __attribute__((noreturn))
control_loop(struct post *p, int control, struct clerk *clerks, unsigned int n)
{
	static struct cadre__frame_route rows[ROUTES_MAX];
	struct channel c = { .fd = control };
	struct cadre__frame frame;
	unsigned int nfds;
	int err;

	for (;;) {
		nfds = 0;
		__atomic_store_n(&p->number, 0, __ATOMIC_SEQ_CST);
		err = cadre__frame_recv(control, &frame, rows, sizeof(rows),
		    NULL, &nfds);
		if (err >= 0 && frame.type == CADRE_FRAME_ROUTES)
			routes_replace(p, &frame, rows);
		__atomic_store_n(&p->number, p->routes != NULL ?
		    p->routes->number : 0, __ATOMIC_SEQ_CST);
		if (err == -EAGAIN)
			control_sleep(p, &c);
		else if (err < 0)
			_exit(0);	/* the master is gone */
		else if (frame.type == CADRE_FRAME_FINISH)
			finish(p, clerks, n);
		else if (frame.type == CADRE_FRAME_ROUTES)
			clerks_poke(clerks, n);
	}
}

void
dispatch_main(struct post *p, int control)
{
	struct clerk clerks[CADRE_LISTENERS_MAX + 1] = { { .post = NULL } };
	unsigned int n = 0;
	const struct sched_param usual = { .sched_priority = 0 };
	sigset_t all;

	/*
	 * Not to interrupt who runs when a connection comes: while all
	 * processors are busy they gather, and travel in one message.
	 */
	(void)sched_setscheduler(0, SCHED_BATCH, &usual);
	/* What ends it is the master's end, or its kill. */
	sigfillset(&all);
	sigdelset(&all, SIGABRT);
	pthread_sigmask(SIG_SETMASK, &all, NULL);
	p->control = control;
	refusals_begin(&p->refusals, eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC));
	if (p->refusals.wake < 0 || clerks_start(p, clerks, &n) < 0)
		_exit(EXIT_SETUP);
	control_loop(p, control, clerks, n);
}
