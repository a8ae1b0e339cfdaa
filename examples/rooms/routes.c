/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is asked of a chat, by HTTP and by WebSocket, and who answers it. Only
 * pages of this host may use it: see handshake.h.
 */
#include "examples/rooms/chat.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sys/socket.h>

#include "examples/rooms/handshake.h"
#include "examples/rooms/page.h"

#define MESSAGE_BYTES	8192		/* of JSON, to us */
#define QUEUE_BYTES	262144		/* that wait for one client */
#define COOKIE		"chat"

enum { ORIGIN, HOST, COOKIES, UPGRADE, CONNECTION, VERSION, KEY };
static const struct http_field fields[] = {
	[ORIGIN] = { "Origin", 256 }, [HOST] = { "Host", 256 },
	[COOKIES] = { "Cookie", 1024 }, [UPGRADE] = { "Upgrade", 32 },
	[CONNECTION] = { "Connection", 64 },
	[VERSION] = { "Sec-WebSocket-Version", 8 },
	[KEY] = { "Sec-WebSocket-Key", 32 }, { NULL, 0 }
};

/* A client with a WebSocket; the others are in longpoll.c. */
struct client {
	struct member	member;
	struct websocket *socket;
};

static void
client_tell(struct member *m, const char *text, size_t n)
{
	struct client *c = (struct client *)m;

	if (c->socket != NULL)
		websocket_send(c->socket, text, n);
}

/*
 * What a client says, either way. 0; -EINVAL: it makes no sense; others: not
 * now, and it will say it again.
 */
static int
heard(struct member *m, const char *text, size_t n)
{
	json_t *j = json_loadb(text, n, JSON_REJECT_DUPLICATES, NULL);
	const char *t = json_string_value(json_object_get(j, "t"));
	int err = -EINVAL;

	if (t != NULL && strcmp(t, "hello") == 0)
		err = room_join(m, j);
	else if (t != NULL && strcmp(t, "say") == 0)
		err = room_say(m, j);
	json_decref(j);
	return err;
}

static void
on_message(struct websocket *s, const char *text, size_t n)
{
	struct client *c = s->user;
	int err;

	c->socket = s;
	err = heard(&c->member, text, n);
	if (err == -EINVAL) {
		cadre_counter_add(chat.rejected, 1);
		websocket_close(s, 1008, "no such message");
	} else if (err == -ENOSPC)
		websocket_close(s, 1013, "too many rooms");
}

static void
on_closed(struct websocket *s)
{
	struct client *c = s->user;

	if (s->why == WEBSOCKET_SLOW)
		cadre_counter_add(chat.drops, 1);
	else if (s->why == WEBSOCKET_WRONG)
		cadre_counter_add(chat.rejected, 1);
	room_leave(&c->member);
	free(c);
	cadre_gauge_add(chat.clients, -1);
	cadre_worker_close(chat.worker, s->fd);
}

static void
on_session_ended(struct session *s, bool dropped)
{
	(void)s;
	if (dropped)
		cadre_counter_add(chat.drops, 1);
	cadre_gauge_add(chat.sessions, -1);
}

static void
answer(struct http_conn *c, const char *status)
{
	struct http_answer a;

	cadre_counter_add(chat.errors, 1);
	http_answer_make_with(&a, status, strncmp(status, "426", 3) == 0 ?
	    "Sec-WebSocket-Version: 13\r\n" : "", "");
	http_answer(c, &a);
}

static void
answer_page(struct http_conn *c, const char *type, const char *text)
{
	struct http_body body = { .text = text, .bytes = strlen(text) };
	char head[384];

	snprintf(head, sizeof(head), "Content-Type: %s\r\nCache-Control: "
	    "no-cache\r\nX-Content-Type-Options: nosniff\r\n"
	    "Content-Security-Policy: default-src 'self'; style-src "
	    "'unsafe-inline'; frame-ancestors 'none'\r\n", type);
	http_answer_long(c, "200 OK", head, body);
}

static void
get_page(struct http_conn *c)
{
	answer_page(c, "text/html; charset=utf-8", chat_html);
}

static void
get_script(struct http_conn *c)
{
	answer_page(c, "text/javascript; charset=utf-8", chat_js);
}

static void
get_websocket(struct http_conn *c)
{
	struct handshake h = { http_value(c, UPGRADE),
	    http_value(c, CONNECTION), http_value(c, VERSION),
	    http_value(c, KEY) };
	const char *status = handshake_refuse(&h);

	if (c->parser.http_major == 1 && c->parser.http_minor == 0)
		status = "400 Bad Request";
	if (chat.no_websocket)
		status = "403 Forbidden";
	if (status == NULL && http_upgrade(c) < 0)
		status = "400 Bad Request";
	if (status != NULL) {
		cadre_counter_add(chat.rejected, 1);
		answer(c, status);
	}
}

static void
on_upgraded(struct http_conn *c, const char *rest, size_t n)
{
	struct client *client = calloc(1, sizeof(*client));
	char head[160], accept[HANDSHAKE_ACCEPT_BYTES];
	int bytes;

	handshake_accept(http_value(c, KEY), accept);
	bytes = snprintf(head, sizeof(head), "HTTP/1.1 101 Switching Protocols"
	    "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
	    "Sec-WebSocket-Accept: %s\r\n\r\n", accept);
	cadre_gauge_add(chat.clients, 1);
	if (client != NULL) {
		client->member.tell = client_tell;
		if (send(c->fd, head, (size_t)bytes, MSG_NOSIGNAL) == bytes &&
		    websocket_open(&chat.sockets, c->fd, rest, n, client) !=
		    NULL)
			return;
	}
	free(client);
	cadre_gauge_add(chat.clients, -1);
	cadre_worker_close(chat.worker, c->fd);
}

/* The value of our cookie; "": there is none, or it is too long. */
static void
cookie_of(const struct http_conn *c, char value[LONGPOLL_COOKIE_BYTES])
{
	size_t n = 0;

	for (const char *p = http_value(c, COOKIES); p != NULL;
	    p = strchr(p, ';')) {
		p += strspn(p, "; ");
		if (strncmp(p, COOKIE "=", sizeof(COOKIE)) != 0)
			continue;
		p += sizeof(COOKIE);
		n = strcspn(p, "; ");
		if (n >= LONGPOLL_COOKIE_BYTES)
			n = 0;
		memcpy(value, p, n);
		break;
	}
	value[n] = '\0';
}

/* Of PATH?name=VALUE&…: up to the next '&'; "": not there, or too long. */
static void
parameter(const char *url, const char *name, char *value, size_t room)
{
	size_t n = 0, length = strlen(name);

	for (const char *p = strchr(url, '?'); p != NULL; p = strchr(p, '&'))
		if (strncmp(++p, name, length) == 0 && p[length] == '=') {
			p += length + 1;
			n = strcspn(p, "&");
			if (n >= room)
				n = 0;
			memcpy(value, p, n);
			break;
		}
	value[n] = '\0';
}

static struct session *
session_of(const struct http_conn *c)
{
	char cookie[LONGPOLL_COOKIE_BYTES], cid[ROOM_CID_BYTES + 1];

	cookie_of(c, cookie);
	parameter(c->url, "cid", cid, sizeof(cid));
	return longpoll_find(&chat.polls, cid, cookie);
}

static void
post_open(struct http_conn *c)
{
	char cookie[LONGPOLL_COOKIE_BYTES], set[80];
	json_t *j = json_loadb(http_body(c), c->body_bytes, 0, NULL);
	const char *cid = json_string_value(json_object_get(j, "cid"));
	struct session *s = NULL;
	int err = -EINVAL;

	cookie_of(c, cookie);
	/* One whose home is this seat: so it leads back to this heap. */
	if (cid == NULL || (*cookie == '\0' &&
	    cadre_worker_sticky_id(chat.worker, cookie) < 0) ||
	    (s = longpoll_open(&chat.polls, cid, cookie)) == NULL)
		answer(c, cid == NULL ? "400 Bad Request" :
		    "503 Service Unavailable");
	else {
		cadre_gauge_add(chat.sessions, 1);
		err = heard(&s->member, http_body(c), c->body_bytes);
		snprintf(set, sizeof(set), COOKIE "=%s", cookie);
		if (err == 0)
			longpoll_answer(c, "200 OK", set, NULL);
		else {
			answer(c, "400 Bad Request");
			longpoll_end(s);
		}
	}
	json_decref(j);
}

static void
post_say(struct http_conn *c)
{
	struct session *s = session_of(c);
	int err;

	if (s == NULL) {
		longpoll_answer(c, "410 Gone", NULL, NULL);
		return;
	}
	err = heard(&s->member, http_body(c), c->body_bytes);
	if (err == 0)
		longpoll_answer(c, "200 OK", NULL, NULL);
	else
		answer(c, err == -EINVAL ? "400 Bad Request" :
		    "503 Service Unavailable");
}

static void
post_leave(struct http_conn *c)
{
	struct session *s = session_of(c);

	if (s != NULL)
		longpoll_end(s);
	longpoll_answer(c, "200 OK", NULL, NULL);
}

static void
get_news(struct http_conn *c)
{
	struct session *s = session_of(c);
	char after[24];

	parameter(c->url, "after", after, sizeof(after));
	if (s == NULL)
		longpoll_answer(c, "410 Gone", NULL, NULL);
	else
		longpoll_ask(s, c, strtoull(after, NULL, 10));
}

static const struct route {
	const char	*path;
	unsigned int	method;
	bool		own;		/* for pages of this host alone */
	void		(*answer)(struct http_conn *);
} routes[] = {
	{ "/", HTTP_GET, false, get_page },
	{ "/chat.js", HTTP_GET, false, get_script },
	{ "/chat", HTTP_GET, true, get_websocket },
	{ "/poll", HTTP_GET, true, get_news },
	{ "/poll/open", HTTP_POST, true, post_open },
	{ "/poll/say", HTTP_POST, true, post_say },
	{ "/poll/leave", HTTP_POST, true, post_leave },
};

static const struct route *
route_of(const struct http_conn *c, const char *url)
{
	size_t n = strcspn(url, "?");

	for (size_t i = 0; i < sizeof(routes) / sizeof(routes[0]); i++)
		if (strlen(routes[i].path) == n &&
		    strncmp(routes[i].path, url, n) == 0 &&
		    (routes[i].method == c->parser.method ||
		    (!routes[i].own && c->parser.method == HTTP_HEAD)))
			return &routes[i];
	return NULL;
}

static void
on_request(struct http_conn *c, const char *url)
{
	const struct route *r = url != NULL ? route_of(c, url) : NULL;

	if (!c->resumed)
		cadre_counter_add(chat.requests, 1);
	if (r == NULL)
		answer(c, url == NULL ? "400 Bad Request" : "404 Not Found");
	else if (c->body_bytes > MESSAGE_BYTES)
		answer(c, "413 Payload Too Large");
	else if (r->own && !handshake_is_own(http_value(c, ORIGIN),
	    http_value(c, HOST), chat.origins)) {
		cadre_counter_add(chat.rejected, 1);
		answer(c, "403 Forbidden");
	} else
		r->answer(c);
}

static void
on_closing(struct http_conn *c)
{
	longpoll_gone(c);
	cadre_worker_close(chat.worker, c->fd);
}

struct chat chat = {
	.http = { .request = on_request, .closing = on_closing,
	    .upgraded = on_upgraded, .fields = fields,
	    .body_room = MESSAGE_BYTES, .idle_ms = 30000 },
	.sockets = { .message = on_message, .closed = on_closed,
	    .message_bytes = MESSAGE_BYTES, .queue_bytes = QUEUE_BYTES,
	    .ping_ms = 25000 },
	.polls = { .ended = on_session_ended, .queue_bytes = QUEUE_BYTES,
	    .max = ROOMS_MAX / 2, .hold_ms = 25000 },
};
