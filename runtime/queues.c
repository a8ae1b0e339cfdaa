/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where connections wait, as the master has it: it asks the kernel how many,
 * and reads none. What nobody takes, though somebody should, is rescued by the
 * acceptor; if that is who takes nothing, it is replaced.
 */
#include <errno.h>
#include <signal.h>

#include "runtime/acceptor.h"
#include "runtime/child.h"
#include "runtime/queues.h"
#include "runtime/report.h"
#include "runtime/seat.h"
#include "shm/atomic.h"
#include "shm/clock.h"

#define ACCEPTOR_NS	NS_PER_S	/* it takes nothing for so long */

/* Sockets that may have connections: of all seats in use, or the shared one. */
static unsigned int
sockets(const struct cadre_master *m, const struct listener *l)
{
	return listener_each(l) ? m->used : l->nfds;
}

/* Once more, or for the first time. */
static int
arm(struct cadre_master *m, int fd)
{
	int err = master_rewatch(m, fd, SOURCE_QUEUE, 0, 0,
	    EPOLLIN | EPOLLONESHOT);

	return err == -ENOENT ? master_watch(m, fd, SOURCE_QUEUE, 0, 0,
	    EPOLLIN | EPOLLONESHOT) : err;
}

/* Where connections wait; also what the acceptor took at once. */
int
queues_arm(struct cadre_master *m)
{
	int err = 0;

	for (unsigned int i = 0; i < m->nlisteners; i++) {
		for (unsigned int k = 0; err == 0 &&
		    k < sockets(m, &m->listeners[i]); k++)
			if (!m->listeners[i].door || m->seats[k].door !=
			    DOOR_SHUT)
				err = arm(m, m->listeners[i].fds[k]);
		for (unsigned int k = 0; err == 0 && k < m->used; k++)
			err = arm(m, acceptor_handover(m, k, i)->worker);
	}
	return err;
}

void
queues_arm_doors(struct cadre_master *m, unsigned int seat)
{
	/* While it looks, all are armed at the end of that. */
	for (unsigned int i = 0; i < m->nlisteners; i++)
		if (m->listeners[i].door && !m->watch.ticks)
			(void)arm(m, m->listeners[i].fds[seat]);
}

void
queues_disarm_doors(struct cadre_master *m, unsigned int seat)
{
	for (unsigned int i = 0; i < m->nlisteners; i++)
		if (m->listeners[i].door)
			(void)epoll_ctl(m->epoll, EPOLL_CTL_DEL,
			    m->listeners[i].fds[seat], NULL);
}

void
queues_close(struct cadre_master *m)
{
	for (unsigned int i = 0; m->epoll >= 0 && i < m->nlisteners; i++)
		for (unsigned int k = 0; k < m->listeners[i].nfds; k++)
			(void)epoll_ctl(m->epoll, EPOLL_CTL_DEL,
			    m->listeners[i].fds[k], NULL);
	for (unsigned int i = 0; m->epoll >= 0 && i < m->nhandovers; i++)
		(void)epoll_ctl(m->epoll, EPOLL_CTL_DEL,
		    m->handovers[i].worker, NULL);
}

/*
 * Should what waits there be taken? By the acceptor if somebody has room; by
 * workers if one of them has nothing to do. When all are busy it waits rightly.
 */
static bool
anybody_could(const struct cadre_master *m, unsigned int listener)
{
	const struct seat *s;
	const struct life *l;

	for (unsigned int i = 0; i < m->nchosen; i++) {
		s = &m->seats[m->chosen[i]];
		l = &s->lives[s->newest];
		if (l->row.state != CADRE_STATE_UP || l->row.stalled_ns != 0 ||
		    (l->row.flags & (CADRE_LIFE_FULL | CADRE_LIFE_LEFT)) != 0)
			continue;
		if (listener_hands(&m->listeners[listener]) ?
		    handover_unpicked(acceptor_handover(m, m->chosen[i],
		    listener)->worker) < HANDOVER_BATCH :
		    cadre__anchor_busy_word(m->anchor, slot_of(m, s, l)) == 0)
			return true;
	}
	return false;
}

/* What those took who take from it: the acceptor, or all workers together. */
static uint64_t
taken(const struct cadre_master *m, unsigned int listener)
{
	const struct cadre_shm_intake *intake = (const void *)
	    (m->anchor->acceptor + m->anchor->places.intake);
	/* Who sheds, or tries and fails, is at work: so would be another. */
	uint64_t n = shm_load(&intake[listener].accepted) +
	    shm_load(&intake[listener].shed) +
	    shm_load(&intake[listener].failures);

	if (!listener_hands(&m->listeners[listener]))
		for (unsigned int i = 0; i < m->used; i++)
			n += m->seats[i].lives[m->seats[i].newest]
			    .watched.accepted;
	return n;
}

/* A dead acceptor takes nothing; its successor has its time from the start. */
static bool
anybody_should(const struct cadre_master *m, unsigned int i)
{
	return anybody_could(m, i) && (m->acceptor.pid != 0 ||
	    !listener_hands(&m->listeners[i]));
}

/* True: nobody takes from it, though somebody should. */
static bool
listener_look(struct cadre_master *m, unsigned int i, uint64_t now_ns,
    uint64_t patience_ns)
{
	const struct listener *l = &m->listeners[i];
	uint64_t queue = 0, n = taken(m, i);
	struct watch *w = &m->watch;

	for (unsigned int k = 0; k < sockets(m, l); k++)
		queue += listener_queue(l, k);
	if (queue == 0)
		w->queues[i].since_ns = 0;
	else if (w->queues[i].since_ns == 0)
		w->queues[i].since_ns = now_ns;
	cadre__anchor_queue(m->anchor, i, queue, w->queues[i].since_ns);
	if (queue > 0 || n != w->queues[i].accepted)
		w->changed_ns = now_ns;
	if (queue == 0 || n != w->queues[i].accepted ||
	    !anybody_should(m, i))
		w->queues[i].unserved_run_ns = 0;
	else if (w->queues[i].unserved_run_ns == 0)
		w->queues[i].unserved_run_ns = w->run_ns;
	w->queues[i].accepted = n;
	return w->queues[i].unserved_run_ns != 0 &&
	    w->run_ns - w->queues[i].unserved_run_ns >= patience_ns;
}

/* One that does not work is replaced: nothing is lost but what it held. */
static void
acceptor_stalls(struct cadre_master *m, unsigned int listener)
{
	if (m->acceptor.pid == 0 || option(m, CADRE_HANG_MS) == 0)
		return;
	report_text(m, CADRE_EVENT_ACCEPTOR, NULL, "the acceptor (pid %d) "
	    "takes nothing, though connections wait on %s and workers have "
	    "room; killed", (int)m->acceptor.pid,
	    m->listeners[listener].address);
	(void)child_signal(m->acceptor.pidfd, SIGKILL);
	m->watch.queues[listener].unserved_run_ns = 0;
}

void
queues_look(struct cadre_master *m, uint64_t now_ns, uint64_t limit_ns)
{
	/* At a limit of connections it does right to wait. */
	bool waits = option(m, CADRE_OVERLOAD) == CADRE_OVERLOAD_WAIT &&
	    (option(m, CADRE_WORKER_CONNECTIONS) > 0 ||
	    option(m, CADRE_APP_CONNECTIONS) > 0);
	uint32_t unserved = 0;
	bool hands;

	for (unsigned int i = 0; i < m->nlisteners; i++) {
		hands = listener_hands(&m->listeners[i]);
		if (!listener_look(m, i, now_ns, hands ? ACCEPTOR_NS :
		    limit_ns / 2))
			continue;
		if (m->listeners[i].door)
			continue;	/* seat by seat: see choice.c */
		if (!hands)
			unserved |= UINT32_C(1) << i;
		else if (!waits)
			acceptor_stalls(m, i);
	}
	if (unserved != 0)
		acceptor_routes(m, unserved);
}
