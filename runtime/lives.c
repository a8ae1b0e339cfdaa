/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What comes to pass in the life of a worker is noted where it does, in the
 * midst of the master's tables, and told elsewhere: at the end of a start, of
 * a turn of the loop and of a free, when no table is under way, and where its
 * ONLINE frame is heard, as its messages may be behind it in the same turn:
 * what the function does to the mailbox there, a handler could do as well. So
 * messages come after ONLINE, and, since the rest of them is heard before the
 * end is noted, before DISCONNECTED.
 *
 * It says that it is online by one socket, and that it is ready by another, and
 * the loop may look at the second first. So who attached is not told of as
 * ready before it is online, or has ended without that.
 *
 * Nothing is allocated, so nothing is lost: a note is a bit. A slot has room
 * for two lives, for a worker that ended in this turn can have a successor
 * before anybody was told; it has no third in the same turn, as a death is an
 * event of the loop.
 */
#include "runtime/export.h"

#include <errno.h>

#include "runtime/lives.h"

#define BIT(kind)	(1U << (kind))

static void
note(struct cadre_master *m, struct tale *t, enum cadre_worker_event_kind kind)
{
	if (((t->due | t->told) & BIT(kind)) != 0)
		return;
	t->due |= BIT(kind);
	if (t->queued)
		return;
	t->queued = true;
	t->next = NULL;
	if (m->last_tale != NULL)
		m->last_tale->next = t;
	else
		m->first_tale = t;
	m->last_tale = t;
}

static void
held_note(struct cadre_master *m, struct tale *t)
{
	unsigned int held = t->held;

	t->held = 0;
	for (unsigned int kind = CADRE_WORKER_READY;
	    kind <= CADRE_WORKER_LISTENING; kind++)
		if ((held & BIT(kind)) != 0)
			note(m, t, (enum cadre_worker_event_kind)kind);
}

void
lives_begin(struct cadre_master *m, const struct seat *s, struct life *l)
{
	struct tale *t;

	l->tale = 1 - l->tale;
	t = &l->tales[l->tale];
	t->due = t->told = t->held = 0;
	t->event = (struct cadre_worker_event){
		.seat = (uint32_t)(s - m->seats),
		.generation = l->row.generation,
		.pid = (int64_t)l->row.pid,
	};
	note(m, t, CADRE_WORKER_SPAWNED);
}

void
lives_due(struct cadre_master *m, struct life *l,
    enum cadre_worker_event_kind kind)
{
	struct tale *t = &l->tales[l->tale];

	bool online = ((t->due | t->told) & BIT(CADRE_WORKER_ONLINE)) != 0;

	if (kind == CADRE_WORKER_READY && !online &&
	    (l->row.flags & CADRE_LIFE_ATTACHED) != 0)
		t->held |= BIT(kind);
	else if (kind != CADRE_WORKER_DISCONNECTED || online)
		note(m, t, kind);
	if (kind == CADRE_WORKER_ONLINE || kind == CADRE_WORKER_DISCONNECTED)
		held_note(m, t);
}

void
lives_end(struct cadre_master *m, struct life *l)
{
	struct tale *t = &l->tales[l->tale];

	t->event.exit_code = l->row.exit_code;
	t->event.exit_signal = l->row.exit_signal;
	lives_due(m, l, CADRE_WORKER_DISCONNECTED);
	note(m, t, CADRE_WORKER_EXITED);
}

void
lives_listen(struct cadre_master *m, struct seat *s)
{
	struct life *l = &s->lives[s->newest];

	struct tale *t = &l->tales[l->tale];

	if (l->row.state != CADRE_STATE_UP)
		return;
	if (t->held != 0)
		t->held |= BIT(CADRE_WORKER_LISTENING);
	else
		note(m, t, CADRE_WORKER_LISTENING);
}

/* The next one of the first life; false: there is none. */
static bool
take(struct cadre_master *m, struct cadre_worker_event *ret_event)
{
	struct tale *t = m->first_tale;
	unsigned int first;

	if (t == NULL)
		return false;
	first = t->due & -t->due;
	t->due &= ~first;
	t->told |= first;
	*ret_event = t->event;
	while (BIT(ret_event->kind) != first)
		ret_event->kind++;
	if (ret_event->kind != CADRE_WORKER_EXITED)
		ret_event->exit_code = ret_event->exit_signal = 0;
	if (t->due != 0)
		return true;
	/* Out of the list before the call, which may note more. */
	m->first_tale = t->next;
	if (m->first_tale == NULL)
		m->last_tale = NULL;
	t->queued = false;
	return true;
}

void
lives_tell(struct cadre_master *m)
{
	struct cadre_worker_event e;

	if (m->telling)
		return;			/* who is told sends: no tale in a tale */
	m->telling = true;
	while (take(m, &e))
		if (m->on_worker != NULL)
			m->on_worker(&m->mailbox, &e, m->on_worker_arg);
	m->telling = false;
}

int
cadre_mailbox_on_worker(struct cadre_mailbox *mb, cadre_worker_event_fn *fn,
    void *arg)
{
	struct cadre_master *m = mb->master;

	if (m == NULL || m->in_worker)
		return -EPERM;
	m->on_worker = fn;
	m->on_worker_arg = arg;
	return 0;
}
