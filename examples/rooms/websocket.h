/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * WebSocket connections of one worker, in its epoll, over libwslay: whole text
 * messages come and go. It knows nothing of cadre.
 *
 * Everything is bounded: a message, what waits to be sent, what is read in a
 * turn, frames in a second, the time to finish a close, silence. Whoever goes
 * beyond is closed with the code that says so, or cut if it does not read.
 */
#ifndef EXAMPLES_ROOMS_WEBSOCKET_H
#define EXAMPLES_ROOMS_WEBSOCKET_H

#include <sys/queue.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WEBSOCKET_OUT_BYTES	2048	/* frames that leave in one send() */

enum websocket_end {
	WEBSOCKET_BY_PEER,	/* it closed, or is gone */
	WEBSOCKET_BY_US,	/* websocket_close() */
	WEBSOCKET_WRONG,	/* it broke the protocol or a limit */
	WEBSOCKET_SLOW,		/* it did not read: what waited is dropped */
	WEBSOCKET_SILENT,	/* no answer to a ping, or to our close */
};

struct websocket {
	struct websockets *set;
	struct wslay_event_context *wslay;
	TAILQ_ENTRY(websocket) link, dirty;
	void		*user;		/* the application's */
	enum {
		WEBSOCKET_OPEN,
		WEBSOCKET_CLOSING,	/* our close waits, or its answer */
		WEBSOCKET_LINGERING	/* all is said: what comes is dropped */
	} state;
	enum websocket_end why;
	int		fd;
	unsigned int	armed;		/* what epoll watches */
	bool		is_dirty;	/* something is to be sent, or to end */
	bool		gone;		/* the peer, not only what it sent */
	bool		cut;		/* ends without another word */
	bool		pinged;		/* and nothing was heard since */
	unsigned int	frames;		/* in this second, weighed */
	uint64_t	heard_ns;	/* CLOCK_MONOTONIC, as the next two */
	uint64_t	second_ns;	/* `frames` counts since */
	uint64_t	due_ns;		/* 0; or to be closed then, or cut if it
					   closes */
	const char	*rest;		/* what came with the handshake */
	size_t		rest_bytes, budget; /* of a turn */
	size_t		out_bytes;
	char		out[WEBSOCKET_OUT_BYTES];
};

struct websockets {
	void		(*message)(struct websocket *, const char *text,
			    size_t n);
		/* A whole text message, valid UTF-8, not ended by a NUL. */
	void		(*closed)(struct websocket *);
		/* Closes its fd; `why` tells. The last that is said of it. */
	int		epfd;		/* data.u64 is a websocket_tag() */
	size_t		message_bytes;	/* the longest that is taken */
	size_t		queue_bytes;	/* that may wait for one */
	unsigned int	ping_ms;	/* of silence, then a ping; as much
					   more, then cut */
	unsigned int	n;
	uint64_t	look_ns;	/* the next look at all */
	bool		draining;
	uint64_t	drain_ns[2];	/* they are closed between these */
	TAILQ_HEAD(, websocket) all, dirty;
};

void websockets_begin(struct websockets *);
	/* All but the lists is set. */
struct websocket *websocket_open(struct websockets *, int fd, const char *rest,
    size_t n, void *user);
	/*
	 * Take over a connection whose handshake was answered, with what came
	 * behind it: `rest` is read here. NULL: no memory, or epoll has none;
	 * the descriptor is still the caller's.
	 */
uint64_t websocket_tag(const struct websocket *);
struct websocket *websocket_tagged(uint64_t tag);
	/* The data.u64 of its events is odd; NULL: of something else. */
void websocket_event(struct websocket *, uint32_t events);
bool websocket_send(struct websocket *, const char *text, size_t n);
	/*
	 * Queue a text message, sent by websockets_tick(). False: it is
	 * closing, or too much waited, and it will be cut.
	 */
void websocket_close(struct websocket *, uint16_t code, const char *reason);
	/* Behind what is queued; nothing can be sent from now on. */
void websockets_drain(struct websockets *, uint64_t from_ns, uint64_t until_ns);
	/*
	 * Close each at a time of its own between these, by lot, with code
	 * 1012; those that are opened later, too.
	 */
int websockets_tick(struct websockets *);
	/*
	 * What is due: send what is queued, end those that are to end. After
	 * the events of a turn, which may still name them. Timeout of the next
	 * wait.
	 */

/* Between websocket.c and websockets.c. */
void websocket_mark(struct websocket *);
	/* It is for the next tick. */
void websocket_cut(struct websocket *, enum websocket_end why);
	/* It ends there, without another word. */
void websocket_advance(struct websocket *);
	/* Send what there is, or end it: it may be freed. */
uint64_t websocket_now_ns(void);
uint64_t websockets_lot(const struct websockets *, const struct websocket *);
	/* Some time of the drain. */

#endif
