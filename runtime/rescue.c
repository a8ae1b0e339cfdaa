/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * In spread and gate workers accept by themselves, and this thread sleeps
 * until the master says that what waits somewhere is taken by nobody: on the
 * sockets of a seat out of choice, in spread, and on its doors; on the one
 * socket, in gate. It accepts that and hands it over to seats that may be
 * chosen. A door can be asked to let its own worker have what waits; not when
 * it is about to be shut.
 *
 * These sockets are shared with workers, and whether accept(2) blocks is a
 * flag of the socket, which a worker can clear. So this is a thread of its
 * own, which works with a copy of the routes and looks at the flag before each
 * round: one who clears it in between can hold up a rescue, not rr, least or
 * sticky, and not who replaces the routes.
 */
#include <fcntl.h>
#include <stdlib.h>

#include <sys/epoll.h>

#include <urcu/urcu-memb.h>

#include "runtime/rescue.h"
#include "shm/fault.h"

static bool
is_nonblocking(int fd)
{
	int flags = fcntl(fd, F_GETFL);

	return flags >= 0 && ((flags & O_NONBLOCK) != 0 ||
	    fcntl(fd, F_SETFL, flags | O_NONBLOCK) == 0);
}

static enum desk_end
worse(enum desk_end a, enum desk_end b)
{
	return a > b ? a : b;
}

/* Of a shared socket once, when the master says so; others take the rest. */
static enum desk_end
rescue_shared(struct desk *d, const struct routes *t, bool news)
{
	const struct listener *l = &d->post->listeners[d->listener];
	bool unserved = news && (t->unserved >> d->listener & 1) != 0;

	return desk_pump(d, t, unserved && is_nonblocking(l->fds[0]) ?
	    l->fds[0] : -1, unserved);
}

static bool
is_rescued(const struct listener *l, const struct routes *t, unsigned int i)
{
	unsigned int flags = t->route[i].flags;

	if (t->targets == 0 || (flags & CADRE_ROUTE_CHOSEN) != 0)
		return false;
	/* One that does not listen would be found ready for ever. */
	return !l->door || ((flags & CADRE_ROUTE_SHUT) == 0 &&
	    (!l->waits || (flags & CADRE_ROUTE_KEPT) != 0));
}

/* The sockets of seats out of choice are watched as long as they are. */
static void
watch_seats(const struct clerk *c, const struct desk *d,
    const struct routes *t)
{
	const struct listener *l = &d->post->listeners[d->listener];
	unsigned int seat;

	for (unsigned int i = 0; i < t->seats; i++) {
		seat = t->route[i].seat;
		if (is_rescued(l, t, i))
			(void)clerk_watch(c->epoll, EPOLL_CTL_ADD,
			    l->fds[seat], EPOLLIN, 0);
		else
			(void)clerk_watch(c->epoll, EPOLL_CTL_DEL,
			    l->fds[seat], 0, 0);
	}
}

static enum desk_end
rescue_seats(struct desk *d, const struct routes *t)
{
	const struct listener *l = &d->post->listeners[d->listener];
	enum desk_end end = desk_pump(d, t, -1, false);
	int fd;

	for (unsigned int i = 0; i < t->seats && t->targets > 0; i++) {
		fd = l->fds[t->route[i].seat];
		if (is_rescued(l, t, i) && listener_waits(fd) &&
		    is_nonblocking(fd))
			end = worse(end, desk_pump(d, t, fd, true));
	}
	return end;
}

static enum desk_end
rescue_turn(struct clerk *c, const struct routes *t)
{
	enum desk_end end = DESK_EMPTY;
	bool news;

	for (struct desk *d = c->desks; d < c->desks + c->ndesks; d++) {
		news = t->number != d->known;
		desk_routes(d, t);
		if (!listener_each(&c->post->listeners[d->listener])) {
			end = worse(end, rescue_shared(d, t, news));
			continue;
		}
		if (news)
			watch_seats(c, d, t);
		end = worse(end, rescue_seats(d, t));
	}
	/* Nobody of the targets tells when it picks up: look again soon. */
	return end == DESK_EMPTY || t->targets == 0 ? DESK_EMPTY : DESK_LATER;
}

/* NULL: none yet, or no memory for them now. */
static struct routes *
routes_now(const struct post *p)
{
	const struct routes *t;
	struct routes *copy = NULL;

	urcu_memb_read_lock();
	t = rcu_dereference(p->routes);
	if (t != NULL && routes_new(t->route, t->seats, p->max_workers,
	    &copy) == 0) {
		copy->number = t->number;
		copy->unserved = t->unserved;
	}
	urcu_memb_read_unlock();
	return copy;
}

void *
rescue_thread(void *arg)
{
	struct clerk *c = arg;
	struct routes *t;
	enum desk_end end;

	urcu_memb_register_thread();
	while (!__atomic_load_n(&c->post->finishing, __ATOMIC_ACQUIRE)) {
		t = routes_now(c->post);
		end = t != NULL ? rescue_turn(c, t) : DESK_EMPTY;
		routes_free(t);
		for (struct desk *d = c->desks; d < c->desks + c->ndesks; d++)
			desk_forget(d);
		clerk_sleep(c, end);
	}
	urcu_memb_unregister_thread();
	__atomic_store_n(&c->ended, true, __ATOMIC_RELEASE);
	return NULL;
}
