/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * libwslay reads and writes through our callbacks. It queues a pong for each
 * ping, without bound, and reads for as long as there is something: so a turn
 * reads a budget, nothing is read while the peer leaves much unread, and frames
 * are counted. Its header and payload leave in one send().
 */
#include "examples/rooms/websocket.h"

#include <sys/epoll.h>
#include <sys/socket.h>

#include <wslay/wslay.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define NS_PER_MS	UINT64_C(1000000)
#define NS_PER_S	UINT64_C(1000000000)
#define TURN_BYTES	65536		/* read from one peer in a turn */
#define FRAMES_MAX	2000		/* in a second */
#define CONTROL_WEIGHT	40		/* what a ping or a pong counts as */
#define CLOSE_MS	2000		/* for a close, and its answer */
#define TAG		UINT64_C(1)

uint64_t
websocket_now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * NS_PER_S + (uint64_t)ts.tv_nsec;
}

void
websocket_mark(struct websocket *s)
{
	if (!s->is_dirty)
		TAILQ_INSERT_TAIL(&s->set->dirty, s, dirty);
	s->is_dirty = true;
}

void
websocket_cut(struct websocket *s, enum websocket_end why)
{
	if (!s->cut && s->state == WEBSOCKET_OPEN)
		s->why = why;
	s->cut = true;
	websocket_mark(s);
}

static size_t
waiting(const struct websocket *s)
{
	return s->out_bytes + wslay_event_get_queued_msg_length(s->wslay);
}

static ssize_t
on_recv(wslay_event_context_ptr wslay, uint8_t *bytes, size_t n, int flags,
    void *arg)
{
	struct websocket *s = arg;
	ssize_t got;

	(void)flags;
	if (s->rest_bytes > 0) {
		got = (ssize_t)(n < s->rest_bytes ? n : s->rest_bytes);
		memcpy(bytes, s->rest, (size_t)got);
		s->rest += got;
		s->rest_bytes -= (size_t)got;
		return got;
	}
	if (s->budget == 0 || waiting(s) > s->set->queue_bytes / 2) {
		wslay_event_set_error(wslay, WSLAY_ERR_WOULDBLOCK);
		return -1;
	}
	got = recv(s->fd, bytes, n < s->budget ? n : s->budget, 0);
	if (got > 0) {
		s->budget -= (size_t)got;
		return got;
	}
	s->gone = got == 0 || (errno != EAGAIN && errno != EINTR);
	wslay_event_set_error(wslay, s->gone ? WSLAY_ERR_CALLBACK_FAILURE :
	    WSLAY_ERR_WOULDBLOCK);
	return -1;
}

/* What is in `out`. False: the peer is gone. */
static bool
push(struct websocket *s)
{
	size_t at = 0;
	ssize_t n = 0;

	while (at < s->out_bytes) {
		n = send(s->fd, s->out + at, s->out_bytes - at, MSG_NOSIGNAL);
		if (n < 0 && errno != EINTR)
			break;
		if (n > 0)
			at += (size_t)n;
	}
	memmove(s->out, s->out + at, s->out_bytes - at);
	s->out_bytes -= at;
	return s->out_bytes == 0 || errno == EAGAIN;
}

static ssize_t
on_send(wslay_event_context_ptr wslay, const uint8_t *bytes, size_t n,
    int flags, void *arg)
{
	struct websocket *s = arg;
	size_t room;

	(void)flags;
	if (s->out_bytes == sizeof(s->out) && !push(s)) {
		wslay_event_set_error(wslay, WSLAY_ERR_CALLBACK_FAILURE);
		return -1;
	}
	room = sizeof(s->out) - s->out_bytes;
	if (room == 0) {
		wslay_event_set_error(wslay, WSLAY_ERR_WOULDBLOCK);
		return -1;
	}
	if (n > room)
		n = room;
	memcpy(s->out + s->out_bytes, bytes, n);
	s->out_bytes += n;
	return (ssize_t)n;
}

/* Nobody needs so many of them: neither pings nor splinters of a message. */
static void
on_frame(wslay_event_context_ptr wslay,
    const struct wslay_event_on_frame_recv_start_arg *frame, void *arg)
{
	struct websocket *s = arg;

	(void)wslay;
	if (s->heard_ns - s->second_ns > NS_PER_S) {
		s->second_ns = s->heard_ns;
		s->frames = 0;
	}
	s->frames += wslay_is_ctrl_frame(frame->opcode) ? CONTROL_WEIGHT : 1;
	if (s->frames > FRAMES_MAX && s->state == WEBSOCKET_OPEN) {
		s->why = WEBSOCKET_WRONG;
		websocket_close(s, WSLAY_CODE_POLICY_VIOLATION,
		    "too many frames");
		wslay_event_shutdown_read(s->wslay);
	}
}

static void
on_message(wslay_event_context_ptr wslay,
    const struct wslay_event_on_msg_recv_arg *m, void *arg)
{
	struct websocket *s = arg;

	(void)wslay;
	if (s->state != WEBSOCKET_OPEN)
		return;
	if (m->opcode == WSLAY_TEXT_FRAME)
		s->set->message(s, (const char *)m->msg, m->msg_length);
	else if (m->opcode == WSLAY_BINARY_FRAME) {
		s->why = WEBSOCKET_WRONG;
		websocket_close(s, WSLAY_CODE_UNSUPPORTED_DATA, "text only");
	}
}

static const struct wslay_event_callbacks callbacks = {
	.recv_callback = on_recv,
	.send_callback = on_send,
	.on_frame_recv_start_callback = on_frame,
	.on_msg_recv_callback = on_message,
};

uint64_t
websocket_tag(const struct websocket *s)
{
	return (uint64_t)(uintptr_t)s | TAG;
}

struct websocket *
websocket_tagged(uint64_t tag)
{
	return tag & TAG ? (struct websocket *)(uintptr_t)(tag - TAG) : NULL;
}

struct websocket *
websocket_open(struct websockets *set, int fd, const char *rest, size_t n,
    void *user)
{
	struct websocket *s = calloc(1, sizeof(*s));
	struct epoll_event ev = { .events = EPOLLIN };

	if (s == NULL)
		return NULL;
	s->set = set;
	s->fd = fd;
	s->user = user;
	s->armed = EPOLLIN;
	s->heard_ns = s->second_ns = websocket_now_ns();
	ev.data.u64 = websocket_tag(s);
	if (wslay_event_context_server_init(&s->wslay, &callbacks, s) < 0) {
		free(s);
		return NULL;
	}
	if (epoll_ctl(set->epfd, EPOLL_CTL_ADD, fd, &ev) < 0) {
		wslay_event_context_free(s->wslay);
		free(s);
		return NULL;
	}
	wslay_event_config_set_max_recv_msg_length(s->wslay,
	    set->message_bytes);
	if (set->draining)
		s->due_ns = websockets_lot(set, s);
	TAILQ_INSERT_TAIL(&set->all, s, link);
	set->n++;
	s->rest = rest;
	s->rest_bytes = n;
	websocket_event(s, EPOLLIN);
	return s;
}

bool
websocket_send(struct websocket *s, const char *text, size_t n)
{
	struct wslay_event_msg m = { WSLAY_TEXT_FRAME, (const uint8_t *)text,
	    n };

	if (s->state != WEBSOCKET_OPEN || s->cut)
		return false;
	if (waiting(s) + n > s->set->queue_bytes ||
	    wslay_event_queue_msg(s->wslay, &m) < 0) {
		websocket_cut(s, WEBSOCKET_SLOW);
		return false;
	}
	websocket_mark(s);
	return true;
}

/* The close is sent, or waits: so long for it and its answer. */
static void
closing(struct websocket *s)
{
	s->state = WEBSOCKET_CLOSING;
	s->due_ns = websocket_now_ns() + CLOSE_MS * NS_PER_MS;
	if (s->set->look_ns > s->due_ns)
		s->set->look_ns = s->due_ns;
	websocket_mark(s);
}

void
websocket_close(struct websocket *s, uint16_t code, const char *reason)
{
	if (s->state != WEBSOCKET_OPEN)
		return;
	if (s->why == WEBSOCKET_BY_PEER)
		s->why = WEBSOCKET_BY_US;
	(void)wslay_event_queue_close(s->wslay, code, (const uint8_t *)reason,
	    strlen(reason));
	closing(s);
}

static void
discard(struct websocket *s)
{
	char bytes[4096];
	ssize_t n = recv(s->fd, bytes, sizeof(bytes), 0);

	if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
		websocket_cut(s, WEBSOCKET_BY_PEER);
}

/*
 * What came is no frame. wslay has queued a close that says nothing, and takes
 * no other: unless it is in the middle of a frame, ours goes instead.
 */
static void
fail(struct websocket *s)
{
	static const char frame[] = { '\x88', 2, WSLAY_CODE_PROTOCOL_ERROR >> 8,
	    (char)(WSLAY_CODE_PROTOCOL_ERROR & 0xff) };

	if (wslay_event_get_queued_msg_count(s->wslay) <= 1 &&
	    s->out_bytes + sizeof(frame) <= sizeof(s->out)) {
		memcpy(s->out + s->out_bytes, frame, sizeof(frame));
		s->out_bytes += sizeof(frame);
		wslay_event_shutdown_write(s->wslay);
	}
	wslay_event_shutdown_read(s->wslay);
	if (s->state == WEBSOCKET_OPEN) {
		s->why = WEBSOCKET_WRONG;
		closing(s);
	}
}

void
websocket_event(struct websocket *s, uint32_t events)
{
	websocket_mark(s);
	if (events & (EPOLLERR | EPOLLHUP)) {
		websocket_cut(s, WEBSOCKET_BY_PEER);
		return;
	}
	if (!(events & EPOLLIN))
		return;
	s->heard_ns = websocket_now_ns();
	s->pinged = false;
	s->budget = TURN_BYTES;
	if (s->state == WEBSOCKET_LINGERING) {
		discard(s);
		return;
	}
	if (!wslay_event_want_read(s->wslay))
		return;
	if (wslay_event_recv(s->wslay) < 0) {
		if (s->gone)
			websocket_cut(s, WEBSOCKET_BY_PEER);
		else
			fail(s);
		return;
	}
	/* It stopped by itself: a close came, or what is wrong and has one. */
	if (s->state == WEBSOCKET_OPEN && !wslay_event_want_read(s->wslay)) {
		if (!wslay_event_get_close_received(s->wslay))
			s->why = WEBSOCKET_WRONG;
		closing(s);
	}
}

static void
end(struct websocket *s)
{
	TAILQ_REMOVE(&s->set->all, s, link);
	if (s->is_dirty)
		TAILQ_REMOVE(&s->set->dirty, s, dirty);
	s->set->n--;
	s->set->closed(s);
	wslay_event_context_free(s->wslay);
	free(s);
}

/* Let epoll watch for what can be used now. False: it has no memory. */
static bool
arm(struct websocket *s)
{
	struct epoll_event ev = { .data.u64 = websocket_tag(s) };
	bool reads = s->state == WEBSOCKET_LINGERING ||
	    (wslay_event_want_read(s->wslay) &&
	    waiting(s) <= s->set->queue_bytes / 2);

	if (reads)
		ev.events |= EPOLLIN;
	if (s->out_bytes > 0 || wslay_event_want_write(s->wslay))
		ev.events |= EPOLLOUT;
	if (ev.events == s->armed)
		return true;
	s->armed = ev.events;
	return epoll_ctl(s->set->epfd, EPOLL_CTL_MOD, s->fd, &ev) == 0;
}

/*
 * When our close is out, what the peer still says is read
 * and dropped until it ends: a close(2) upon unread bytes resets, and the peer
 * would not see the code.
 */
void
websocket_advance(struct websocket *s)
{
	if (s->cut || wslay_event_send(s->wslay) < 0 || !push(s)) {
		end(s);
		return;
	}
	if (s->state == WEBSOCKET_CLOSING && s->out_bytes == 0 &&
	    !wslay_event_want_write(s->wslay) &&
	    (wslay_event_get_close_received(s->wslay) ||
	    !wslay_event_want_read(s->wslay))) {
		shutdown(s->fd, SHUT_WR);
		s->state = WEBSOCKET_LINGERING;
	}
	if (!arm(s))
		end(s);
}
