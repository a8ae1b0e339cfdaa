/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a guest has sent is looked at where it is, in its socket, and stays
 * there for the worker. The first look is soon after it came; if its key is
 * not there yet, its socket wakes us when more comes, until its time is over,
 * it has sent more than a key may take, or others need its place.
 */
#include <errno.h>

#include <sys/socket.h>

#include "runtime/usher.h"
#include "shm/clock.h"
#include "shm/fault.h"

void
peek_begin(struct usher *u, struct guest *g)
{
	head_begin(&g->head, u->sticky);
	g->due_ns = u->desk->now_ns + u->sticky->peek_ms * NS_PER_MS;
	guest_join(&u->guests, g, u->peeked);
}

static void
pass_on(struct usher *u, const struct routes *t, struct guest *g,
    enum refusal why)
{
	refusals_add(&u->desk->post->refusals, why, u->desk->listener);
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
	if (g->seen >= u->sticky->peek_bytes)
		pass_on(u, t, g, REFUSAL_STICKY_LONG);
	else if (why == PEEK_ENDED)
		pass_on(u, t, g, REFUSAL_STICKY_CUT);
	else if (why == PEEK_CROWD)
		pass_on(u, t, g, REFUSAL_STICKY_CROWD);
	else if (why == PEEK_LAST || guest_watch(&u->guests, g) < 0)
		pass_on(u, t, g, REFUSAL_STICKY_LATE);
}

void
peek(struct usher *u, const struct routes *t, struct guest *g,
    enum peek_why why)
{
	enum head_end end = HEAD_MORE;
	ssize_t n;

	n = CADRE_FAULT("peek.recv") < 0 ? -1 : recv(g->conn.fd, u->bytes,
	    u->sticky->peek_bytes, MSG_PEEK | MSG_DONTWAIT);
	if (n == 0 || (n < 0 && errno == ECONNRESET)) {
		usher_close(u, g);	/* gone, and has asked for nothing */
		return;
	}
	if (n > 0 && (size_t)n > g->seen) {
		end = head_feed(&g->head, u->bytes + g->seen,
		    (size_t)n - g->seen);
		g->seen = (size_t)n;
	}
	if (end == HEAD_KEY) {
		g->key = head_key(&g->head);
		g->keyed = true;
		usher_place(u, t, g);
	} else if (end != HEAD_MORE)
		without(u, t, g, end);
	else
		goes_on(u, t, g, why);
}
