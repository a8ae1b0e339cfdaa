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
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runtime/desk.h"
#include "runtime/overload.h"
#include "runtime/pick.h"
#include "shm/clock.h"
#include "shm/fault.h"

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

		d->seats[seat].owes = d->seats[seat].shut || (d->strict ?
		    !t->is_wanted[seat] : !t->is_target[seat]);
		d->owing += d->seats[seat].owes;
	}
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

void
desk_forget_fd(struct desk *d, int fd)
{
	if (d->nsent == sizeof(d->sent) / sizeof(d->sent[0]))
		desk_forget(d);
	d->sent[d->nsent++] = fd;
}

void
desk_send(struct desk *d, unsigned int seat)
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
		desk_forget_fd(d, b->conn[i].fd);
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

bool
desk_put(struct desk *d, const struct routes *t, unsigned int seat,
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
bool
desk_flush(struct desk *d)
{
	unsigned int left = 0, seat;

	for (unsigned int i = 0; i < d->ntouched; i++) {
		seat = d->touched[i];
		if (d->seats[seat].batch.n > 0)
			desk_send(d, seat);
		d->seats[seat].listed = d->seats[seat].batch.n > 0;
		if (d->seats[seat].listed)
			d->touched[left++] = seat;
	}
	d->ntouched = left;
	return left == 0;
}

/*
 * Routes are sent before the kernel chooses by them. So whoever came by newer
 * ones finds them sent, being read, or read; looked for in this order, none
 * slips through. By the old ones it would be shed while a seat has room.
 */
bool
desk_may_shed(const struct desk *d, const struct routes *t)
{
	struct pollfd control = { .fd = d->post->control, .events = POLLIN };

	return d->post->shed && poll(&control, 1, 0) == 0 &&
	    __atomic_load_n(&d->post->number, __ATOMIC_SEQ_CST) == t->number;
}

void
desk_shed(struct desk *d, int conn)
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
		seat = pick(d, t);
		if (seat < 0 && d->ntouched > 0 && desk_flush(d))
			seat = pick(d, t);
		if (seat == PICK_LIMIT && desk_may_shed(d, t)) {
			desk_shed(d, d->back.conn[--d->back.n].fd);
			continue;
		}
		if (seat < 0)
			return false;
		if (!desk_put(d, t, (unsigned int)seat,
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
	uint64_t age_ns, longest_ns = PICK_SLOW_NS, shortest_ns;
	unsigned int seat, n = 0;
	int slow = -1, to = -1;

	for (unsigned int i = 0; i < t->targets; i++) {
		seat = t->target[i];
		age_ns = pick_turn_ns(d, t, seat);
		if (age_ns > longest_ns && waiting_for(d, seat) > 0) {
			longest_ns = age_ns;
			slow = (int)seat;
			n = waiting_for(d, seat);
		}
	}
	shortest_ns = longest_ns / 2;
	for (unsigned int i = 0; slow >= 0 && i < t->targets; i++) {
		seat = t->target[i];
		age_ns = pick_turn_ns(d, t, seat);
		if (age_ns < shortest_ns && waiting_for(d, seat) == 0 &&
		    pick_under_limit(d, t, seat)) {
			shortest_ns = age_ns;
			to = (int)seat;
		}
	}
	if (to < 0 || !pick_has_room(d, t, (unsigned int)to) ||
	    d->seats[to].room < n ||
	    receive_back(d, t->slot_of[slow], (unsigned int)slow) <= 0)
		return;
	while (d->back.n > 0 && pick_has_room(d, t, (unsigned int)to) &&
	    desk_put(d, t, (unsigned int)to, &d->back.conn[d->back.n - 1]))
		d->back.n--;
}

int
desk_take_back(struct desk *d, const struct routes *t, unsigned int seat)
{
	int n;

	/* What was never sent, for want of room there, comes first. */
	if (d->seats[seat].batch.n > 0) {
		d->back = d->seats[seat].batch;
		d->seats[seat].batch.n = 0;
		unsent(d, &d->back);
		return (int)d->back.n;
	}
	do
		n = receive_back(d, t->slot_of[seat], seat);
	while (n == -EPROTO);
	if (n == -EAGAIN || n == -EPIPE) {
		d->seats[seat].owes = false;	/* or shut, and empty */
		d->owing--;
		return -EAGAIN;
	}
	/* One that cannot be read must not hold up all others. */
	return n > 0 ? n : 0;
}

/* From one that is excluded: message by message, as long as others have room. */
static bool
seat_take_back(struct desk *d, const struct routes *t, unsigned int seat)
{
	while (back_give(d, t))
		if (desk_take_back(d, t, seat) <= 0)
			return true;
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

int
desk_accept(struct desk *d, int fd, struct handed *ret_conn)
{
	struct sockaddr_storage from;

	ret_conn->bytes = sizeof(from);
	ret_conn->fd = listener_accept(fd, (struct sockaddr *)&from,
	    &ret_conn->bytes);
	if (ret_conn->fd < 0)
		return ret_conn->fd;
	if (ret_conn->bytes > sizeof(ret_conn->address))
		ret_conn->bytes = 0;	/* the worker asks the socket */
	memcpy(ret_conn->address, &from, ret_conn->bytes);
	cadre__acceptor_accepted(&d->post->shm, d->listener, 1);
	CADRE_FAULT_AT("desk.accepted");
	return 0;
}

/* Accept for this seat. 0; -EBUSY: it is full now, for another; or -errno. */
static int
accept_for(struct desk *d, const struct routes *t, unsigned int seat, int fd)
{
	struct handed conn;
	int err = desk_accept(d, fd, &conn);

	if (err < 0)
		return err;
	if (desk_put(d, t, seat, &conn))
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
	desk_shed(d, conn);
	return 0;
}

static enum desk_end
accept_all(struct desk *d, const struct routes *t, int fd, bool rescue)
{
	int err = 0, seat;

	for (unsigned int n = 0; n < PUMP_MAX && err == 0; n++) {
		seat = pick(d, t);
		if (seat < 0 && d->ntouched > 0 && desk_flush(d))
			seat = pick(d, t);
		if (seat == PICK_ROOM)
			return DESK_ROOM;
		/* Nothing waits: then who comes next wakes us. */
		if (seat == PICK_LIMIT && !desk_may_shed(d, t))
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
	if (d->mode == LISTENER_LEAST && t->targets <= PICK_ALL &&
	    d->back.n == 0)
		fetch_from_slow(d, t);
	if (take_back(d, t))
		end = fd >= 0 ? accept_all(d, t, fd, rescue) : DESK_EMPTY;
	if (!desk_flush(d) && (end != DESK_ROOM || d->starves))
		end = DESK_LATER;
	if (end == DESK_ROOM)
		cadre__acceptor_waits(&d->post->shm, d->listener);
	return end;
}
