/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Who gets a connection is chosen before it is accepted, so that one for
 * which nobody has room stays in the kernel's queue, where it waits for any.
 * It is counted as assigned at the choice, not when a worker says so: counts
 * that arrive late are equal for all who come together, and herd them onto
 * one worker. What is chosen for one seat travels in one message, and what was
 * not picked up is taken back, from one that is excluded or slow.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runtime/desk.h"
#include "runtime/overload.h"
#include "shm/atomic.h"
#include "shm/clock.h"
#include "shm/fault.h"

#define ALL_MAX		8	/* so many seats are all looked at; of more, 2 */
#define SLOW_NS		NS_PER_MS	/* a turn that takes long */
#define PUMP_MAX	256	/* connections before others have their turn */

enum { NO_ROOM = -1, AT_LIMIT = -2 };

int
desk_open(struct desk *d, struct post *p, unsigned int listener,
    enum listener_mode mode)
{
	*d = (struct desk){
		.post = p,
		.listener = listener,
		.mode = mode,
		.turn = p->max_workers,
		.random = UINT64_C(0x9e3779b97f4a7c15) * (listener + 1),
	};
	d->seats = calloc(p->max_workers, sizeof(*d->seats));
	d->touched = calloc(p->max_workers, sizeof(*d->touched));
	return d->seats == NULL || d->touched == NULL ? -ENOMEM : 0;
}

struct handover *
desk_handover(const struct desk *d, unsigned int seat)
{
	return &d->post->handovers[seat * d->post->nlisteners + d->listener];
}

void
desk_routes(struct desk *d, const struct routes *t)
{
	if (t->number == d->known)
		return;
	d->known = t->number;
	d->owing = 0;
	for (unsigned int i = 0; i < t->seats; i++) {
		unsigned int seat = t->route[i].seat;

		d->seats[seat].owes = !t->is_target[seat] ||
		    d->seats[seat].shut;
		d->owing += d->seats[seat].owes;
	}
}

static uint64_t
draw(struct desk *d)
{
	d->random ^= d->random << 13;
	d->random ^= d->random >> 7;
	d->random ^= d->random << 17;
	return d->random;
}

/* Connections that it has not finished, and those not yet picked up. */
static int64_t
load(const struct desk *d, const struct routes *t, unsigned int seat)
{
	unsigned int slot = t->slot_of[seat];
	int64_t n = cadre__acceptor_load(&d->post->shm, slot,
	    (const struct cadre_shm_slot *)(const void *)d->post->slots[slot]);

	return n > 0 ? n : 0;	/* less: a kill between two of its words */
}

/* How long its turn has taken by now; 0: it waits for events. */
static uint64_t
turn_ns(const struct desk *d, const struct routes *t, unsigned int seat)
{
	const struct cadre_shm_slot *s =
	    (const void *)d->post->slots[t->slot_of[seat]];
	uint64_t since_ns = shm_load(&s->busy_since_ns);

	return since_ns != 0 && since_ns < d->now_ns ? d->now_ns - since_ns : 0;
}

/*
 * How much may wait for one worker. Messages of many are cheap, but what waits
 * for a worker whose turn takes long would be served sooner by another: then
 * only the next one is given, and the rest waits for whoever is free first.
 */
static unsigned int
room_of(const struct desk *d, const struct routes *t, unsigned int seat)
{
	return turn_ns(d, t, seat) > SLOW_NS ? 1 : HANDOVER_BATCH;
}

/* Counted once per pump, and when it was used up, since it picks up meanwhile. */
static bool
has_room(struct desk *d, const struct routes *t, unsigned int seat)
{
	struct desk_seat *s = &d->seats[seat];
	unsigned int used, most;

	if (s->shut)
		return false;
	if (s->looked == d->pump && s->room > 0)
		return true;
	if (s->batch.n > 0)
		return false;		/* this message is full: it goes first */
	used = handover_unpicked(desk_handover(d, seat)->worker);
	most = room_of(d, t, seat);
	s->room = used < most ? most - used : 0;
	s->looked = d->pump;
	return s->room > 0;
}

static bool
under_limit(const struct desk *d, const struct routes *t, unsigned int seat)
{
	return d->post->worker_limit == 0 ||
	    (uint64_t)load(d, t, seat) < d->post->worker_limit;
}

/* The first target behind that seat, around the end; as an index. */
static unsigned int
after(const struct routes *t, unsigned int seat)
{
	unsigned int low = 0, high = t->targets, mid;

	while (low < high) {
		mid = (low + high) / 2;
		if (t->target[mid] <= seat)
			low = mid + 1;
		else
			high = mid;
	}
	return low < t->targets ? low : 0;
}

static int
choose_in_turn(struct desk *d, const struct routes *t)
{
	unsigned int first = after(t, d->turn), seat;
	int end = AT_LIMIT;		/* all are, unless one lacks only room */

	for (unsigned int i = 0; i < t->targets; i++) {
		seat = t->target[(first + i) % t->targets];
		if (!under_limit(d, t, seat))
			continue;
		if (has_room(d, t, seat))
			return (int)seat;
		end = NO_ROOM;
	}
	return end;
}

/* Better of two, or best of all if these are few; of equals, the next in turn. */
static int
choose_least(struct desk *d, const struct routes *t)
{
	bool few = t->targets <= ALL_MAX;
	unsigned int first = after(t, d->turn), n = few ? t->targets : 2, seat;
	int64_t least = INT64_MAX, l;
	int best = AT_LIMIT;
	uint64_t at = 0;

	for (unsigned int i = 0; i < n; i++) {
		/* Of many two that are drawn, and not the same twice. */
		at = few ? first + i : i == 0 ? draw(d) % t->targets :
		    at + 1 + draw(d) % (t->targets - 1);
		seat = t->target[at % t->targets];
		if (!under_limit(d, t, seat))
			continue;
		if (!has_room(d, t, seat)) {
			if (best < 0)
				best = NO_ROOM;
			continue;
		}
		l = load(d, t, seat);
		if (l < least) {
			least = l;
			best = (int)seat;
		}
	}
	return best;
}

static bool
app_is_full(const struct desk *d, const struct routes *t)
{
	uint64_t most = d->post->worker_limit != 0 ? d->post->worker_limit :
	    d->post->app_limit, sum = 0, l;

	if (d->post->app_limit == 0)
		return false;
	/* A lie is as good as the limit, and no more. */
	for (unsigned int i = 0; i < t->seats; i++) {
		if ((t->route[i].flags & CADRE_ROUTE_LIVES) == 0)
			continue;
		l = (uint64_t)load(d, t, t->route[i].seat);
		sum += l < most ? l : most;
	}
	return sum >= d->post->app_limit;
}

/* A seat, or why there is none. */
static int
choose(struct desk *d, const struct routes *t)
{
	int seat;

	if (t->targets == 0)
		return NO_ROOM;
	if (app_is_full(d, t))
		return AT_LIMIT;
	if (d->mode == LISTENER_RR)
		return choose_in_turn(d, t);
	seat = choose_least(d, t);
	/* Two may be full by bad luck; then anybody will do. */
	return seat < 0 && t->targets > ALL_MAX ? choose_in_turn(d, t) : seat;
}

/* A worker can shut its end, for good: the master makes another for its seat. */
static void
seat_shuts(struct desk *d, unsigned int seat)
{
	struct desk_seat *s = &d->seats[seat];

	s->shut = true;
	d->owing += !s->owes;
	s->owes = true;
}

/* They go elsewhere, or end. */
static void
unsent(struct desk *d, const struct batch *b)
{
	cadre__acceptor_returned(&d->post->shm, b->slot, b->n);
	cadre__acceptor_release(&d->post->shm, b->slot, b->n);
}

void
desk_forget(struct desk *d)
{
	handover_forget(d->sent, d->nsent);
	d->nsent = 0;
}

static void
forget_later(struct desk *d, int fd)
{
	if (d->nsent == sizeof(d->sent) / sizeof(d->sent[0]))
		desk_forget(d);
	d->sent[d->nsent++] = fd;
}

static void
send_batch(struct desk *d, unsigned int seat)
{
	struct batch *b = &d->seats[seat].batch;
	int err;

	err = handover_send(desk_handover(d, seat), b->conn, b->n);
	/* They stay here until there is room; or until others are chosen. */
	if (err == -EPIPE)
		seat_shuts(d, seat);
	d->starves |= err == -ENOBUFS;
	if (err == -EAGAIN || err == -EPIPE || err == -ENOBUFS)
		return;
	if (err < 0) {
		cadre__acceptor_failures(&d->post->shm, d->listener, b->n);
		unsent(d, b);
	} else
		cadre__acceptor_sent(&d->post->shm, b->slot, b->n);
	CADRE_FAULT_AT("desk.sent");
	for (unsigned int i = 0; i < b->n; i++)
		forget_later(d, b->conn[i].fd);
	b->n = 0;
}

/* Its place in the load of the seat. False: others were faster, it is full. */
static bool
reserve(struct desk *d, const struct routes *t, unsigned int seat)
{
	struct batch *b = &d->seats[seat].batch;
	struct cadre__acceptor *shm = &d->post->shm;

	if (b->n == 0)
		b->slot = t->slot_of[seat];
	cadre__acceptor_assign(shm, b->slot, 1);
	if (d->post->worker_limit == 0 || cadre__acceptor_fits(shm, b->slot,
	    d->post->slots[b->slot], d->post->worker_limit))
		return true;
	cadre__acceptor_returned(shm, b->slot, 1);
	cadre__acceptor_release(shm, b->slot, 1);
	return false;
}

static bool
put(struct desk *d, const struct routes *t, unsigned int seat,
    const struct handed *conn)
{
	struct desk_seat *s = &d->seats[seat];

	if (!reserve(d, t, seat))
		return false;
	if (!s->listed)
		d->touched[d->ntouched++] = seat;
	s->listed = true;
	s->batch.conn[s->batch.n++] = *conn;
	s->room--;
	d->turn = seat;
	return true;
}

/* Send what was chosen. True: all of it went. */
static bool
flush(struct desk *d)
{
	unsigned int left = 0, seat;

	for (unsigned int i = 0; i < d->ntouched; i++) {
		seat = d->touched[i];
		if (d->seats[seat].batch.n > 0)
			send_batch(d, seat);
		d->seats[seat].listed = d->seats[seat].batch.n > 0;
		if (d->seats[seat].listed)
			d->touched[left++] = seat;
	}
	d->ntouched = left;
	return left == 0;
}

static void
shed(struct desk *d, int conn)
{
	overload_shed(conn, d->post->shed_bytes, d->post->shed_n);
	cadre__acceptor_shed(&d->post->shm, d->listener, 1);
}

/* Give out again what was taken back. False: some of it is left. */
static bool
back_give(struct desk *d, const struct routes *t)
{
	int seat;

	while (d->back.n > 0) {
		seat = choose(d, t);
		if (seat < 0 && d->ntouched > 0 && flush(d))
			seat = choose(d, t);
		if (seat == AT_LIMIT && d->post->shed) {
			shed(d, d->back.conn[--d->back.n].fd);
			continue;
		}
		if (seat < 0)
			return false;
		if (!put(d, t, (unsigned int)seat,
		    &d->back.conn[d->back.n - 1]))
			return false;
		d->back.n--;
	}
	return true;
}

/* One message, from the worker's end. */
static int
receive_back(struct desk *d, unsigned int slot, unsigned int seat)
{
	int n;

	cadre__acceptor_hold(&d->post->shm, slot, HANDOVER_BATCH);
	n = handover_receive(desk_handover(d, seat)->worker, d->back.conn,
	    true);
	CADRE_FAULT_AT("desk.returned");
	if (n > 0) {
		d->back.n = (unsigned int)n;
		cadre__acceptor_returned(&d->post->shm, slot, (unsigned int)n);
	}
	cadre__acceptor_release(&d->post->shm, slot, HANDOVER_BATCH);
	return n;
}

static unsigned int
waiting_for(const struct desk *d, unsigned int seat)
{
	return d->seats[seat].batch.n +
	    handover_unpicked(desk_handover(d, seat)->worker);
}

/*
 * A load says nothing of how long a turn will take, and the longer one has
 * taken, the longer it will: so what waits behind the longest is fetched, and
 * given to a worker for whom nothing waits and whose own turn, if it is in one,
 * is less than half as long. It was there before those that come now. All of
 * it finds room there, or it stays.
 */
static void
fetch_from_slow(struct desk *d, const struct routes *t)
{
	uint64_t age_ns, longest_ns = SLOW_NS, shortest_ns;
	unsigned int seat, n = 0;
	int slow = -1, to = -1;

	for (unsigned int i = 0; i < t->targets; i++) {
		seat = t->target[i];
		age_ns = turn_ns(d, t, seat);
		if (age_ns > longest_ns && waiting_for(d, seat) > 0) {
			longest_ns = age_ns;
			slow = (int)seat;
			n = waiting_for(d, seat);
		}
	}
	shortest_ns = longest_ns / 2;
	for (unsigned int i = 0; slow >= 0 && i < t->targets; i++) {
		seat = t->target[i];
		age_ns = turn_ns(d, t, seat);
		if (age_ns < shortest_ns && waiting_for(d, seat) == 0 &&
		    under_limit(d, t, seat)) {
			shortest_ns = age_ns;
			to = (int)seat;
		}
	}
	if (to < 0 || !has_room(d, t, (unsigned int)to) ||
	    d->seats[to].room < n ||
	    receive_back(d, t->slot_of[slow], (unsigned int)slow) <= 0)
		return;
	while (d->back.n > 0 && has_room(d, t, (unsigned int)to) &&
	    put(d, t, (unsigned int)to, &d->back.conn[d->back.n - 1]))
		d->back.n--;
}

/* From one that is excluded: message by message, as long as others have room. */
static bool
seat_take_back(struct desk *d, const struct routes *t, unsigned int seat)
{
	int n;

	/* What was never sent, for want of room there, comes first. */
	if (d->seats[seat].batch.n > 0 && back_give(d, t)) {
		d->back = d->seats[seat].batch;
		d->seats[seat].batch.n = 0;
		unsent(d, &d->back);
	}
	while (back_give(d, t)) {
		n = receive_back(d, t->slot_of[seat], seat);
		if (n == -EAGAIN || n == -EPIPE) {
			d->seats[seat].owes = false;	/* or shut, and empty */
			d->owing--;
			return true;
		}
		/* One that cannot be read must not hold up all others. */
		if (n < 0 && n != -EPROTO)
			return true;
	}
	return false;
}

static bool
take_back(struct desk *d, const struct routes *t)
{
	unsigned int seat;

	if (!back_give(d, t))
		return false;
	if (d->owing == 0 || t->targets == 0)
		return true;
	for (unsigned int i = 0; i < t->seats; i++) {
		seat = t->route[i].seat;
		if (!d->seats[seat].owes)
			continue;
		if (!seat_take_back(d, t, seat))
			return false;
	}
	return true;
}

/* Accept for this seat. 0; -EBUSY: it is full now, for another; or -errno. */
static int
accept_for(struct desk *d, const struct routes *t, unsigned int seat, int fd)
{
	struct sockaddr_storage from;
	struct handed conn = { .bytes = sizeof(from) };

	conn.fd = listener_accept(fd, (struct sockaddr *)&from, &conn.bytes);
	if (conn.fd < 0)
		return conn.fd;
	if (conn.bytes > sizeof(conn.address))
		conn.bytes = 0;		/* the worker asks the socket */
	memcpy(conn.address, &from, conn.bytes);
	cadre__acceptor_accepted(&d->post->shm, d->listener, 1);
	CADRE_FAULT_AT("desk.accepted");
	if (put(d, t, seat, &conn))
		return 0;
	d->back.conn[d->back.n++] = conn;
	return -EBUSY;
}

static int
accept_and_shed(struct desk *d, int fd)
{
	int conn;

	conn = listener_accept(fd, NULL, NULL);
	if (conn < 0)
		return conn;
	shed(d, conn);
	return 0;
}

static enum desk_end
accept_all(struct desk *d, const struct routes *t, int fd, bool rescue)
{
	int err = 0, seat;

	for (unsigned int n = 0; n < PUMP_MAX && err == 0; n++) {
		seat = choose(d, t);
		if (seat < 0 && d->ntouched > 0 && flush(d))
			seat = choose(d, t);
		if (seat == NO_ROOM)
			return DESK_ROOM;
		/* Nothing waits: then who comes next wakes us. */
		if (seat == AT_LIMIT && !d->post->shed)
			return listener_waits(fd) ? DESK_LATER : DESK_EMPTY;
		err = seat < 0 ? accept_and_shed(d, fd) :
		    accept_for(d, t, (unsigned int)seat, fd);
		if (err == 0 && rescue)
			cadre__acceptor_rescued(&d->post->shm, d->listener, 1);
	}
	if (err == 0)
		return DESK_MORE;
	if (err == -EAGAIN)
		return DESK_EMPTY;
	if (err == -EBUSY)
		return DESK_LATER;
	cadre__acceptor_failures(&d->post->shm, d->listener, 1);
	return DESK_LATER;
}

enum desk_end
desk_pump(struct desk *d, const struct routes *t, int fd, bool rescue)
{
	enum desk_end end = DESK_LATER;

	d->pump++;
	d->now_ns = clock_now_ns();
	d->starves = false;
	if (d->mode == LISTENER_LEAST && t->targets <= ALL_MAX &&
	    d->back.n == 0)
		fetch_from_slow(d, t);
	if (take_back(d, t))
		end = fd >= 0 ? accept_all(d, t, fd, rescue) : DESK_EMPTY;
	if (!flush(d) && (end != DESK_ROOM || d->starves))
		end = DESK_LATER;
	if (end == DESK_ROOM)
		cadre__acceptor_waits(&d->post->shm, d->listener);
	return end;
}
