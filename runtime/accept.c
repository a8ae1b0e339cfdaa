/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where the next connection of a worker comes from: the lobby, if the header of
 * one has come; what was picked up and not accepted; the hand-over; the queue,
 * unless a limit is reached. And when it is enough for this turn, or for this
 * worker.
 */
#include <errno.h>
#include <string.h>
#include <time.h>

#include "runtime/intake.h"
#include "runtime/leave.h"
#include "runtime/overload.h"
#include "shm/acceptor.h"
#include "shm/atomic.h"
#include "shm/clock.h"
#include "shm/fault.h"

#define ACCEPTS_PER_TURN 4		/* what waits can still go elsewhere */
#define SHEDS_PER_TURN	64
#define ACCEPT_PAUSE_NS	1000000		/* out of descriptors: do not spin */
#define CAREFUL_FDS	64		/* as near to the limit of them */
#define MOMENT_NS	(100 * NS_PER_MS) /* for headers, when it drains */

bool
intakes_over_limit(struct intakes *all)
{
	const struct intake_limits *l = &all->limits;
	uint64_t open;

	if (l->worker == 0 && l->app == 0)
		return false;
	open = shm_load(&all->slot->head->open);
	return (l->worker != 0 && open >= l->worker) || (l->app != 0 &&
	    open + peers_open_all(&all->peers) >= l->app);
}

/* Room for a message of descriptors, as far as one can tell. */
static bool
short_of_descriptors(const struct intakes *all, int newest)
{
	return (uint64_t)newest + CAREFUL_FDS >= all->descriptors;
}

static void
peer_fill(const struct handed *conn, struct cadre_peer *peer)
{
	memset(peer, 0, sizeof(*peer));
	peer->bytes = conn->bytes;
	if (conn->bytes > 0 && conn->bytes <= sizeof(conn->address)) {
		memcpy(&peer->address, conn->address, conn->bytes);
		return;
	}
	/* A Unix socket's; one that is gone has none. */
	peer->bytes = sizeof(peer->address);
	if (getpeername(conn->fd, (struct sockaddr *)&peer->address,
	    &peer->bytes) < 0)
		peer->bytes = 0;
}

static int
from_stash(struct intakes *all, struct intake *in,
    struct cadre_peer *ret_peer)
{
	const struct handed *conn = &in->stash[in->first++];

	in->stashed--;
	cadre__slot_accepted(all->slot, !all->held);
	if (ret_peer != NULL)
		peer_fill(conn, ret_peer);
	return conn->fd;
}

/* Load is what is open, when nothing is on its way to us by any listener. */
static void
settle(struct intakes *all, const struct cadre__assigned_look *look)
{
	const struct cadre_shm_slot *s = all->slot->head;

	if (shm_load(&s->relieved) == look->assigned - shm_load(&s->open))
		return;
	for (const struct intake *in = all->of; in < all->of + all->n; in++)
		if (in->stashed > 0 || handover_unpicked(in->handover) > 0)
			return;
	/* What woke us may be in the acceptor's hand still: once more, soon. */
	all->unsettled = !cadre__assigned_all_came(all->row, look);
	if (!all->unsettled)
		cadre__slot_settle(all->slot, look->assigned);
}

/* What the acceptor gave. */
static int
from_handover(struct intakes *all, struct intake *in,
    struct cadre_peer *ret_peer)
{
	uint64_t messages = shm_load(&all->row->messages);
	struct cadre__assigned_look look;
	int n;

	cadre__assigned_look(all->row, &look);
	n = handover_receive(in->handover, in->stash, in->careful ||
	    short_of_descriptors(all, in->newest));
	CADRE_FAULT_AT("intake.picked");
	if (n == -EMFILE)
		in->careful = true;
	else if (n == -EPIPE)		/* shut: it would be readable for ever */
		in->handover_gone = intake_watch(EPOLL_CTL_DEL, in->poll,
		    in->handover) == 0 || in->handover_gone;
	if (n > 0) {
		in->careful = false;
		all->picked = true;
		in->first = 0;
		in->stashed = (unsigned int)n;
		in->newest = in->stash[n - 1].fd;
		return from_stash(all, in, ret_peer);
	}
	if (n == -EAGAIN)
		in->messages = messages;
	/* Those that did not fit are lost, and nobody's load. */
	if (n == -EAGAIN || n == -EMFILE)
		settle(all, &look);
	return n;
}

/* Under a limit the place in our load comes first: the acceptor gives, too. */
static bool
reserve(struct intakes *all)
{
	if (all->limits.worker > 0)
		all->crowded = !cadre__slot_reserve(all->slot, all->row,
		    all->limits.worker);
	return !all->crowded;
}

static int
from_queue(struct intakes *all, struct intake *in, bool reserved,
    struct cadre_peer *ret_peer)
{
	struct sockaddr *address = NULL;
	struct cadre_peer peer = { .bytes = sizeof(peer.address) };
	socklen_t *bytes = NULL;
	int fd;

	if (ret_peer != NULL) {
		address = (struct sockaddr *)&peer.address;
		bytes = &peer.bytes;
	}
	fd = listener_accept(in->queue, address, bytes);
	if (fd < 0) {
		if (reserved)
			cadre__slot_unreserve(all->slot);
		/* A door that was shut, which only who drains can meet. */
		return fd == -EINVAL && in->mode == LISTENER_SEAT ? -EAGAIN :
		    fd;
	}
	cadre__slot_accepted(all->slot, reserved);
	if (in->mode == LISTENER_GATE)
		all->gate.took = true;
	if (ret_peer != NULL)
		*ret_peer = peer;
	return fd;
}

static int
shed_queue(struct intakes *all, struct intake *in)
{
	int fd = -EAGAIN;

	for (int i = 0; i < SHEDS_PER_TURN; i++) {
		fd = listener_accept(in->queue, NULL, NULL);
		if (fd < 0)
			break;
		overload_shed(fd, all->limits.bytes, all->limits.n);
		cadre__slot_shed(all->slot);
	}
	return fd < 0 ? fd : -EAGAIN;
}

static int
take_queue(struct intakes *all, struct intake *in, bool draining,
    struct cadre_peer *ret_peer)
{
	if (draining)
		return from_queue(all, in, false, ret_peer);
	if (!intakes_over_limit(all) && reserve(all))
		return from_queue(all, in, all->limits.worker > 0, ret_peer);
	/* Who was not full when it began to wait leaves it to those who are not. */
	if (!all->limits.shed || (!all->full && peers_have_room(&all->peers,
	    clock_now_ns())))
		return -EAGAIN;
	return shed_queue(all, in);
}

/*
 * A busy queue must not starve what was handed over, and an idle hand-over
 * must not cost a call each time: the acceptor counts the messages it sent.
 */
static int
take(struct intakes *all, struct intake *in, bool draining,
    struct cadre_peer *ret_peer)
{
	bool told = shm_load(&all->row->messages) != in->messages;
	int err = -EAGAIN;

	if (in->stashed > 0)
		return from_stash(all, in, ret_peer);
	if (all->held)
		return -EAGAIN;
	if (in->queue < 0 || told)
		err = from_handover(all, in, ret_peer);
	if (err != -EAGAIN || in->queue < 0)
		return err;
	err = take_queue(all, in, draining, ret_peer);
	/* Then who woke us? One that died before it had counted. */
	if (err == -EAGAIN && !told && in->accepts == 0)
		err = from_handover(all, in, ret_peer);
	return err;
}

/*
 * In the gate one: the next is for whoever is free first. Of what is handed
 * over, one message: the next can still go elsewhere, if the turn takes long.
 */
static bool
enough(const struct intake *in)
{
	if (in->queue < 0)
		return in->accepts > 0 && in->stashed == 0;
	return in->accepts >= (in->mode == LISTENER_GATE ? 1 :
	    ACCEPTS_PER_TURN);
}

/* Without it who gets one message a turn would never see that none is left. */
void
intakes_settle(struct intakes *all)
{
	struct cadre__assigned_look look;

	cadre__assigned_look(all->row, &look);
	settle(all, &look);
}

/*
 * Of one that drains beside its successor. In the gate it may have been woken
 * for a connection, and nobody else (gate.c, rule 4).
 */
static unsigned int
last(const struct intake *in)
{
	return in->mode == LISTENER_GATE ? 1 : 0;
}

/*
 * Who may speak for others says first for whom, unless the master itself asks
 * us, before we serve. -EINPROGRESS, -ECONNABORTED: it is not for the
 * application now.
 */
static int
greet(struct intakes *all, struct intake *in, int fd,
    struct cadre_peer *inout_peer)
{
	if (all->held || in->lobby.trusted.nets == 0)
		return fd;
	return lobby_enter(&in->lobby, fd, inout_peer);
}

/*
 * From here on the application is given callers only: what else comes is for
 * others, and must not wake it. A door that is shut by now would, for ever.
 */
static void
take_no_more(struct intake *in)
{
	in->left = true;
	if ((in->mode == LISTENER_SEAT || in->lobby.n > 0) && in->polls_queue)
		in->polls_queue = intake_watch(EPOLL_CTL_DEL, in->poll,
		    in->queue) < 0;
	if (in->lobby.n == 0)
		return;
	if (!in->handover_gone)
		in->handover_gone = intake_watch(EPOLL_CTL_DEL, in->poll,
		    in->handover) == 0;
	in->asked = true;
	intake_unring(in);
}

static uint64_t
callers(const struct intakes *all)
{
	uint64_t n = 0;

	for (const struct intake *in = all->of; in < all->of + all->n; in++)
		n += in->lobby.n;
	return n;
}

/*
 * A worker that drains answers those whose header is under way. It may end when
 * it is told that nothing waits, so here it waits for them: if it has nothing
 * else to do, as long as they have, but for half of the time that it has left;
 * else for a moment, once, in which those come that are really under way.
 */
static int
last_caller(struct intakes *all, struct intake *in, struct cadre_peer *ret_peer)
{
	uint64_t now_ns = clock_now_ns(), until_ns = UINT64_MAX;
	uint64_t end_ns = leave_deadline_ns();

	if (all->moment_ns == 0)
		all->moment_ns = now_ns + MOMENT_NS;
	if (shm_load(&all->slot->head->open) > callers(all))
		until_ns = all->moment_ns;
	if (end_ns != 0)
		end_ns = end_ns > now_ns ? now_ns + (end_ns - now_ns) / 2 : 1;
	if (end_ns != 0 && until_ns > end_ns)
		until_ns = end_ns;
	return lobby_wait(&in->lobby, until_ns, ret_peer);
}

/* The next of those that are not in the lobby yet. */
static int
accept_new(struct intakes *all, struct intake *in, bool draining,
    struct cadre_peer *ret_peer)
{
	int fd;

	if (draining && all->succeeded && in->stashed == 0 &&
	    in->accepts >= last(in)) {
		take_no_more(in);
		return -EAGAIN;
	}
	/* A loop that takes all at once gets its rest at the next call. */
	if (!draining && enough(in)) {
		in->accepts = 0;
		if (in->queue < 0)
			intakes_settle(all);
		return -EAGAIN;
	}
	fd = take(all, in, draining, ret_peer);
	if (fd < 0) {
		if (draining && fd == -EAGAIN)
			take_no_more(in);
		return fd;
	}
	in->accepts++;
	return greet(all, in, fd, ret_peer);
}

static int
accept_next(struct intakes *all, struct intake *in, bool draining,
    struct cadre_peer *ret_peer)
{
	int fd;

	fd = lobby_next(&in->lobby, ret_peer);
	while (fd == -EAGAIN && !in->left) {
		fd = accept_new(all, in, draining, ret_peer);
		if (fd != -EINPROGRESS && fd != -ECONNABORTED)
			break;
		fd = -EAGAIN;
	}
	/* It was said that we take no more; what we took is another matter. */
	if (fd == -EAGAIN && draining && in->left && in->lobby.n > 0)
		fd = last_caller(all, in, ret_peer);
	if (fd >= 0 && in->lobby.given)
		all->last = &in->lobby;
	return fd;
}

int
intakes_accept(struct intakes *all, struct intake *in, bool draining,
    struct cadre_peer *ret_peer)
{
	static const struct timespec pause = { .tv_nsec = ACCEPT_PAUSE_NS };
	struct cadre_peer peer;
	int fd;

	in->asked = true;
	all->last = NULL;
	/* Who it is decides whether it is asked, so then we have to know. */
	if (ret_peer == NULL && in->lobby.trusted.nets > 0)
		ret_peer = &peer;
	fd = accept_next(all, in, draining, ret_peer);
	if (fd == -EMFILE || fd == -ENFILE || fd == -ENOBUFS || fd == -ENOMEM)
		nanosleep(&pause, NULL);
	return fd == -EPIPE || fd == -EPROTO ? -EAGAIN : fd;
}
