/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One request and its answer, the only wait that a worker does for its master.
 */
#include "runtime/export.h"

#include <errno.h>
#include <poll.h>
#include <unistd.h>

#include "runtime/question.h"
#include "runtime/worker.h"
#include "shm/clock.h"
#include "shm/fail.h"

#define ANSWER_NS	(5 * NS_PER_S)
#define STUCK_MS	10	/* for want of memory, which no poll tells of */

static uint32_t questions;

uint32_t
question_id(void)
{
	return ++questions;
}

/* Until something can be read or, if that waits, written; -ETIMEDOUT. */
static int
await(struct channel *c, uint64_t deadline_ns)
{
	struct pollfd p = { .fd = c->fd, .events = POLLIN };
	uint64_t now_ns = clock_now_ns();
	int err;

	if (now_ns >= deadline_ns)
		return cadre__fail(-ETIMEDOUT, "the master does not answer");
	if (channel_waits(c))
		p.events |= POLLOUT;
	(void)poll(&p, 1, (int)((deadline_ns - now_ns) / NS_PER_MS) + 1);
	err = channel_flush(c);
	if (err > 0)
		(void)poll(NULL, 0, STUCK_MS);
	return err < 0 ? -EPIPE : 0;
}

/* The next frame within the time; as cadre__frame_recv(), or -ETIMEDOUT. */
static int
next_frame(struct channel *c, uint64_t deadline_ns,
    struct cadre__frame *frame, union answer *answer, int *fds,
    unsigned int *ret_nfds)
{
	int err;

	do {
		*ret_nfds = CADRE_FRAME_SLOT_FDS_MAX;
		err = cadre__frame_recv(c->fd, frame, answer, sizeof(*answer),
		    fds, ret_nfds);
		if (err != -EAGAIN)
			return err;
		err = await(c, deadline_ns);
	} while (err == 0);
	return err;
}

static int
refused(const struct cadre__frame *frame, const struct cadre__frame_error *e)
{
	size_t n = frame->length;

	if (n < sizeof(e->err) || e->err >= 0 || e->err < -4095)
		return -EPROTO;
	n -= sizeof(e->err);
	return cadre__fail(e->err, "the master refuses: %.*s", (int)n, e->text);
}

void
question_close(const int *fds, unsigned int n)
{
	for (unsigned int i = 0; i < n; i++)
		close(fds[i]);
}

int
question_ask(struct channel *c, struct question *q)
{
	uint64_t deadline_ns = clock_now_ns() + ANSWER_NS;
	struct cadre__frame frame = { .type = 0 };
	int err;

	err = channel_send(c, &q->request, q->body, NULL, 0);
	while (err == 0) {
		err = next_frame(c, deadline_ns, &frame, &q->answer, q->fds,
		    &q->nfds);
		if (err == 0 && frame.type == CADRE_FRAME_DRAIN) {
			q->drained = true;
			q->drain_ns = q->answer.deadline_ns;
		} else if (err < 0 || frame.id == q->request.id)
			break;
		else if (q->worker != NULL) {
			worker_hears(q->worker, &frame, &q->answer, q->fds,
			    q->nfds);
			q->nfds = 0;
		}
#ifndef FUZZ_PLANT			/* those of another answer stay */
		question_close(q->fds, q->nfds);
#endif
		q->nfds = 0;
	}
	if (err < 0) {
		q->nfds = 0;
		return err;
	}
	if (frame.type == CADRE_FRAME_ERROR)
		return refused(&frame, &q->answer.error);
	return frame.type == q->type && frame.length == q->bytes ? 0 :
	    cadre__fail(-EPROTO, "the master's answer makes no sense: is it of "
	    "another version?");
}

void
question_drain(struct cadre_worker *w, const struct question *q)
{
	struct cadre__frame frame = { .type = CADRE_FRAME_DRAIN,
	    .length = sizeof(q->drain_ns) };

	if (q->drained)
		worker_frame(w, &frame, &q->drain_ns);
}
