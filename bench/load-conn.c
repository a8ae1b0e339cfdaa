/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * On loopback a socket is mostly connected when connect() returns, so a request
 * is sent right behind it, and epoll is asked only if that would block. What
 * the server sent is looked at before an error of our send() counts: a server
 * that sheds answers unasked and is gone.
 */
#include "bench/load-conn.h"

#include <sys/epoll.h>
#include <sys/socket.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

static char read_bytes[16384];	/* nothing in it outlives a call */

uint64_t
load_now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000 + (uint64_t)ts.tv_nsec;
}

const char *
load_outcome_name(enum load_outcome o)
{
	static const char *const names[LOAD_OUTCOMES] = {
		"ok", "refused", "reset", "timeout", "short", "bad", "shed",
		"local",
	};

	return names[o];
}

/* What else happens to a socket is of our making, or our machine's. */
static enum load_outcome
outcome_of(int err)
{
	switch (-err) {
	case ECONNREFUSED:
	case ENOENT:			/* of a Unix socket */
		return LOAD_REFUSED;
	case ECONNRESET:
	case EPIPE:
		return LOAD_RESET;
	case ETIMEDOUT:
		return LOAD_TIMEOUT;
	default:
		return LOAD_LOCAL;
	}
}

int
load_conns_begin(struct load_conns *cs, const char *path)
{
	int n;

	TAILQ_INIT(&cs->busy);
	TAILQ_INIT(&cs->again);
	n = asprintf(&cs->request, "GET %s HTTP/1.1\r\nHost: %s\r\n%s\r\n",
	    path, cs->target->host, cs->keeps ? "" : "Connection: close\r\n");
	if (n < 0)
		return -ENOMEM;
	cs->request_bytes = (size_t)n;
	return 0;
}

void
load_conn_close(struct load_conn *c)
{
	if (c->fd >= 0)
		close(c->fd);
	c->fd = -1;
	c->watched = 0;
}

void
load_conn_end(struct load_conn *c, enum load_outcome outcome)
{
	bool good = c->asks ? c->conns->keeps && c->whole && !c->last :
	    outcome == LOAD_OK;

	if (c->state == LOAD_AGAIN)
		TAILQ_REMOVE(&c->conns->again, c, again);
	TAILQ_REMOVE(&c->conns->busy, c, link);
	c->state = LOAD_IDLE;
	if (!good)
		load_conn_close(c);
	c->conns->ended(c, outcome);
}

static int
watch(struct load_conn *c, uint32_t events)
{
	struct epoll_event ev = { .events = events, .data.ptr = c };

	if (c->watched == events)
		return 0;
	if (epoll_ctl(c->conns->epfd, c->watched == 0 ? EPOLL_CTL_ADD :
	    EPOLL_CTL_MOD, c->fd, &ev) < 0)
		return -errno;
	c->watched = events;
	return 0;
}

/* What a header says, if it is one of ours. */
static void
header(struct load_conn *c)
{
	static const struct {
		const char	*name;
		size_t		offset;
	} known[] = {
		{ "X-Accepted-Ns", offsetof(struct load_answer, accepted_ns) },
		{ "X-Picked-Ns", offsetof(struct load_answer, picked_ns) },
	};
	uint64_t ns;

	c->name[c->name_bytes] = c->value[c->value_bytes] = '\0';
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (strcasecmp(c->name, known[i].name) != 0)
			continue;
		ns = strtoull(c->value, NULL, 10);
		memcpy((char *)&c->answer + known[i].offset, &ns, sizeof(ns));
	}
	c->name_bytes = c->value_bytes = 0;
}

/* Append, and cut what does not fit with its NUL. */
static void
take(char *to, size_t room, size_t *bytes, const char *text, size_t n)
{
	if (n > room - 1 - *bytes)
		n = room - 1 - *bytes;
	memcpy(to + *bytes, text, n);
	*bytes += n;
}

static int
on_header_field(http_parser *p, const char *text, size_t n)
{
	struct load_conn *c = p->data;

	if (c->value_bytes != 0)
		header(c);
	take(c->name, sizeof(c->name), &c->name_bytes, text, n);
	return 0;
}

static int
on_header_value(http_parser *p, const char *text, size_t n)
{
	struct load_conn *c = p->data;

	take(c->value, sizeof(c->value), &c->value_bytes, text, n);
	return 0;
}

static int
on_headers_complete(http_parser *p)
{
	header(p->data);
	return 0;
}

static int
on_body(http_parser *p, const char *text, size_t n)
{
	struct load_conn *c = p->data;

	take(c->body, sizeof(c->body), &c->body_bytes, text, n);
	return 0;
}

/* The number behind a word of the body: "seat 1 pid 4122". */
static long
number(const char *body, const char *word)
{
	const char *at = strstr(body, word);
	long n;

	if (at == NULL || sscanf(at + strlen(word), " %9ld", &n) != 1 || n < 0)
		return LOAD_ABSENT;
	return n;
}

static int
on_message_complete(http_parser *p)
{
	struct load_conn *c = p->data;

	c->whole = true;
	c->last = !http_should_keep_alive(p);
	c->body[c->body_bytes] = '\0';
	c->answer.seat = number(c->body, "seat");
	c->answer.pid = number(c->body, "pid");
	http_parser_pause(p, 1);	/* what follows was not asked for */
	return 0;
}

static const http_parser_settings settings = {
	.on_header_field = on_header_field,
	.on_header_value = on_header_value,
	.on_headers_complete = on_headers_complete,
	.on_body = on_body,
	.on_message_complete = on_message_complete,
};

/* n bytes came; 0 is the end, where an answer without a length is whole. */
static void
parse(struct load_conn *c, const char *bytes, size_t n)
{
	size_t used = http_parser_execute(&c->parser, &settings, bytes, n);

	if (c->whole && used < n)
		c->last = true;
	if (c->whole)
		load_conn_end(c, c->parser.status_code == 200 ? LOAD_OK :
		    c->parser.status_code == 503 ? LOAD_SHED : LOAD_BAD);
	else if (n == 0)
		load_conn_end(c, LOAD_SHORT);
	else if (HTTP_PARSER_ERRNO(&c->parser) != HPE_OK)
		load_conn_end(c, LOAD_BAD);
}

static void
receive(struct load_conn *c)
{
	ssize_t n = recv(c->fd, read_bytes, sizeof(read_bytes), 0);

	c->answer.at_ns = load_now_ns();
	if (n >= 0)
		parse(c, read_bytes, (size_t)n);
	else if (errno != EAGAIN)
		load_conn_end(c, outcome_of(-errno));
}

/* Our send() failed: is there an answer, sent before the other end left? */
static void
last_words(struct load_conn *c)
{
	ssize_t n;

	while (c->state != LOAD_IDLE) {
		n = recv(c->fd, read_bytes, sizeof(read_bytes), 0);
		c->answer.at_ns = load_now_ns();
		if (n > 0)
			parse(c, read_bytes, (size_t)n);
		else
			load_conn_end(c, LOAD_RESET);
	}
}

/* Of the header, which waits for the text behind it, then of the text. */
static ssize_t
send_some(struct load_conn *c)
{
	bool header = c->header_sent < c->header_bytes;
	size_t *sent = header ? &c->header_sent : &c->sent_bytes;
	ssize_t n;

	n = send(c->fd, (header ? c->header : c->text) + *sent,
	    (header ? c->header_bytes : c->text_bytes) - *sent,
	    header ? MSG_NOSIGNAL | MSG_MORE : MSG_NOSIGNAL);
	if (n > 0)
		*sent += (size_t)n;
	return n;
}

/* Send what is left of the text, then wait for what answers it. */
static void
proceed(struct load_conn *c)
{
	ssize_t n;
	int err;

	while (c->sent_bytes < c->text_bytes) {
		n = send_some(c);
		if (n < 0 && errno == EAGAIN) {
			err = watch(c, EPOLLOUT);
			if (err < 0)
				load_conn_end(c, outcome_of(err));
			return;
		}
		if (n < 0 && c->asks && outcome_of(-errno) == LOAD_RESET) {
			last_words(c);
			return;
		}
		if (n < 0) {
			load_conn_end(c, outcome_of(-errno));
			return;
		}
	}
	c->state = LOAD_READING;
	err = watch(c, EPOLLIN);
	if (err < 0 || !c->asks)
		load_conn_end(c, err < 0 ? outcome_of(err) : LOAD_OK);
}

static void
begin_connect(struct load_conn *c)
{
	int err = load_target_connect(c->conns->target, c->fd);

	if (err == -EAGAIN) {
		c->state = LOAD_AGAIN;
		TAILQ_INSERT_TAIL(&c->conns->again, c, again);
		return;
	}
	c->state = LOAD_SENDING;
	if (err == 0 && c->text_bytes > 0) {
		proceed(c);
		return;
	}
	/* Nothing to send: only epoll can tell when it is up. */
	if (err == 0)
		err = watch(c, EPOLLOUT);
	if (err < 0)
		load_conn_end(c, outcome_of(err));
}

static void
begin(struct load_conn *c, uint64_t due_ns, bool asks, size_t bytes)
{
	struct load_conns *cs = c->conns;

	c->due_ns = due_ns;
	c->text = cs->request;
	c->text_bytes = bytes;
	c->asks = asks;
	c->whole = c->last = false;
	c->sent_bytes = c->name_bytes = c->value_bytes = c->body_bytes = 0;
	memset(&c->answer, 0, sizeof(c->answer));
	http_parser_init(&c->parser, HTTP_RESPONSE);
	c->parser.data = c;
	TAILQ_INSERT_TAIL(&cs->busy, c, link);
	c->state = LOAD_SENDING;
	if (c->fd >= 0) {
		proceed(c);
		return;
	}
	c->fd = load_target_socket(cs->target);
	c->header_sent = c->header_bytes = 0;
	if (cs->proxy != 0)
		c->header_bytes = load_proxy_header(c->header, cs->proxy,
		    cs->opened);
	cs->opened++;
	if (c->fd < 0)
		load_conn_end(c, LOAD_LOCAL);
	else
		begin_connect(c);
}

/* The end of an idle connection may be here before we have looked at it. */
static bool
is_over(const struct load_conn *c)
{
	char byte;

	return recv(c->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) >= 0 ||
	    errno != EAGAIN;
}

void
load_conn_ask(struct load_conn *c, uint64_t due_ns)
{
	if (c->fd >= 0 && is_over(c))
		load_conn_close(c);
	begin(c, due_ns, true, c->conns->request_bytes);
}

void
load_conn_open(struct load_conn *c, uint64_t due_ns, size_t bytes)
{
	begin(c, due_ns, false, bytes);
}

/* Nothing was to come, and yet it did: an end, or what nobody asked for. */
static void
unasked(struct load_conn *c)
{
	load_conn_close(c);
	c->conns->lost(c);
}

static void
connected(struct load_conn *c)
{
	socklen_t bytes = sizeof(int);
	int err = 0;

	if (getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &err, &bytes) < 0)
		err = errno;
	if (err != 0)
		load_conn_end(c, outcome_of(-err));
	else
		proceed(c);
}

void
load_conn_event(struct load_conn *c)
{
	if (c->state == LOAD_IDLE)
		unasked(c);
	else if (c->state == LOAD_SENDING && c->text_bytes == 0)
		connected(c);
	else if (c->state == LOAD_SENDING)
		proceed(c);
	else if (c->state == LOAD_READING)
		receive(c);
}

/* Those that must wait once more go into the list anew. */
void
load_conns_again(struct load_conns *cs)
{
	struct load_conn_list list = TAILQ_HEAD_INITIALIZER(list);
	struct load_conn *c;

	TAILQ_CONCAT(&list, &cs->again, again);
	while ((c = TAILQ_FIRST(&list)) != NULL) {
		TAILQ_REMOVE(&list, c, again);
		c->state = LOAD_SENDING;
		begin_connect(c);
	}
}
