/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Unlike in rr and least a connection is accepted before anybody knows who
 * shall have it, so some are held here: guests, a bounded number of them. What
 * would be too many stays in the kernel's queue; those whose key does not come
 * make room for those who come, so that nobody can fill the place by silence.
 */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include <sys/epoll.h>
#include <sys/resource.h>

#include <urcu/urcu-memb.h>

#include "runtime/pick.h"
#include "runtime/proxy.h"
#include "runtime/sticky-desk.h"
#include "runtime/sticky-peek.h"
#include "shm/fault.h"

#define EVENTS		64
#define TAG_LISTENER	0	/* clerk_dispatches() */
#define TAG_ROOM	(UINT64_MAX - 1)

struct sticky_desk {			/* the usher's, and what wakes it */
	struct usher	usher;
	struct clerk	*clerk;
	uint64_t	known;		/* routes it has seen */
	uint64_t	fresh[PUMP_MAX + HANDOVER_BATCH]; /* not looked at yet */
	unsigned int	nfresh;
	struct epoll_event events[EVENTS];
	int		nevents;
	bool		accepts;	/* the listener wakes us, … */
	bool		rooms;		/* … and who picks up */
};

/* Half of the descriptors there may be, and at most so many. */
static unsigned int
room_for_guests(void)
{
	struct rlimit limit = { .rlim_cur = 2 * GUESTS_MAX };

	(void)getrlimit(RLIMIT_NOFILE, &limit);
	if (limit.rlim_cur / 2 > GUESTS_MAX)
		return GUESTS_MAX;
	return limit.rlim_cur / 2 < GUESTS_LEAST ? GUESTS_LEAST :
	    (unsigned int)limit.rlim_cur / 2;
}

int
sticky_dispatches(struct clerk *c)
{
	const struct post *p = c->post;
	struct sticky_desk *s = calloc(1, sizeof(*s));
	struct usher *u;
	int err;

	if (s == NULL)
		return -ENOMEM;
	u = &s->usher;
	s->clerk = c;
	s->accepts = true;
	u->desk = c->desks;
	u->listener = &p->listeners[u->desk->listener];
	u->sticky = &u->listener->sticky;
	u->desk->strict = u->sticky->strict;
	u->peeked = p->max_workers;
	u->anywhere = p->max_workers + 1;
	u->bytes = malloc(PROXY_BYTES_MAX + u->sticky->peek_bytes);
	err = u->bytes == NULL ? -ENOMEM : guests_open(&u->guests,
	    room_for_guests(), p->max_workers + 2, c->epoll);
	if (err == 0)
		err = clerk_dispatches(c);
	if (err == 0)
		err = clerk_watch(c->epoll, EPOLL_CTL_ADD, c->room, 0,
		    TAG_ROOM);
	c->sticky = s;
	return err;		/* if not 0 the process ends */
}

/* Those whose bytes may have come while others were accepted. */
static void
look_fresh(struct sticky_desk *s, const struct routes *t)
{
	struct guest *g;

	for (unsigned int i = 0; i < s->nfresh; i++) {
		g = guest_tagged(&s->usher.guests, s->fresh[i]);
		if (g != NULL)
			peek(&s->usher, t, g, PEEK_COMES);
	}
	s->nfresh = 0;
}

static void
arrives(struct sticky_desk *s, const struct routes *t,
    const struct handed *conn, unsigned int from)
{
	struct usher *u = &s->usher;
	struct guest *g = guest_enter(&u->guests, conn);

	g->from = from;
	if (!peek_begin(u, g)) {
		usher_place(u, t, g);
		return;
	}
	if (s->nfresh == PUMP_MAX + HANDOVER_BATCH)
		look_fresh(s, t);
	s->fresh[s->nfresh++] = guest_tag(&u->guests, g);
}

static bool
has_places(const struct guests *g)
{
	return g->n + HANDOVER_BATCH <= g->most;
}

/* What excluded seats have not picked up comes before what comes now. */
static void
take_back(struct sticky_desk *s, const struct routes *t)
{
	struct usher *u = &s->usher;
	struct desk *d = u->desk;
	unsigned int seat;

	if (d->owing == 0 || t->targets == 0)
		return;
	for (unsigned int i = 0; i < t->seats; i++) {
		seat = t->route[i].seat;
		while (d->seats[seat].owes && has_places(&u->guests) &&
		    desk_take_back(d, t, seat) > 0) {
			for (unsigned int k = 0; k < d->back.n; k++)
				arrives(s, t, &d->back.conn[k], seat);
			d->back.n = 0;
		}
	}
}

static void
look_again(struct sticky_desk *s, const struct routes *t)
{
	struct usher *u = &s->usher;
	bool finishing = __atomic_load_n(&u->desk->post->finishing,
	    __ATOMIC_ACQUIRE);
	struct guest *g;

	for (int i = 0; i < s->nevents; i++) {
		g = guest_tagged(&u->guests, s->events[i].data.u64);
		if (g != NULL && g->line == u->peeked)
			peek(u, t, g, (s->events[i].events & (EPOLLRDHUP |
			    EPOLLHUP | EPOLLERR)) != 0 ? PEEK_ENDED :
			    PEEK_COMES);
	}
	s->nevents = 0;
	for (int i = 0; i < PUMP_MAX; i++) {
		g = guests_first(&u->guests, u->peeked);
		if (g == NULL || (g->due_ns > u->desk->now_ns && !finishing))
			break;
		peek(u, t, g, PEEK_LAST);
	}
}

/* One place more, or the one whose key is waited for longest goes. */
static bool
make_place(struct usher *u, const struct routes *t)
{
	struct guest *g;

	if (has_places(&u->guests) &&
	    u->guests.lines[u->peeked].n < u->guests.most / 2)
		return true;
	g = guests_first(&u->guests, u->peeked);
	if (g == NULL)
		return false;
	peek(u, t, g, PEEK_CROWD);
	return has_places(&u->guests);
}

static enum desk_end
failed(struct sticky_desk *s, const struct routes *t, int err)
{
	struct usher *u = &s->usher;
	struct guest *g = guests_first(&u->guests, u->peeked);

	if (err == -EAGAIN)
		return DESK_EMPTY;
	cadre__acceptor_failures(&u->desk->post->shm, u->desk->listener, 1);
	/* Of descriptors we may have the most ourselves. */
	if ((err == -EMFILE || err == -ENFILE) && g != NULL)
		peek(u, t, g, PEEK_CROWD);
	return DESK_LATER;
}

static enum desk_end
accept_all(struct sticky_desk *s, const struct routes *t, int fd)
{
	struct usher *u = &s->usher;
	struct desk *d = u->desk;
	bool limits = d->post->worker_limit != 0 || d->post->app_limit != 0;
	bool full;
	struct handed conn;
	int err;

	for (unsigned int n = 0; n < PUMP_MAX; n++) {
		full = limits && usher_is_full(u, t);
		if (t->targets == 0)
			return DESK_ROOM;
		if (full && !desk_may_shed(d, t))
			return listener_waits(fd) ? DESK_LATER : DESK_EMPTY;
		if (u->guests.lines[u->anywhere].n > 0 ||
		    !make_place(u, t))
			return DESK_ROOM;
		err = desk_accept(d, fd, &conn);
		if (err < 0)
			return failed(s, t, err);
		if (full)
			desk_shed(d, conn.fd);
		else
			arrives(s, t, &conn, GUEST_NONE);
	}
	return DESK_MORE;
}

static enum desk_end
pump(struct sticky_desk *s, const struct routes *t, int fd)
{
	struct usher *u = &s->usher;
	struct desk *d = u->desk;
	bool anew = s->known != t->number;
	enum desk_end end;

	d->pump++;
	d->now_ns = clock_now_ns();
	d->starves = false;
	s->known = t->number;
	desk_routes(d, t);
	usher_count(u, t);
	if (usher_waiting(u) > 0)
		usher_lines(u, t, anew);
	take_back(s, t);
	look_again(s, t);
	end = accept_all(s, t, fd);
	look_fresh(s, t);
	(void)desk_flush(d);
	if (d->starves)
		end = DESK_LATER;
	if (end == DESK_ROOM)
		cadre__acceptor_waits(&d->post->shm, d->listener);
	return end;
}

static int
timeout_ms(const struct sticky_desk *s, enum desk_end end)
{
	const struct usher *u = &s->usher;
	const struct guest *g = guests_first(&u->guests, u->peeked);
	const struct post *p = u->desk->post;
	uint64_t now_ns;

	if (end == DESK_MORE)
		return 0;
	/* A limit, or want of something: no socket tells that it is over. */
	if (end == DESK_LATER || u->guests.lines[u->anywhere].n > 0 ||
	    (usher_waiting(u) > 0 && p->worker_limit != 0))
		return RETRY_MS;
	if (g == NULL)
		return -1;
	now_ns = clock_now_ns();
	return g->due_ns <= now_ns ? 0 :
	    (int)((g->due_ns - now_ns + NS_PER_MS - 1) / NS_PER_MS);
}

static void
wake_by(const struct clerk *c, int fd, bool on, bool *inout_is, uint64_t tag)
{
	if (on != *inout_is && clerk_watch(c->epoll, EPOLL_CTL_MOD, fd,
	    on ? EPOLLIN : 0, tag) == 0)
		*inout_is = on;
}

/* Both edge-triggered: emptied now, they tell of what is picked up from here. */
static void
room_empty(const struct clerk *c)
{
	struct epoll_event events[EVENTS];

	(void)epoll_wait(c->room, events, EVENTS, 0);
}

static void
rest(struct sticky_desk *s, enum desk_end end)
{
	const struct usher *u = &s->usher;
	const struct clerk *c = s->clerk;
	uint64_t pokes;

	wake_by(c, c->post->listeners[u->desk->listener].fds[0],
	    end == DESK_EMPTY || end == DESK_MORE, &s->accepts, TAG_LISTENER);
	wake_by(c, c->room, end == DESK_ROOM || usher_waiting(u) > 0 ||
	    u->desk->ntouched > 0, &s->rooms, TAG_ROOM);
	s->nevents = epoll_wait(c->epoll, s->events, EVENTS,
	    timeout_ms(s, end));
	for (int i = 0; i < s->nevents; i++)
		if (s->events[i].data.u64 == CLERK_POKED)
			(void)!read(c->poke, &pokes, sizeof(pokes));
		else if (s->events[i].data.u64 == TAG_ROOM)
			room_empty(c);
}

void *
sticky_thread(void *arg)
{
	struct clerk *c = arg;
	struct sticky_desk *s = c->sticky;
	struct usher *u = &s->usher;
	int fd = u->listener->fds[0];
	const struct routes *t;
	enum desk_end end;

	urcu_memb_register_thread();
	for (;;) {
		end = DESK_ROOM;
		urcu_memb_read_lock();
		t = rcu_dereference(c->post->routes);
		if (t != NULL)
			end = pump(s, t, fd);
		urcu_memb_read_unlock();
		desk_forget(u->desk);
		if (end == DESK_EMPTY && u->guests.n == 0 &&
		    u->desk->ntouched == 0 &&
		    __atomic_load_n(&c->post->finishing, __ATOMIC_ACQUIRE))
			break;
		rest(s, end);
	}
	urcu_memb_unregister_thread();
	__atomic_store_n(&c->ended, true, __ATOMIC_RELEASE);
	return NULL;
}
