/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a guest has sent is looked at where it is, in its socket, and stays
 * there for the worker. The first look is soon after it came; if its key is
 * not there yet, its socket wakes us when more comes, until its time is over,
 * it has sent more than a key may take, or others need its place.
 */
#include <errno.h>
#include <string.h>

#include <sys/socket.h>

#include "runtime/proxy.h"
#include "runtime/sticky-peek.h"
#include "runtime/trusted.h"
#include "shm/clock.h"
#include "shm/fault.h"

/* Of strangers no header is looked for: they are who they are. */
static bool
is_proxied(const struct usher *u, const struct guest *g)
{
	struct cadre_peer peer = { .bytes = g->conn.bytes };

	if (u->listener->trusted.nets == 0)
		return false;
	memcpy(&peer.address, g->conn.address, g->conn.bytes);
	return trusted_has(&u->listener->trusted, &peer);
}

bool
peek_begin(struct usher *u, struct guest *g)
{
	const struct sticky *s = u->sticky;

	g->addressed = sticky_key_of(s, g->conn.address, g->conn.bytes,
	    &g->address);
	g->proxied = s->by != STICKY_ADDR && is_proxied(u, g);
	if (s->by <= STICKY_PROXY && g->addressed && !g->proxied) {
		g->key = g->address;
		g->keyed = true;
		return false;
	}
	g->before = g->proxied ? PROXY_BYTES_MAX : 0;
	head_begin(&g->head, s);
	g->due_ns = u->desk->now_ns + s->peek_ms * NS_PER_MS;
	guest_join(&u->guests, g, u->peeked);
	return true;
}

static void
pass_on(struct usher *u, const struct routes *t, struct guest *g,
    enum refusal why)
{
	/* With half a PROXY header, or another thing, the worker refuses it. */
	if (!g->proxied || (why != REFUSAL_STICKY_FORM &&
	    why != REFUSAL_STICKY_CUT))
		refusals_add(&u->desk->post->refusals, why,
		    u->desk->listener);
	usher_unkeyed(u, t, g);
}

/* Without a key. HEAD_NONE is how clients come for the first time. */
static void
without(struct usher *u, const struct routes *t, struct guest *g,
    enum head_end end)
{
	if (end == HEAD_NONE)
		usher_unkeyed(u, t, g);
	else
		pass_on(u, t, g, end == HEAD_EMPTY ? REFUSAL_STICKY_EMPTY :
		    REFUSAL_STICKY_FORM);
}

/* The key may come yet. */
static void
goes_on(struct usher *u, const struct routes *t, struct guest *g,
    enum peek_why why)
{
	if (g->seen >= g->before + u->sticky->peek_bytes)
		pass_on(u, t, g, REFUSAL_STICKY_LONG);
	else if (why == PEEK_ENDED)
		pass_on(u, t, g, REFUSAL_STICKY_CUT);
	else if (why == PEEK_CROWD)
		pass_on(u, t, g, REFUSAL_STICKY_CROWD);
	else if (why == PEEK_LAST || guest_watch(&u->guests, g) < 0)
		pass_on(u, t, g, REFUSAL_STICKY_LATE);
}

/* HEAD_KEY: g->key is its key; HEAD_FORM: it is for the worker to refuse. */
static enum head_end
preface(struct usher *u, struct guest *g, size_t n)
{
	struct proxy header;
	int bytes = proxy_parse(u->bytes, n, &header);

	if (bytes <= 0)
		return bytes == -EAGAIN ? HEAD_MORE : HEAD_FORM;
	g->proxied = false;
	g->seen = g->before = (size_t)bytes;
	if (header.known)
		g->addressed = sticky_key_of(u->sticky, &header.source,
		    header.source_bytes, &g->address);
	if (u->sticky->by != STICKY_PROXY)
		return HEAD_MORE;
	g->key = g->address;
	return g->addressed ? HEAD_KEY : HEAD_NONE;
}

/* Of n bytes those that are new. */
static enum head_end
find(struct usher *u, struct guest *g, size_t n)
{
	enum head_end end = HEAD_MORE;
	size_t from;

	if (g->proxied)
		end = preface(u, g, n);
	else if (u->sticky->by == STICKY_PROXY)
		end = HEAD_NONE;	/* a stranger without an address */
	from = g->seen;
	if (n > from && !g->proxied)
		g->seen = n;
	if (end != HEAD_MORE || g->proxied || n <= from)
		return end;
	end = head_feed(&g->head, u->bytes + from, n - from);
	if (end == HEAD_KEY)
		g->key = head_key(&g->head);
	return end;
}

void
peek(struct usher *u, const struct routes *t, struct guest *g,
    enum peek_why why)
{
	enum head_end end = HEAD_MORE;
	ssize_t n;

	n = CADRE_FAULT("peek.recv") < 0 ? -1 : recv(g->conn.fd, u->bytes,
	    g->before + u->sticky->peek_bytes, MSG_PEEK | MSG_DONTWAIT);
	if (n == 0 || (n < 0 && errno == ECONNRESET)) {
		usher_close(u, g);	/* gone, and has asked for nothing */
		return;
	}
	if (n > 0)
		end = find(u, g, (size_t)n);
	if (end == HEAD_KEY) {
		g->keyed = true;
		usher_place(u, t, g);
	} else if (end != HEAD_MORE)
		without(u, t, g, end);
	else
		goes_on(u, t, g, why);
}
