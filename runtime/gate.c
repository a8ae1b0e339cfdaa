/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Mode `gate`: all workers wait for one socket, each by its own epoll with
 * EPOLLEXCLUSIVE, and who is ahead of the others steps out for a while. Why
 * no connection is forgotten; in brackets the run of t/spin/gate.pml that
 * fails without the rule.
 *
 * The kernel asks the waiters in the order in which they were added. One that
 * sleeps in epoll_wait() is woken, and the walk ends; one that does not is
 * marked, and the walk goes on. So a wake-up is given to one worker, and is
 * lost with it. The socket is level-triggered: who was told stays marked until
 * it finds the queue empty [EDGE], and EPOLL_CTL_ADD marks at once if the
 * queue is not empty [NO_LEVEL_AT_ADD].
 *
 * 1. Who is woken accepts before it does anything that takes long; so the
 *    listener is the first of the events that it gets [SERVE_FIRST].
 * 2. The word IN is true whenever it can be read: EPOLL_CTL_ADD comes before
 *    the store of IN, the store of OUT before EPOLL_CTL_DEL, and a worker
 *    stores OUT before it is ready [IN_BEFORE_ADD]. IN needs no fence: seen
 *    late, it only keeps others in.
 * 3. A worker steps out only if another is in. It stores OUT, passes a full
 *    fence, and looks at the words once more; if all are out, it stores IN and
 *    stays [NO_FENCE, NO_SECOND_LOOK]. Of all that are out, let X be the one
 *    that stored OUT last: X then saw an IN, and that worker would have had to
 *    store its OUT after X. So not all are out. FULL, DRAINING and dead are
 *    not in, and do not ask; for what they leave there is rule 5.
 * 4. EPOLL_CTL_DEL forgets the mark, and with it a wake-up that was not used.
 *    So a worker looks at the queue after the DEL: if it is not empty, it
 *    comes in again [NO_LOOK_AFTER]. What comes after the DEL wakes another,
 *    what came before is seen. One that drains cannot come in: it accepts once
 *    more after its DEL [NO_LAST_ACCEPT]. One is enough: a second connection
 *    has woken another, and who is awake takes all that it finds.
 * 5. Who is out waits for 5 ms at most [NO_TIMEOUT], and when it wakes looks at
 *    the queue before the words: not empty, and it comes in, whatever they say.
 *    The others may be in and busy, stopped or dead [NO_LOOK_WHEN_OUT].
 * 6. Out is only who accepted in the last 100 ms, so an app that is idle has
 *    nobody out, and wakes nobody [NO_FRESH_ACCEPT].
 * 7. Who is FULL is out. When it has room again it comes in, and does not just
 *    stay out [NO_COMING_BACK]. It needs the timeout only where others can
 *    make the room, at a limit of the app's [NO_TIMEOUT_FULL].
 *
 * By these rules a connection waits no longer than 5 ms for a worker that
 * could take it, and not at all if nobody is out. The one exception is a
 * worker that is killed or stopped between its wake-up and its accept. Then
 * the next connection wakes another, which takes all; or the acceptor takes
 * what nobody served for 100 ms [NO_RESCUE].
 */
#include <errno.h>
#include <poll.h>

#include <sys/epoll.h>

#include "runtime/gate.h"
#include "shm/atomic.h"
#include "shm/clock.h"
#include "shm/fault.h"

#define OUT_NS		(100 * NS_PER_MS)	/* after the last accept */
#define TURN		8	/* accepts, then to the end of the line */

static int
line(const struct gate *g, int op)
{
	struct epoll_event e = { .events = EPOLLIN | EPOLLEXCLUSIVE };
	int err = 0;

	for (unsigned int i = 0; i < g->nqueues && err == 0; i++) {
		e.data.u64 = (uint64_t)g->queues[i];
		if (CADRE_FAULT("gate.line") < 0 ||
		    epoll_ctl(g->line, op, g->queues[i], &e) < 0)
			err = errno == EEXIST || errno == ENOENT ? 0 : -errno;
	}
	return err;
}

/*
 * The word comes last: who reads IN may rely on our place in the line. ADD
 * marks us at once if something waits.
 */
int
gate_join(struct gate *g, struct cadre__slot *slot)
{
	int err = line(g, EPOLL_CTL_ADD);

	if (err < 0)
		return err;
	g->in = true;
	CADRE_FAULT_AT("gate.joined");
	cadre__slot_gate(slot, CADRE_GATE_IN);
	return 0;
}

void
gate_leave(struct gate *g, struct cadre__slot *slot, uint64_t word)
{
	cadre__slot_gate(slot, word);
	(void)line(g, EPOLL_CTL_DEL);
	g->in = false;
}

static bool
queue_waits(const struct gate *g)
{
	struct pollfd p[CADRE_LISTENERS_MAX];

	for (unsigned int i = 0; i < g->nqueues; i++)
		p[i] = (struct pollfd){ g->queues[i], POLLIN, 0 };
	return poll(p, g->nqueues, 0) > 0;
}

/* A few more than the least loaded of those who would be woken in our place. */
static bool
is_ahead(const struct cadre__slot *slot, struct peers *peers, uint64_t now_ns)
{
	uint64_t least;

	return peers_least(peers, now_ns, &least) &&
	    shm_load(&slot->head->open) > least + 1 + least / 32;
}

/* The two looks: at the words after our own, at the queue after we left. */
static void
step_out(struct gate *g, struct cadre__slot *slot, const struct peers *peers)
{
	cadre__slot_gate(slot, CADRE_GATE_OUT);
	shm_fence_full();	/* our word, then theirs: the same in theirs */
	CADRE_FAULT_AT("gate.out");
	if (!peers_in(peers)) {
		cadre__slot_gate(slot, CADRE_GATE_IN);
		return;
	}
	gate_leave(g, slot, CADRE_GATE_OUT);
	CADRE_FAULT_AT("gate.left");
	if (queue_waits(g))
		(void)gate_join(g, slot);
}

/* So that the next one is woken next: the kernel asks in the order of ADD. */
static void
to_the_end(struct gate *g)
{
	g->takes = 0;
	(void)line(g, EPOLL_CTL_DEL);
	if (line(g, EPOLL_CTL_ADD) < 0)
		g->in = false;		/* tried again at the next wait */
}

int
gate_decide(struct gate *g, struct cadre__slot *slot, struct peers *peers,
    uint64_t now_ns)
{
	bool took = g->took;

	g->took = false;
	if (took)
		g->took_ns = now_ns;
	if (!g->in) {
		if (queue_waits(g) || now_ns - g->took_ns > OUT_NS ||
		    !is_ahead(slot, peers, now_ns))
			(void)gate_join(g, slot);
	} else if (took && is_ahead(slot, peers, now_ns))
		step_out(g, slot, peers);
	else if (took && ++g->takes >= TURN)
		to_the_end(g);
	return g->in ? -1 : GATE_OUT_MS;
}
