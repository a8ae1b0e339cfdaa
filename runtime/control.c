/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The master's end of a worker's control channel. It carries the runtime's own
 * frames only, each of a known type and length. One that is not costs the
 * worker this channel, and an event; its seat goes on without it. Who sent a
 * frame the kernel says: a child that inherited the channel is no worker.
 */
#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <sys/epoll.h>

#include <cadre/error.h>

#include "runtime/acceptor.h"
#include "runtime/control.h"
#include "runtime/metrics.h"
#include "runtime/refusal.h"
#include "runtime/report.h"
#include "runtime/seat.h"
#include "shm/clock.h"
#include "shm/fault.h"
#include "shm/object.h"

#define STRANGERS_MAX	8	/* answers to others than the worker */

static_assert(CADRE_FRAME_LISTENERS == CADRE_LISTENERS_MAX, "each has a place");

static void
control_close(struct cadre_master *m, struct life *l)
{
	channel_drop(&l->control);
	master_unwatch(m, &l->control.fd);
}

static void
control_end(struct cadre_master *m, struct seat *s, struct life *l,
    const char *why)
{
	report_text(m, CADRE_EVENT_BAD_FRAME, s, "control channel closed: %s",
	    why);
	control_close(m, l);
}

static int
control_watch(struct cadre_master *m, const struct seat *s,
    const struct life *l)
{
	return master_rewatch(m, l->control.fd, SOURCE_CONTROL,
	    slot_of(m, s, l), (uint32_t)l->row.generation,
	    channel_waits(&l->control) ? EPOLLIN | EPOLLOUT : EPOLLIN);
}

void
control_send(struct cadre_master *m, struct seat *s, struct life *l,
    const struct cadre__frame *frame, const void *body, const int *fds,
    unsigned int nfds)
{
	int err;

	if (l->control.fd < 0)
		return;
	err = channel_send(&l->control, frame, body, fds, nfds);
	if (err == 0 && channel_waits(&l->control))
		err = control_watch(m, s, l);
	/* Its end is closed: the pidfd will tell, or it never cared. */
	if (err < 0 && err != -EPIPE)
		control_end(m, s, l, strerror(-err));
}

static void
control_error(struct cadre_master *m, struct seat *s, struct life *l,
    uint32_t id, int err, const char *text)
{
	struct cadre__frame frame = { .type = CADRE_FRAME_ERROR, .id = id };
	struct cadre__frame_error body = { .err = err };
	size_t n = strlen(text);

	if (n > sizeof(body.text))
		n = sizeof(body.text);
	memcpy(body.text, text, n);
	frame.length = (uint32_t)(sizeof(body.err) + n);
	control_send(m, s, l, &frame, &body, NULL, 0);
}

/* A program is ready by time as well, and may say so again later. */
static const char *
on_ready(struct cadre_master *m, struct seat *s, struct life *l,
    const struct cadre__frame *frame, const void *body)
{
	(void)frame;
	(void)body;
	if (l->row.state == CADRE_STATE_UP &&
	    (l->row.flags & CADRE_LIFE_PROGRAM) == 0)
		return "it was ready before";
	CADRE_FAULT_AT("control.ready");
	seat_input(m, s, l, READY, clock_now_ns());
	return NULL;
}

/* Its own slot to write, the rest to read: see shm/frame.h. */
static int
slot_fds(const struct cadre_master *m, const struct seat *s,
    const struct life *l, int fds[CADRE_FRAME_SLOT_FDS_MAX])
{
	unsigned int first = CADRE_SLOTS_PER_SEAT * (unsigned int)(s - m->seats);
	const int from[CADRE_FRAME_SLOT_FDS] = {
		m->anchor->slot_fd[slot_of(m, s, l)], m->anchor->fd,
		m->anchor->slot_fd[first], m->anchor->slot_fd[first + 1],
		m->anchor->acceptor_fd,
	};
	int err = CADRE_FAULT("control.slot");

	fds[0] = from[0];
	for (int i = 1; i < CADRE_FRAME_SLOT_FDS; i++) {
		fds[i] = err < 0 ? -1 : cadre__object_reopen(from[i]);
		if (err == 0 && fds[i] < 0)
			err = fds[i];
	}
	for (unsigned int i = 0; i < m->nlisteners; i++)
		fds[CADRE_FRAME_SLOT_FDS + i] = acceptor_handover(m,
		    (unsigned int)(s - m->seats), i)->worker;
	return err;
}

/* How their connections come, and what those that are shed are sent. */
static void
slot_listeners(const struct cadre_master *m, struct cadre__frame_slot *body)
{
	body->listeners = m->nlisteners;
	for (unsigned int i = 0; i < m->nlisteners; i++) {
		body->modes[i] = (uint8_t)m->listeners[i].mode;
		body->trusted[i] = m->listeners[i].trusted;
	}
	body->shed_bytes = (uint32_t)m->shed_bytes;
	if (m->shed_bytes > 0)
		memcpy(body->shed, m->shed, m->shed_bytes);
}

static int
slot_send(struct cadre_master *m, struct seat *s, struct life *l, uint32_t id)
{
	struct cadre__frame_slot body = {
		.generation = l->row.generation,
		.slot_bytes = m->anchor->places.slot_bytes,
		.anchor_bytes = m->anchor->places.anchor_bytes,
		.health_interval_ns =
		    (uint64_t)option(m, CADRE_HEALTH_INTERVAL_MS) * NS_PER_MS,
		.drain_ns =
		    (uint64_t)option(m, CADRE_DRAIN_TIMEOUT_MS) * NS_PER_MS,
		.seat = (uint32_t)(s - m->seats),
		.slot = (uint32_t)(l - s->lives),
		.acceptor_bytes = m->anchor->places.acceptor_bytes,
		.assigned = m->anchor->places.assigned,
		.worker_limit =
		    (uint32_t)option(m, CADRE_WORKER_CONNECTIONS),
		.app_limit = (uint32_t)option(m, CADRE_APP_CONNECTIONS),
		.overload = (uint32_t)option(m, CADRE_OVERLOAD),
		.held = l->held,
		.busy_poll_us = (uint32_t)option(m, CADRE_BUSY_POLL_US),
		.messages = m->mailbox.limits,
	};
	struct cadre__frame frame = { .type = CADRE_FRAME_SLOT, .id = id,
	    .length = sizeof(body) };
	int fds[CADRE_FRAME_SLOT_FDS_MAX], err;

	slot_listeners(m, &body);
	err = slot_fds(m, s, l, fds);
	if (err < 0)
		control_error(m, s, l, id, err, "cannot hand out descriptors: "
		    "see ulimit -n of the master");
	else
		control_send(m, s, l, &frame, &body, fds,
		    CADRE_FRAME_SLOT_FDS + m->nlisteners);
	for (int i = 1; i < CADRE_FRAME_SLOT_FDS; i++)
		if (fds[i] >= 0)
			close(fds[i]);
	return err;
}

/*
 * One that was told to by a signal of somebody else's leaves unasked; then it is
 * out of choice from here on, and what waits for it is for others.
 */
static const char *
on_left(struct cadre_master *m, struct seat *s, struct life *l,
    const struct cadre__frame *frame, const void *body)
{
	(void)frame;
	(void)body;
	l->row.flags |= CADRE_LIFE_LEFT;
	m->choice_stale = true;
	cadre__anchor_life(m->anchor, slot_of(m, s, l), &l->row);
	return NULL;
}

/*
 * Attach. From here on the slot is this life's; and a worker that uses
 * libcadre says itself when it is ready, time alone no longer does.
 */
static const char *
on_slot(struct cadre_master *m, struct seat *s, struct life *l,
    const struct cadre__frame *frame, const void *body)
{
	(void)body;
	if ((l->row.flags & CADRE_LIFE_ATTACHED) != 0)
		return "it has its slot already";
	if (slot_send(m, s, l, frame->id) < 0)
		return NULL;		/* it was told, and may ask again */
	CADRE_FAULT_AT("control.attached");
	l->row.flags |= CADRE_LIFE_ATTACHED;
	m->choice_stale = true;		/* it picks up what is handed over */
	seat_attached(m, s, l);
	/* It was signalled, but a program that attaches after that goes on. */
	if (l->row.state == CADRE_STATE_DRAINING)
		seat_say_drain(m, s, l);
	return NULL;
}

static const char *
on_declare(struct cadre_master *m, struct seat *s, struct life *l,
    const struct cadre__frame *frame, const void *body)
{
	struct cadre__frame reply = { .type = CADRE_FRAME_DECLARED,
	    .id = frame->id, .length = sizeof(uint64_t) };
	struct cadre__frame_declare row;
	uint64_t offset;
	int err;

	if ((l->row.flags & CADRE_LIFE_PROGRAM) == 0)
		return "a forked worker declares nothing";
	memcpy(&row, body, sizeof(row));
	row.name[sizeof(row.name) - 1] = '\0';
	row.unit[sizeof(row.unit) - 1] = '\0';
	row.help[sizeof(row.help) - 1] = '\0';
	if ((err = CADRE_FAULT("control.declare")) == 0)
		err = metrics_add(m, &row, &offset);
	if (err < 0)
		control_error(m, s, l, frame->id, err, cadre_error(err));
	else
		control_send(m, s, l, &reply, &offset, NULL, 0);
	return NULL;
}

/* The bell of its seat, and a page of the cords, of all: no secret of any. */
static const char *
on_wakes(struct cadre_master *m, struct seat *s, struct life *l,
    const struct cadre__frame *frame, const void *body)
{
	struct cadre__frame reply = { .type = CADRE_FRAME_WAKES,
	    .id = frame->id, .length = sizeof(uint32_t) };
	uint32_t first, all = m->nwakes, n;
	int fds[1 + CADRE_FRAME_WAKES_FDS];

	memcpy(&first, body, sizeof(first));
	if (first >= all)
		control_error(m, s, l, frame->id, -EOPNOTSUPP, "nobody can "
		    "publish in this app");
	else {
		n = all - first < CADRE_FRAME_WAKES_FDS ? all - first :
		    CADRE_FRAME_WAKES_FDS;
		fds[0] = m->bells[(unsigned int)(s - m->seats) % all];
		memcpy(fds + 1, m->cords + first, n * sizeof(*fds));
		control_send(m, s, l, &reply, &all, fds, n + 1);
	}
	return NULL;
}

/* Numbers, as far as a worker can be believed: they lead to an event. */
static const char *
on_refused(struct cadre_master *m, struct seat *s, struct life *l,
    const struct cadre__frame *frame, const void *body)
{
	(void)l;
	(void)frame;
	return refusals_take(m, body, (uint32_t)(s - m->seats));
}

/* Answers what is wrong with it, or NULL. */
typedef const char *frame_fn(struct cadre_master *, struct seat *,
    struct life *, const struct cadre__frame *, const void *body);

static const struct {
	uint16_t	type;
	uint32_t	length;
	frame_fn	*take;
} frames[] = {
	{ CADRE_FRAME_READY, 0, on_ready },
	{ CADRE_FRAME_SLOT, 0, on_slot },
	{ CADRE_FRAME_LEFT, 0, on_left },
	{ CADRE_FRAME_WAKES, sizeof(uint32_t), on_wakes },
	{ CADRE_FRAME_REFUSED, sizeof(struct cadre__frame_refused),
	    on_refused },
	{ CADRE_FRAME_DECLARE, sizeof(struct cadre__frame_declare),
	    on_declare },
};

static const char *
frame_take(struct cadre_master *m, struct seat *s, struct life *l,
    const struct cadre__frame *frame, const void *body)
{
	for (size_t i = 0; i < sizeof(frames) / sizeof(frames[0]); i++)
		if (frames[i].type == frame->type)
			return frames[i].length != frame->length ?
			    "a frame of a wrong length" :
			    frames[i].take(m, s, l, frame, body);
	return "a frame that a worker does not send";
}

static void
control_read(struct cadre_master *m, struct seat *s, struct life *l)
{
	struct cadre__frame_declare body;	/* the longest there is */
	struct cadre__frame frame;
	struct ucred sender;
	unsigned int nfds = 0;
	const char *wrong = NULL;
	int err;

	err = cadre__frame_recv_from(l->control.fd, &frame, &body,
	    sizeof(body), NULL, &nfds, &sender);
	if (err == -EAGAIN)
		return;
	if (err == -EPIPE) {
		/* With a death the pidfd tells of it; else it closed its end. */
		control_close(m, l);
		return;
	}
	if (err < 0)
		wrong = strerror(-err);
	else if ((uint64_t)sender.pid == l->row.pid)
		wrong = frame_take(m, s, l, &frame, &body);
	else if (l->strangers++ < STRANGERS_MAX)
		control_error(m, s, l, frame.id, -EPERM, "only the process "
		    "that the master started is its worker: a wrapper script "
		    "must exec the program");
	else
		wrong = "frames from another process than the worker";
	if (wrong != NULL)
		control_end(m, s, l, wrong);
}

void
control_ready(struct cadre_master *m, uint32_t index, uint32_t serial,
    uint32_t events)
{
	struct seat *s;
	struct life *l = master_life(m, index, serial, &s);
	int err = 0;

	if (l == NULL || l->control.fd < 0)
		return;
	if ((events & EPOLLOUT) != 0 && channel_waits(&l->control)) {
		err = channel_flush(&l->control);
		err = err > 0 ? -ENOBUFS : err < 0 ? err :
		    control_watch(m, s, l);
	}
	if (err == -EPIPE)
		control_close(m, l);	/* or there would be room for ever */
	else if (err < 0)
		control_end(m, s, l, strerror(-err));
	else if ((events & ~(uint32_t)EPOLLOUT) != 0)
		control_read(m, s, l);
}
