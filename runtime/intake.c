/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the application polls is an epoll of its own per listener. In it stand
 * the listening socket, where this worker accepts by itself; our end of the
 * hand-over, for what the acceptor gives; and a bell, which makes it readable
 * when we know of something that the kernel does not show there: the rest of
 * a message, or a connection in the gate.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>

#include "runtime/intake.h"
#include "shm/acceptor.h"
#include "shm/atomic.h"
#include "shm/clock.h"
#include "shm/fault.h"

#define LIMIT_MS	5		/* others may have made room by then */

int
intake_watch(int op, int epoll, int fd)
{
	struct epoll_event e = { .events = EPOLLIN };

	if (fd < 0)
		return 0;
	return CADRE_FAULT("intake.watch") < 0 ||
	    epoll_ctl(epoll, op, fd, &e) < 0 ? -errno : 0;
}

static int
intake_lobby(struct intakes *all, struct intake *in,
    const struct intake_birth *birth)
{
	in->lobby.trusted = birth->trusted;
	in->lobby.listener = (unsigned int)(in - all->of);
	in->lobby.poll = in->poll;
	in->lobby.slot = all->slot;
	in->lobby.refusals = &all->refusals;
	return lobby_open(&in->lobby, all->descriptors);
}

static int
intake_open(struct intakes *all, struct intake *in,
    const struct intake_birth *birth)
{
	int err;

	*in = (struct intake){ .mode = birth->mode, .queue = birth->queue,
	    .handover = birth->handover };
	in->poll = CADRE_FAULT("intake.poll") < 0 ? -1 :
	    epoll_create1(EPOLL_CLOEXEC);
	in->bell = in->poll < 0 ? -1 : eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	if (in->bell < 0)
		return -errno;
	err = intake_watch(EPOLL_CTL_ADD, in->poll, in->bell);
	if (err == 0)
		err = intake_lobby(all, in, birth);
	if (all->held)
		return err;
	if (err == 0)
		err = intake_watch(EPOLL_CTL_ADD, in->poll, in->handover);
	if (err == 0)
		err = intake_watch(EPOLL_CTL_ADD, in->poll, in->queue);
	in->polls_queue = err == 0 && in->queue >= 0;
	return err;
}

/*
 * What the last life had picked up and not accepted is load of nobody, and one
 * that seems loaded may never be woken to find out. What is counted but not
 * sent yet makes it too low until the next settle.
 */
static void
settle_first(struct intakes *all)
{
	uint64_t waits = 0, assigned = shm_load(&all->row->assigned);

	for (unsigned int i = 0; i < all->n; i++)
		waits += handover_unpicked(all->of[i].handover);
	cadre__slot_settle(all->slot, assigned - waits);
}

int
intakes_open(struct intakes *all, const struct intake_birth *births,
    unsigned int n)
{
	struct rlimit limit = { .rlim_cur = 0 };
	int err = 0;

	(void)getrlimit(RLIMIT_NOFILE, &limit);
	all->descriptors = limit.rlim_cur;
	all->epoll = all->gate.line = -1;
	refusals_begin(&all->refusals, -1);
	for (all->n = 0; all->n < n && err == 0; all->n++)
		err = intake_open(all, &all->of[all->n], &births[all->n]);
	if (err == 0)
		settle_first(all);
	all->left = all->held;
	/* Not before it has a place in the line. */
	if (intakes_line(all))
		cadre__slot_gate(all->slot, CADRE_GATE_OUT);
	if (err == 0 && (intakes_line(all) || all->limits.app > 0 ||
	    (all->limits.shed && all->limits.worker > 0)))
		err = peers_open(&all->peers);
	return err;
}

void
intake_ring(struct intake *in)
{
	static const uint64_t one = 1;

	in->asked = false;
	if (!in->rung)
		in->rung = write(in->bell, &one, sizeof(one)) > 0;
}

void
intake_unring(struct intake *in)
{
	uint64_t rings;

	if (in->rung && in->asked)
		in->rung = read(in->bell, &rings, sizeof(rings)) < 0;
}

bool
intakes_left(const struct intakes *all)
{
	for (const struct intake *in = all->of; in < all->of + all->n; in++)
		if (!in->left)
			return false;
	return all->draining;
}

void
intakes_turn(struct intakes *all)
{
	for (struct intake *in = all->of; in < all->of + all->n; in++)
		in->accepts = 0;
}

/* What waits in front of it now is for its last accepts, and for others. */
void
intakes_drain(struct intakes *all)
{
	if (!all->draining && all->gate.nqueues > 0)
		gate_leave(&all->gate, all->slot, CADRE_GATE_OUT);
	all->draining = true;
}

/* At a limit the queues are left to others, or to wait. */
static void
queues_leave(struct intakes *all)
{
	for (struct intake *in = all->of; in < all->of + all->n; in++)
		if (in->polls_queue)
			in->polls_queue = intake_watch(EPOLL_CTL_DEL, in->poll,
			    in->queue) < 0;
	gate_leave(&all->gate, all->slot, CADRE_GATE_FULL);
}

static void
queues_join(struct intakes *all)
{
	for (struct intake *in = all->of; in < all->of + all->n; in++)
		if (!in->polls_queue && !in->lined && in->queue >= 0)
			in->polls_queue = intake_watch(EPOLL_CTL_ADD, in->poll,
			    in->queue) == 0;
	if (all->gate.nqueues == 0)
		cadre__slot_gate(all->slot, CADRE_GATE_IN);
	else				/* refused, it is tried at the next wait */
		(void)gate_join(&all->gate, all->slot);
}

/* Closed, or by now another file under that number. */
int
intakes_check(const struct intakes *all)
{
	int on = 0, type = 0, err = 0;
	socklen_t bytes = sizeof(int);

	for (const struct intake *in = all->of; in < all->of + all->n; in++) {
		if (fcntl(in->poll, F_GETFD) < 0 ||
		    (in->queue >= 0 && (getsockopt(in->queue, SOL_SOCKET,
		    SO_ACCEPTCONN, &on, &bytes) < 0 ||
		    (on == 0 && in->mode != LISTENER_SEAT))) ||
		    getsockopt(in->handover, SOL_SOCKET, SO_TYPE, &type,
		    &bytes) < 0)
			err = -EBADF;
	}
	return err;
}

bool
intakes_give(struct intakes *all, int fd)
{
	struct intake *in = &all->of[0];

	if (!all->held || all->n == 0 || in->stashed > 0)
		return false;
	in->first = 0;
	in->stash[0] = (struct handed){ .fd = fd };
	in->stashed = 1;
	intake_ring(in);
	return true;
}

/* A kill before the end of it leaves a worker that takes too little. */
void
intakes_release(struct intakes *all)
{
	if (!all->held)
		return;
	all->held = all->left = false;
	for (struct intake *in = all->of; in < all->of + all->n; in++)
		(void)intake_watch(EPOLL_CTL_ADD, in->poll, in->handover);
	queues_join(all);
}

/* One who was woken for a connection takes it first: nobody else was. */
static bool
is_full(struct intakes *all)
{
	if (!intakes_over_limit(all) && !all->crowded)
		return false;
	for (const struct intake *in = all->of; in < all->of + all->n; in++)
		if (in->rung && !in->asked)
			return all->full;
	return true;
}

/*
 * At a limit what comes is for others, or waits; the last of those who shed
 * stays, and sheds. What changes that happens elsewhere, and wakes nobody.
 */
static int
at_limit(struct intakes *all, uint64_t now_ns, bool others)
{
	bool leave = !all->limits.shed || peers_have_room(&all->peers, now_ns);

	if (leave && !all->left)
		queues_leave(all);
	else if (!leave && all->left)
		queues_join(all);
	if (shm_load(&all->slot->head->gate) != CADRE_GATE_FULL)
		cadre__slot_gate(all->slot, CADRE_GATE_FULL);
	all->left = leave;
	return others || (all->limits.shed && leave) ? LIMIT_MS : -1;
}

int
intakes_before_wait(struct intakes *all, int timeout_ms, uint64_t now_ns)
{
	bool was = all->full, others;

	for (struct intake *in = all->of; in < all->of + all->n; in++) {
		if (in->stashed > 0 || lobby_pends(&in->lobby))
			intake_ring(in);
		else
			intake_unring(in);
	}
	if (all->draining || all->held)
		return timeout_ms;
	if (all->unsettled) {
		all->unsettled = false;
		intakes_settle(all);
		if (all->unsettled)
			timeout_ms = shorter(timeout_ms, LIMIT_MS);
	}
	all->full = is_full(all);
	others = all->crowded || all->limits.app > 0;
	all->crowded = false;
	if (all->full)
		return shorter(timeout_ms, at_limit(all, now_ns, others));
	if (was)
		queues_join(all);
	all->left = false;
	/* In a loop of its own everybody is woken: it is always in. */
	if (all->epoll < 0 && shm_load(&all->slot->head->gate) !=
	    CADRE_GATE_IN)
		cadre__slot_gate(all->slot, CADRE_GATE_IN);
	return all->gate.nqueues == 0 ? timeout_ms : shorter(timeout_ms,
	    gate_decide(&all->gate, all->slot, &all->peers, now_ns));
}
