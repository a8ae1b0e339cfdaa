/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A connection has a buffer for what came and one for what goes out. The
 * parser pauses when the second is full, and nothing is read while the first
 * holds something: a slow or greedy client costs its 8 KiB and nobody's time.
 * In the common case a request is one recv() and one send(), and epoll is told
 * of a connection once, or never if it ends with its first answer.
 */
#include "examples/http.h"

#include <sys/epoll.h>
#include <sys/socket.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define GRACE_MS	1000	/* draining: for a request, first or next */
#define TO_END_MS	100	/* before who drains us loses patience */
#define NS_PER_MS	UINT64_C(1000000)

void
http_answer_make_with(struct http_answer *a, const char *status,
    const char *fields, const char *body)
{
	time_t now = time(NULL);
	char date[32];
	int n;

	strftime(date, sizeof(date), "%a, %d %b %Y %T GMT", gmtime(&now));
	for (int last = 0; last < 2; last++) {
		n = snprintf(a->text[last], HTTP_ANSWER_BYTES, "HTTP/1.1 %s\r\n"
		    "Date: %s\r\nContent-Type: text/plain\r\n"
		    "Content-Length: %zu\r\nConnection: %s\r\n%s\r\n%s",
		    status, date, strlen(body), last ? "close" : "keep-alive",
		    fields, body);
		a->bytes[last] = (size_t)n;
		a->head_bytes[last] = (size_t)n - strlen(body);
	}
}

void
http_answer_make(struct http_answer *a, const char *status, const char *body)
{
	http_answer_make_with(a, status, "", body);
}

void
http_answer(struct http_conn *c, const struct http_answer *a)
{
	bool last;
	size_t n;

	c->ours |= c->http->draining;
	last = c->ours || !http_should_keep_alive(&c->parser);
	c->state = last ? HTTP_LAST : HTTP_OPEN;
	n = c->parser.method == HTTP_HEAD ? a->head_bytes[last] : a->bytes[last];
	memcpy(c->out + c->out_end, a->text[last], n);
	c->out_end += n;
}

static void
body_done(struct http_conn *c)
{
	free(c->body.owned);
	c->body = (struct http_body){ 0 };
	c->body_at = 0;
}

void
http_answer_long(struct http_conn *c, const char *status, const char *fields,
    struct http_body body)
{
	bool last;
	int n;

	c->ours |= c->http->draining;
	last = c->ours || !http_should_keep_alive(&c->parser);
	c->state = last ? HTTP_LAST : HTTP_OPEN;
	n = snprintf(c->out + c->out_end, HTTP_ANSWER_BYTES, "HTTP/1.1 %s\r\n"
	    "Content-Length: %zu\r\nConnection: %s\r\n%s\r\n", status,
	    body.bytes, last ? "close" : "keep-alive", fields);
	if (n >= HTTP_ANSWER_BYTES)
		n = HTTP_ANSWER_BYTES - 1;	/* against the contract */
	c->out_end += (size_t)n;
	c->body = body;
	if (c->parser.method == HTTP_HEAD)
		body_done(c);
}

int
http_upgrade(struct http_conn *c)
{
	if (c->out_end > 0)
		return -EBUSY;
	c->state = HTTP_LEAVING;
	return 0;
}

static uint64_t
now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000 * NS_PER_MS + (uint64_t)ts.tv_nsec;
}

/* Sorted from behind: a new one mostly ends last. */
void
http_hold(struct http_conn *c, unsigned int ms)
{
	struct http_conn *h;

	c->state = HTTP_HELD;
	c->due_ns = ms == HTTP_UNTIL_WOKEN ? UINT64_MAX :
	    now_ns() + ms * NS_PER_MS;
	TAILQ_FOREACH_REVERSE(h, &c->http->held, http_held, held)
		if (h->due_ns <= c->due_ns)
			break;
	if (h != NULL)
		TAILQ_INSERT_AFTER(&c->http->held, h, c, held);
	else
		TAILQ_INSERT_HEAD(&c->http->held, c, held);
}

void
http_wake(struct http_conn *c)
{
	TAILQ_REMOVE(&c->http->held, c, held);
	c->due_ns = 0;
	TAILQ_INSERT_HEAD(&c->http->held, c, held);
}

static bool
can_parse(const struct http_conn *c)
{
	return c->state == HTTP_OPEN && c->in_at < c->in_end &&
	    http_has_room(c);
}

/* All of it, or as much as the socket takes. False: the client is gone. */
static bool
push(int fd, const char *text, size_t bytes, size_t *inout_at, int flags)
{
	ssize_t n;

	while (*inout_at < bytes) {
		n = send(fd, text + *inout_at, bytes - *inout_at,
		    MSG_NOSIGNAL | flags);
		if (n < 0 && errno != EINTR)
			return errno == EAGAIN;
		if (n > 0)
			*inout_at += (size_t)n;
	}
	return true;
}

/*
 * False: the client is gone. MSG_MORE: the last answer waits for the close
 * right behind it, or a head for its body, and one segment carries both.
 */
static bool
conn_flush(struct http_conn *c)
{
	int more = c->state == HTTP_LAST ? MSG_MORE : 0;

	if (!push(c->fd, c->out, c->out_end, &c->out_at,
	    c->body.bytes > 0 ? MSG_MORE : more))
		return false;
	if (c->out_at < c->out_end)
		return true;
	c->out_at = c->out_end = 0;
	if (c->body.text == NULL)
		return true;
	if (!push(c->fd, c->body.text, c->body.bytes, &c->body_at, more))
		return false;
	if (c->body_at == c->body.bytes)
		body_done(c);
	return true;
}

static bool
writes(const struct http_conn *c)
{
	return c->out_end > 0 || c->body.text != NULL;
}

/* Something came, be it the end. The buffer must be empty. */
static bool
conn_read(struct http_conn *c)
{
	ssize_t n = recv(c->fd, c->in, HTTP_BUFFER_BYTES, 0);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return false;
	c->in_at = 0;
	c->in_end = n > 0 ? (size_t)n : 0;
	if (n <= 0) {
		c->state = HTTP_LAST;
		c->ours = false;
	}
	return true;
}

static void
conn_spare(struct http_conn *c)
{
	body_done(c);
	LIST_REMOVE(c, link);
	LIST_INSERT_HEAD(&c->http->spare, c, link);
}

static void
conn_close(struct http_conn *c)
{
	if (c->state == HTTP_HELD)
		TAILQ_REMOVE(&c->http->held, c, held);
	c->http->closing(c);
	conn_spare(c);
}

static void
conn_leave(struct http_conn *c)
{
	if (c->armed >= 0)
		epoll_ctl(c->http->epfd, EPOLL_CTL_DEL, c->fd, NULL);
	c->http->upgraded(c, c->in + c->in_at, c->in_end - c->in_at);
	conn_spare(c);
}

/* Let epoll watch for what can be used now; mostly it does already. */
static void
conn_arm(struct http_conn *c)
{
	struct epoll_event ev = { .data.ptr = c };
	bool reads = c->state == HTTP_LINGERING || (c->state == HTTP_OPEN &&
	    c->in_at == c->in_end && http_has_room(c));

	ev.events = (reads ? EPOLLIN : 0U) | (writes(c) ? EPOLLOUT : 0U);
	if ((int)ev.events == c->armed)
		return;
	if (epoll_ctl(c->http->epfd, c->armed < 0 ? EPOLL_CTL_ADD :
	    EPOLL_CTL_MOD, c->fd, &ev) < 0)
		conn_close(c);		/* no memory: better than forgotten */
	else
		c->armed = (int)ev.events;
}

/* Parse, answer, write, until there is nothing left or the client is slow. */
static void
conn_advance(struct http_conn *c)
{
	do {
		if (can_parse(c))
			http_parse(c);
		if (!conn_flush(c)) {
			conn_close(c);
			return;
		}
	} while (can_parse(c));
	if (c->state == HTTP_LEAVING) {
		conn_leave(c);
		return;
	}
	if (c->state == HTTP_LAST && !writes(c)) {
		if (!c->ours) {
			conn_close(c);
			return;
		}
		/* A close now, with bytes unread, could wipe out the answer. */
		shutdown(c->fd, SHUT_WR);
		c->state = HTTP_LINGERING;
	}
	conn_arm(c);
}

int
http_begin(struct http *h)
{
	http_parser_set_max_header_size(HTTP_HEADERS_BYTES);
	TAILQ_INIT(&h->held);
	h->epfd = epoll_create1(EPOLL_CLOEXEC);
	return h->epfd < 0 ? -errno : 0;
}

int
http_open(struct http *h, int fd)
{
	struct http_conn *c = LIST_FIRST(&h->spare);

	if (c != NULL)
		LIST_REMOVE(c, link);
	else if ((c = malloc(sizeof(*c) + http_kept_bytes(h))) == NULL)
		return -ENOMEM;
	memset(c, 0, offsetof(struct http_conn, url));
	http_parser_init(&c->parser, HTTP_REQUEST);
	c->parser.data = c;
	c->http = h;
	c->fd = fd;
	c->armed = -1;
	if (h->idle_ms != 0)
		c->since_ns = now_ns();
	LIST_INSERT_HEAD(&h->conns, c, link);
	conn_read(c);
	conn_advance(c);
	return 0;
}

void
http_event(struct http_conn *c, uint32_t events)
{
	if (events & (EPOLLERR | EPOLLHUP)) {
		conn_close(c);
		return;
	}
	if (events & EPOLLIN)
		conn_read(c);
	if (c->http->idle_ms != 0 && !c->begun)
		c->since_ns = now_ns();
	conn_advance(c);
}

/*
 * Not before the grace is over: a request that meets our close on its way is
 * reset. Who asks within it is answered, told that it was the last, and gone.
 */
static bool
is_idle(const struct http_conn *c)
{
	return c->state == HTTP_LINGERING ||
	    (c->state == HTTP_OPEN && !c->begun && !writes(c));
}

static void
end_idle(struct http *h)
{
	struct http_conn *c, *next;

	for (c = LIST_FIRST(&h->conns); c != NULL; c = next) {
		next = LIST_NEXT(c, link);
		if (!is_idle(c))
			continue;
		if (c->state == HTTP_OPEN && conn_read(c))
			conn_advance(c);
		else
			conn_close(c);
	}
}

/*
 * Who is in the middle of something for so long, a request that does not end
 * or an answer that is not read, or asks nothing. Each is looked at four times
 * within its time.
 */
static void
end_late(struct http *h, uint64_t now)
{
	uint64_t limit_ns = h->idle_ms * NS_PER_MS;
	struct http_conn *c, *next;

	for (c = LIST_FIRST(&h->conns); c != NULL; c = next) {
		next = LIST_NEXT(c, link);
		if (c->state == HTTP_HELD)
			c->since_ns = now;
		else if (now > c->since_ns + limit_ns)
			conn_close(c);
	}
	h->look_ns = now + limit_ns / 4;
}

void
http_drain(struct http *h, uint64_t deadline_ns)
{
	h->draining = true;
	h->idle_until_ns = now_ns() + GRACE_MS * NS_PER_MS;
	if (deadline_ns != 0 && deadline_ns - TO_END_MS * NS_PER_MS <
	    h->idle_until_ns)
		h->idle_until_ns = deadline_ns - TO_END_MS * NS_PER_MS;
}

int
http_tick(struct http *h)
{
	uint64_t now, next = UINT64_MAX;
	struct http_conn *c;

	if (TAILQ_EMPTY(&h->held) && !h->draining &&
	    (h->idle_ms == 0 || LIST_EMPTY(&h->conns)))
		return -1;		/* without a look at the clock */
	now = now_ns();
	while ((c = TAILQ_FIRST(&h->held)) != NULL && c->due_ns <= now) {
		TAILQ_REMOVE(&h->held, c, held);
		c->state = HTTP_OPEN;
		c->resumed = true;
		http_ask(c);
		conn_advance(c);
	}
	if (c != NULL)
		next = c->due_ns;
	if (h->idle_ms != 0 && now >= h->look_ns)
		end_late(h, now);
	if (h->idle_ms != 0 && h->look_ns < next)
		next = h->look_ns;
	if (h->draining && now >= h->idle_until_ns)
		end_idle(h);
	else if (h->draining && h->idle_until_ns < next)
		next = h->idle_until_ns;
	return next == UINT64_MAX ? -1 : (int)((next - now) / NS_PER_MS) + 1;
}
