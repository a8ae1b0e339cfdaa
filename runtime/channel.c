/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Order is kept: while something waits, nothing overtakes it. The queue is
 * bounded in frames and in bytes, so that a peer which never reads costs a
 * known amount and then its channel, or what is dropped for it.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sys/socket.h>

#include "runtime/channel.h"
#include "shm/fault.h"

struct parcel {
	struct parcel	*next;
	size_t		bytes;		/* of the frame, … */
	size_t		weight;		/* … and as it counts */
	bool		given, kept, relayed;
	unsigned int	nfds;
	unsigned int	own;		/* of these do not count */
	int		fds[];		/* and then the frame */
};

static char *
parcel_frame(const struct parcel *p)
{
	return (char *)(uintptr_t)(p->fds + p->nfds);
}

static void
parcel_free(struct parcel *p, unsigned int nfds)
{
	for (unsigned int i = 0; i < nfds; i++)
		if (p->given)
			cadre__frame_fd_close(p->fds[i]);
		else
			close(p->fds[i]);
	free(p);
}

static int
parcel_fds(struct parcel *p, const struct sending *sending)
{
	int err;

	if (sending->given && sending->nfds > 0)
		memcpy(p->fds, sending->fds, sending->nfds * sizeof(*p->fds));
	for (unsigned int i = 0; !sending->given && i < sending->nfds; i++) {
		p->fds[i] = fcntl(sending->fds[i], F_DUPFD_CLOEXEC, 0);
		if (p->fds[i] < 0) {
			err = -errno;
			parcel_free(p, i);
			return err;
		}
	}
	return 0;
}

static int
parcel_new(const struct sending *sending, struct parcel **ret_parcel)
{
	size_t bytes = 0, at = 0;
	struct parcel *p;
	int err;

	for (unsigned int i = 0; i < sending->nparts; i++)
		bytes += sending->parts[i].iov_len;
	p = CADRE_FAULT("channel.queue") < 0 ? NULL :
	    malloc(sizeof(*p) + sending->nfds * sizeof(*p->fds) +
	    CHANNEL_FILL(bytes));
	if (p == NULL)
		return -ENOMEM;
	p->next = NULL;
	p->bytes = bytes;
	p->weight = sending->kept ? 0 : sending->weight;
	p->given = sending->given;
	p->kept = sending->kept;
	p->relayed = sending->relayed;
	p->own = sending->own;
	p->nfds = sending->nfds;
	for (unsigned int i = 0; i < sending->nparts; i++)
		if (sending->parts[i].iov_len > 0) {
			memcpy(parcel_frame(p) + at, sending->parts[i].iov_base,
			    sending->parts[i].iov_len);
			at += sending->parts[i].iov_len;
		}
	memset(parcel_frame(p) + at, 0, CHANNEL_FILL(bytes) - bytes);
	err = parcel_fds(p, sending);
	if (err == 0)
		*ret_parcel = p;
	return err;
}

static struct load
load_max(const struct channel *c)
{
	return (struct load){
		.frames = c->frames_max != 0 ? c->frames_max : CHANNEL_FRAMES,
		.fds = CHANNEL_FDS,
		.bytes = c->bytes_max != 0 ? c->bytes_max : CHANNEL_BYTES,
	};
}

static bool
fits(const struct load *l, const struct load *max,
    const struct sending *sending)
{
	return l->frames < max->frames &&
	    l->fds + sending->nfds - sending->own <= max->fds &&
	    l->bytes < max->bytes && sending->weight <= max->bytes - l->bytes;
}

static struct load
half(struct load max)
{
	return (struct load){ max.frames / 2, max.fds / 2, max.bytes / 2 };
}

static bool
has_share(const struct channel *c, const struct sending *sending)
{
	struct load max = half(load_max(c));

	return !sending->relayed || fits(&c->relayed, &max, sending);
}

/* Of others' that have more than their half, by one that was alone. */
static struct load
load_of(const struct channel *c, const struct load *max)
{
	struct load l = { c->frames - c->kept, c->fds, c->bytes };
	const struct load most = half(*max), *r = &c->relayed;

	l.frames -= r->frames > most.frames ? r->frames - most.frames : 0;
	l.fds -= r->fds > most.fds ? r->fds - most.fds : 0;
	l.bytes -= r->bytes > most.bytes ? r->bytes - most.bytes : 0;
	return l;
}

static bool
has_room(const struct channel *c, const struct sending *sending)
{
	struct load max = load_max(c), l = load_of(c, &max);

	if (sending->kept)
		return c->frames < max.frames + c->kept_max;
	/* Those that are kept take the place of none. */
	return c->frames == c->kept ||
	    (has_share(c, sending) && fits(&l, &max, sending));
}

static void
load_add(struct channel *c, const struct parcel *p, int sign)
{
	unsigned int one = (unsigned int)sign, fds = p->nfds - p->own;

	c->frames += one;
	c->kept += one * p->kept;
	c->fds += one * fds;
	c->bytes += sign > 0 ? p->weight : -p->weight;
	if (!p->relayed)
		return;
	c->relayed.frames += one;
	c->relayed.fds += one * fds;
	c->relayed.bytes += sign > 0 ? p->weight : -p->weight;
}

static int
enqueue(struct channel *c, const struct sending *sending)
{
	struct parcel *p = NULL;
	int err;

	if (!has_room(c, sending))
		return -ENOBUFS;
	err = parcel_new(sending, &p);
	if (err < 0)
		return err;
	if (c->last != NULL)
		c->last->next = p;
	else
		c->first = p;
	c->last = p;
	load_add(c, p, 1);
	return 1;
}

/* Most are whole in one place: if that goes, it is the shortest way. */
static int
put(int fd, const struct iovec *parts, unsigned int n, const int *fds,
    unsigned int nfds)
{
	if (n == 1 && nfds == 0 && send(fd, parts->iov_base, parts->iov_len,
	    MSG_DONTWAIT | MSG_NOSIGNAL) >= 0)
		return 0;
	return cadre__frame_put(fd, parts, n, fds, nfds);
}

/*
 * Too many descriptors are on their way, or the kernel has no memory just now:
 * as good as full, if nothing that can be polled for.
 */
static bool
passes(int err)
{
	return err == -ETOOMANYREFS || err == -ENOBUFS || err == -ENOMEM;
}

void
channel_room(int fd, size_t bytes)
{
	int is = 0, want = 2 * (int)bytes;
	socklen_t size = sizeof(is);

	if (getsockopt(fd, SOL_SOCKET, SO_SNDBUF, &is, &size) == 0 &&
	    is < want)
		(void)setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &want,
		    sizeof(want));
}

/* What is full of corked frames has room when they have gone. */
static int
cork(struct channel *c, const struct sending *sending)
{
	int err;

	if (c->frames > 0 && c->frames % CHANNEL_BUNDLE == 0) {
		err = channel_flush(c);
		if (err < 0)
			return err;
	}
	err = enqueue(c, sending);
	if (err != -ENOBUFS)
		return err;
	err = channel_flush(c);
	return err < 0 ? err : enqueue(c, sending);
}

int
channel_post(struct channel *c, const struct sending *sending)
{
	int err = -EAGAIN;

	if (c->fd < 0)
		return -EPIPE;
	if (c->corked != NULL && *c->corked)
		return cork(c, sending);
	if (c->first == NULL && (err = CADRE_FAULT("channel.send")) == 0)
		err = put(c->fd, sending->parts, sending->nparts, sending->fds,
		    sending->nfds);
	return err == -EAGAIN || passes(err) ? enqueue(c, sending) : err;
}

int
channel_send(struct channel *c, const struct cadre__frame *frame,
    const void *body, const int *fds, unsigned int nfds)
{
	struct cadre__frame head = *frame;
	struct sending sending = {
		.parts = { { &head, sizeof(head) },
		    { (void *)(uintptr_t)body, frame->length } },
		.nparts = 2,
		.fds = fds,
		.nfds = nfds,
		.weight = frame->length,
	};
	int err;

	if (c->fd < 0)
		return -EPIPE;
	if (frame->length > CADRE_FRAME_BODY_MAX || nfds > CADRE_FRAME_FDS_MAX)
		return -EINVAL;
	head.version = CADRE_FRAME_VERSION;
	head.reserved = 0;
	err = channel_post(c, &sending);
	return err > 0 ? 0 : err;
}

/* Out of the queue: the one behind `before`, or, NULL, the first. */
static void
dequeue(struct channel *c, struct parcel *before)
{
	struct parcel **link = before != NULL ? &before->next : &c->first;
	struct parcel *p = *link;

	*link = p->next;
	if (c->last == p)
		c->last = before;
	load_add(c, p, -1);
	parcel_free(p, p->nfds);
}

/* As many of the first as can go together. */
static unsigned int
bundle(const struct channel *c, struct iovec parts[CHANNEL_BUNDLE])
{
	const struct parcel *p = c->first;
	unsigned int n = 0;
	size_t bytes = 0;

	do {
		parts[n++] = (struct iovec){ parcel_frame(p), p->bytes };
		bytes += CHANNEL_FILL(p->bytes);
		if (p->nfds > 0 || c->corked == NULL)
			return n;
		p = p->next;
	} while (p != NULL && p->nfds == 0 && n < CHANNEL_BUNDLE &&
	    bytes + p->bytes <= CHANNEL_BUNDLE_BYTES);
	for (unsigned int i = 0; i + 1 < n; i++)
		parts[i].iov_len = CHANNEL_FILL(parts[i].iov_len);
	return n;
}

int
channel_flush(struct channel *c)
{
	struct iovec parts[CHANNEL_BUNDLE];
	unsigned int n;
	int err;

	while (c->first != NULL) {
		n = bundle(c, parts);
		if ((err = CADRE_FAULT("channel.flush")) == 0)
			err = put(c->fd, parts, n, c->first->fds,
			    c->first->nfds);
		if (err < 0)
			return err == -EAGAIN ? 0 : passes(err) ? 1 : err;
		while (n-- > 0)
			dequeue(c, NULL);
	}
	return 0;
}

bool
channel_drop_oldest(struct channel *c, const struct sending *sending,
    void *head, size_t bytes)
{
	struct parcel *p = c->first, *before = NULL;
	bool relayed = sending != NULL && !has_share(c, sending);

	while (p != NULL && (p->kept || (relayed && !p->relayed))) {
		before = p;
		p = p->next;
	}
	if (p == NULL)
		return false;
	memcpy(head, parcel_frame(p), bytes < p->bytes ? bytes : p->bytes);
	dequeue(c, before);
	return true;
}

void
channel_drop(struct channel *c)
{
	while (c->first != NULL)
		dequeue(c, NULL);
}
