/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The app's socket. There are two rights, and who has which the kernel says:
 * the group of the directory may read, that is be handed read-only descriptors
 * of the region, and so may workers that are programs of a user of their own;
 * the owner and root may control. A client has one request at a
 * time, so there is no queue, and a reply that does not fit waits for room.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sys/socket.h>

#include <cadre/error.h>

#include "runtime/clients.h"
#include "runtime/reload.h"
#include "runtime/report.h"
#include "runtime/scale.h"
#include "runtime/seat.h"
#include "shm/clock.h"
#include "shm/fault.h"
#include "shm/frame.h"
#include "shm/object.h"

#define CLIENTS_MAX	64
#define FDS_PER_FRAME	128	/* objects in one reply; at most FDS_MAX */
#define GROUPS_MAX	256
#define REFUSAL_NS	NS_PER_S	/* at most one such event in that time */

enum right { RIGHT_NONE, RIGHT_READ, RIGHT_CONTROL };

struct client {
	int		fd;		/* -1: free */
	uint32_t	serial;		/* of this connection: the lowest is oldest */
	uint32_t	id;		/* of the request being answered */
	uint32_t	next;		/* object to send next; 0 … total */
	bool		attaching;
	uint32_t	reload;		/* whose end it waits for; 0: none */
	enum right	right;
	uid_t		uid;
	pid_t		pid;
};

typedef void request_fn(struct cadre_master *, struct client *,
    const struct cadre__frame *, const void *body);

int
clients_open(struct cadre_master *m)
{
	int err;

	m->clients = calloc(CLIENTS_MAX, sizeof(*m->clients));
	if (m->clients == NULL)
		return -ENOMEM;
	for (unsigned int i = 0; i < CLIENTS_MAX; i++)
		m->clients[i].fd = -1;
	err = directory_sock(&m->directory);
	if (err < 0)
		return err;
	return master_watch(m, m->directory.sock, SOURCE_SOCK, 0, 0, EPOLLIN);
}

static void
client_close(struct cadre_master *m, struct client *c)
{
	master_unwatch(m, &c->fd);
	c->attaching = false;
	c->reload = 0;
}

static bool
in_group(int fd, const struct ucred *peer, gid_t gid)
{
	gid_t groups[GROUPS_MAX];
	socklen_t bytes = sizeof(groups);

	if (peer->gid == gid)
		return true;
	if (getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, groups, &bytes) < 0)
		return false;
	for (size_t i = 0; i < bytes / sizeof(groups[0]); i++)
		if (groups[i] == gid)
			return true;
	return false;
}

static void
client_identify(const struct cadre_master *m, struct client *c)
{
	struct ucred peer;
	socklen_t bytes = sizeof(peer);

	c->right = RIGHT_NONE;
	c->uid = (uid_t)-1;
	c->pid = 0;
	if (getsockopt(c->fd, SOL_SOCKET, SO_PEERCRED, &peer, &bytes) < 0)
		return;
	c->uid = peer.uid;
	c->pid = peer.pid;
	if (peer.uid == 0 || peer.uid == geteuid())
		c->right = RIGHT_CONTROL;
	else if (peer.uid == m->directory.reader ||
	    in_group(c->fd, &peer, m->directory.gid))
		c->right = RIGHT_READ;
}

static void
reply_error(struct cadre_master *m, struct client *c, int err,
    const char *text)
{
	struct cadre__frame frame = {
		.version = CADRE_FRAME_VERSION,
		.type = CADRE_FRAME_ERROR,
		.id = c->id,
	};
	struct cadre__frame_error body = { .err = err };
	int n;

	n = snprintf(body.text, sizeof(body.text), "%s", text);
	if (n >= (int)sizeof(body.text))
		n = sizeof(body.text) - 1;
	frame.length = (uint32_t)(sizeof(body.err) + (size_t)n);
	if (cadre__frame_send(c->fd, &frame, &body, NULL, 0) < 0)
		client_close(m, c);
}

/* Strangers are told why; the event is for the owner, and does not flood. */
static void
refuse(struct cadre_master *m, struct client *c, const char *what)
{
	uint64_t now_ns = clock_now_ns();

	reply_error(m, c, -EACCES, what);
	if (m->denied_ns != 0 && now_ns - m->denied_ns < REFUSAL_NS)
		return;
	m->denied_ns = now_ns;
	report_text(m, CADRE_EVENT_REFUSED, NULL, "uid %u (pid %d): %s",
	    (unsigned int)c->uid, (int)c->pid, what);
}

/* The anchor is object 0, slot i is 1 + i, the acceptor's is the last. */
static int
object_fd(const struct cadre__anchor *a, uint32_t number)
{
	if (number == 0)
		return a->fd;
	return number <= a->nslots ? a->slot_fd[number - 1] : a->acceptor_fd;
}

static int
objects_send(const struct cadre_master *m, struct client *c, uint32_t total)
{
	struct cadre__frame frame = {
		.version = CADRE_FRAME_VERSION,
		.type = CADRE_FRAME_OBJECTS,
		.id = c->id,
	};
	uint32_t body[2] = { c->next, total };
	int fds[FDS_PER_FRAME] = { 0 }, err = 0;
	unsigned int n;

	frame.length = sizeof(body);
	for (n = 0; n < FDS_PER_FRAME && c->next + n < total; n++) {
		fds[n] = cadre__object_reopen(object_fd(m->anchor,
		    c->next + n));
		if (fds[n] < 0) {
			err = fds[n];
			break;
		}
	}
	if (err == 0 && (err = CADRE_FAULT("client.objects")) == 0)
		err = cadre__frame_send(c->fd, &frame, body, fds, n);
	for (unsigned int i = 0; i < n; i++)
		close(fds[i]);
	if (err == 0)
		c->next += n;
	return err;
}

static void
attach_go_on(struct cadre_master *m, struct client *c)
{
	uint32_t total = 1 + (uint32_t)m->anchor->nslots + 1;
	uint32_t index = (uint32_t)(c - m->clients);
	int err = 0;

	while (err == 0 && c->next < total)
		err = objects_send(m, c, total);
	if (err == -EAGAIN) {
		if (master_rewatch(m, c->fd, SOURCE_CLIENT, index, c->serial,
		    EPOLLOUT) < 0)
			client_close(m, c);
		return;
	}
	c->attaching = false;
	if (err < 0)
		reply_error(m, c, err, "cannot hand out descriptors: see "
		    "ulimit -n of the master and of this user");
	/* No longer for room: it would wake us for ever. */
	if (c->fd >= 0 && master_rewatch(m, c->fd, SOURCE_CLIENT, index, c->serial,
	    EPOLLIN) < 0)
		client_close(m, c);
}

static void
on_attach(struct cadre_master *m, struct client *c,
    const struct cadre__frame *frame, const void *body)
{
	(void)frame;
	(void)body;
	c->next = 0;
	c->attaching = true;
	attach_go_on(m, c);
}

static void
reply_done(struct cadre_master *m, struct client *c)
{
	struct cadre__frame done = { .type = CADRE_FRAME_DONE, .id = c->id };

	if (cadre__frame_send(c->fd, &done, NULL, NULL, 0) < 0)
		client_close(m, c);
}

static void
on_stop(struct cadre_master *m, struct client *c,
    const struct cadre__frame *frame, const void *body)
{
	uint32_t how;

	(void)frame;
	memcpy(&how, body, sizeof(how));
	if (how > CADRE_STOP_NOW) {
		reply_error(m, c, -EINVAL, "no such way to stop");
		return;
	}
	reply_done(m, c);
	(void)cadre_master_stop(m, (enum cadre_stop)how);
}

/*
 * To a client some codes say how it fared with us: that it may not ask, or
 * that we are gone. What is new may have failed in the same way.
 */
static void
reply_unfit(struct cadre_master *m, struct client *c, int err)
{
	bool is_ours = err == -EACCES || err == -EPERM || err == -EPIPE ||
	    err == -ETIMEDOUT;

	reply_error(m, c, is_ours ? -ENOEXEC : err, cadre_error(err));
}

/* The answer comes when it is over: clients_reloaded(). */
static void
on_reload(struct cadre_master *m, struct client *c,
    const struct cadre__frame *frame, const void *body)
{
	struct cadre__frame_reload asked;
	struct cadre_reload how;
	int err;

	memcpy(&asked, body, sizeof(asked));
	asked.probe[sizeof(asked.probe) - 1] = '\0';
	how = (struct cadre_reload){
		.flags = asked.flags,
		.parallel = asked.parallel,
		.probe = asked.probe[0] != '\0' ? asked.probe : NULL,
		.probe_timeout_ms = asked.probe_timeout_ms,
	};
	err = reload_ask(m, &how, frame->type == CADRE_FRAME_RESTART,
	    &c->reload);
	if (err < 0)
		reply_unfit(m, c, err);
}

static void
on_scale(struct cadre_master *m, struct client *c,
    const struct cadre__frame *frame, const void *body)
{
	struct cadre__frame_scale scale;
	int err;

	(void)frame;
	memcpy(&scale, body, sizeof(scale));
	if (scale.workers > CADRE_SEATS_MAX || scale.workers < -CADRE_SEATS_MAX)
		err = -EINVAL;
	else
		err = scale.by != 0 ? scale_by(m, scale.workers) :
		    cadre_master_scale(m, scale.workers);
	if (err < 0)
		reply_error(m, c, err, cadre_error(err));
	else
		reply_done(m, c);
}

static void
on_signal(struct cadre_master *m, struct client *c,
    const struct cadre__frame *frame, const void *body)
{
	struct cadre__frame_signal what;
	int err;

	(void)frame;
	memcpy(&what, body, sizeof(what));
	err = seats_signal(m, what.seat, what.number);
	if (err < 0)
		reply_error(m, c, err, cadre_error(err));
	else
		reply_done(m, c);
}

static void
on_reset(struct cadre_master *m, struct client *c,
    const struct cadre__frame *frame, const void *body)
{
	uint32_t seat;
	int err;

	(void)frame;
	memcpy(&seat, body, sizeof(seat));
	err = cadre_master_reset(m, seat);
	if (err < 0)
		reply_error(m, c, err, cadre_error(err));
	else
		reply_done(m, c);
}

void
clients_reloaded(struct cadre_master *m, uint32_t number, int err,
    const char *why)
{
	struct client *c;

	for (c = m->clients; c != NULL && c < m->clients + CLIENTS_MAX; c++) {
		if (c->fd < 0 || c->reload != number)
			continue;
		c->reload = 0;
		if (err < 0)
			reply_error(m, c, err, why);
		else
			reply_done(m, c);
	}
}

static const struct request {
	uint16_t	type;
	uint32_t	length;
	enum right	right;
	request_fn	*serve;
	const char	*refusal;
} requests[] = {
	{ CADRE_FRAME_ATTACH, 0, RIGHT_READ, on_attach,
	    "only the directory's group, its owner and root may read" },
	{ CADRE_FRAME_STOP, sizeof(uint32_t), RIGHT_CONTROL, on_stop,
	    "only the app's owner and root may stop it" },
	{ CADRE_FRAME_RESTART, sizeof(struct cadre__frame_reload),
	    RIGHT_CONTROL, on_reload,
	    "only the app's owner and root may restart it" },
	{ CADRE_FRAME_RELOAD, sizeof(struct cadre__frame_reload),
	    RIGHT_CONTROL, on_reload,
	    "only the app's owner and root may reload it" },
	{ CADRE_FRAME_SCALE, sizeof(struct cadre__frame_scale), RIGHT_CONTROL,
	    on_scale, "only the app's owner and root may scale it" },
	{ CADRE_FRAME_SIGNAL, sizeof(struct cadre__frame_signal),
	    RIGHT_CONTROL, on_signal,
	    "only the app's owner and root may signal its workers" },
	{ CADRE_FRAME_RESET, sizeof(uint32_t), RIGHT_CONTROL, on_reset,
	    "only the app's owner and root may reset its seats" },
};

static void
client_serve(struct cadre_master *m, struct client *c,
    const struct cadre__frame *frame, const void *body)
{
	const struct request *r;

	CADRE_FAULT_AT("client.request");
	c->id = frame->id;
	for (r = requests; r < requests + sizeof(requests) / sizeof(*r); r++) {
		if (r->type != frame->type)
			continue;
#ifdef FUZZ_PLANT			/* a body of any length */
		if (r->length > frame->length)
#else
		if (r->length != frame->length)
#endif
			reply_error(m, c, -EPROTO, "request of a wrong length");
		else if (c->right < r->right)
			refuse(m, c, r->refusal);
		else
			r->serve(m, c, frame, body);
		return;
	}
	reply_error(m, c, -EOPNOTSUPP, "this master does not know that request");
}

/*
 * Full: the oldest makes room, one that only reads before one that controls,
 * so that an owner always gets in.
 */
static struct client *
client_entry(struct cadre_master *m)
{
	struct client *oldest = NULL, *c;

	for (c = m->clients; c < m->clients + CLIENTS_MAX; c++) {
		if (c->fd < 0)
			return c;
		if (oldest == NULL || (c->right == oldest->right ?
		    c->serial < oldest->serial : c->right < oldest->right))
			oldest = c;
	}
	client_close(m, oldest);
	return oldest;
}

void
clients_sock(struct cadre_master *m)
{
	struct client *c;
	int fd;

	/* Ours alone: no worker inherits this socket, so accept is safe. */
	fd = CADRE_FAULT("client.accept") < 0 ? -1 : accept4(
	    m->directory.sock, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	if (fd < 0) {
		/* Out of descriptors it would wake us for ever: until the tick. */
		if (errno != EAGAIN && errno != ECONNABORTED && errno != EINTR)
			m->sock_off = master_rewatch(m, m->directory.sock,
			    SOURCE_SOCK, 0, 0, 0) == 0;
		return;
	}
	c = client_entry(m);
	c->fd = fd;
	c->serial = ++m->client_serial;
	c->attaching = false;
	c->reload = 0;
	client_identify(m, c);
	if (master_watch(m, fd, SOURCE_CLIENT, (uint32_t)(c - m->clients),
	    c->serial, EPOLLIN) < 0)
		client_close(m, c);
}

void
clients_tick(struct cadre_master *m)
{
	if (m->sock_off && master_rewatch(m, m->directory.sock, SOURCE_SOCK,
	    0, 0, EPOLLIN) == 0)
		m->sock_off = false;
}

void
client_ready(struct cadre_master *m, uint32_t index, uint32_t serial,
    uint32_t events)
{
	struct client *c = &m->clients[index % CLIENTS_MAX];
	struct cadre__frame frame;
	unsigned int nfds = 0;
	uint32_t body[sizeof(struct cadre__frame_reload) / 4]; /* the longest */
	int err;

	if (c->fd < 0 || c->serial != serial)
		return;
	if (c->attaching && (events & (EPOLLHUP | EPOLLERR)) == 0) {
		attach_go_on(m, c);
		return;
	}
	err = cadre__frame_recv(c->fd, &frame, body, sizeof(body), NULL, &nfds);
	/* One request at a time: an answer names the request it is to. */
	if (err == 0 && c->reload != 0)
		client_close(m, c);
	else if (err == 0)
		client_serve(m, c, &frame, body);
	else if (err != -EAGAIN)
		client_close(m, c);
}

void
clients_close(struct cadre_master *m)
{
	for (unsigned int i = 0; m->clients != NULL && i < CLIENTS_MAX; i++)
		if (m->clients[i].fd >= 0)
			client_close(m, &m->clients[i]);
	free(m->clients);
	m->clients = NULL;
}
