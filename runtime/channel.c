/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Order is kept: while something waits, nothing overtakes it. The queue is
 * bounded in frames and in bytes, so that a peer which never reads costs a
 * known amount and then its channel.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runtime/channel.h"
#include "shm/fault.h"

struct parcel {
	struct parcel	*next;
	struct cadre__frame frame;
	unsigned int	nfds;
	int		fds[];		/* and then the body */
};

static char *
parcel_body(const struct parcel *p)
{
	return (char *)(uintptr_t)(p->fds + p->nfds);
}

static void
parcel_free(struct parcel *p, unsigned int nfds)
{
	for (unsigned int i = 0; i < nfds; i++)
		close(p->fds[i]);
	free(p);
}

static int
parcel_new(const struct cadre__frame *frame, const void *body, const int *fds,
    unsigned int nfds, struct parcel **ret_parcel)
{
	struct parcel *p;
	int err;

	p = CADRE_FAULT("channel.queue") < 0 ? NULL :
	    calloc(1, sizeof(*p) + nfds * sizeof(*fds) + frame->length);
	if (p == NULL)
		return -ENOMEM;
	p->frame = *frame;
	p->nfds = nfds;
	if (frame->length > 0)
		memcpy(parcel_body(p), body, frame->length);
	for (unsigned int i = 0; i < nfds; i++) {
		p->fds[i] = fcntl(fds[i], F_DUPFD_CLOEXEC, 0);
		if (p->fds[i] < 0) {
			err = -errno;
			parcel_free(p, i);
			return err;
		}
	}
	*ret_parcel = p;
	return 0;
}

static int
enqueue(struct channel *c, const struct cadre__frame *frame, const void *body,
    const int *fds, unsigned int nfds)
{
	struct parcel *p = NULL;
	int err;

	if (c->frames == CHANNEL_FRAMES ||
	    c->bytes + frame->length > CHANNEL_BYTES)
		return -ENOBUFS;
	err = parcel_new(frame, body, fds, nfds, &p);
	if (err < 0)
		return err;
	if (c->last != NULL)
		c->last->next = p;
	else
		c->first = p;
	c->last = p;
	c->frames++;
	c->bytes += frame->length;
	return 0;
}

int
channel_send(struct channel *c, const struct cadre__frame *frame,
    const void *body, const int *fds, unsigned int nfds)
{
	int err = -EAGAIN;

	if (c->fd < 0)
		return -EPIPE;
	if (frame->length > CADRE_FRAME_BODY_MAX || nfds > CADRE_FRAME_FDS_MAX)
		return -EINVAL;
	if (c->first == NULL && (err = CADRE_FAULT("channel.send")) == 0)
		err = cadre__frame_send(c->fd, frame, body, fds, nfds);
	return err == -EAGAIN ? enqueue(c, frame, body, fds, nfds) : err;
}

static void
dequeue(struct channel *c)
{
	struct parcel *p = c->first;

	c->first = p->next;
	if (c->first == NULL)
		c->last = NULL;
	c->frames--;
	c->bytes -= p->frame.length;
	parcel_free(p, p->nfds);
}

int
channel_flush(struct channel *c)
{
	const struct parcel *p;
	int err;

	while ((p = c->first) != NULL) {
		if ((err = CADRE_FAULT("channel.flush")) == 0)
			err = cadre__frame_send(c->fd, &p->frame,
			    parcel_body(p), p->fds, p->nfds);
		if (err < 0)
			return err == -EAGAIN ? 0 : err;
		dequeue(c);
	}
	return 0;
}

void
channel_drop(struct channel *c)
{
	while (c->first != NULL)
		dequeue(c);
}
