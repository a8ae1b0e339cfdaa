/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Members without a WebSocket: a session in the heap of this worker, which a
 * client asks again and again for what is new. All its requests must reach this
 * worker: mode=sticky:cookie:NAME, with an id of cadre_worker_sticky_id().
 *
 * What was sent stays until the next request says that it came; so a lost
 * answer loses nothing. A session that is not asked for a minute, or that too
 * much waits for, is gone: its client gets 410, and begins anew.
 */
#ifndef EXAMPLES_ROOMS_LONGPOLL_H
#define EXAMPLES_ROOMS_LONGPOLL_H

#include <sys/queue.h>

#include "examples/rooms/room.h"
#include "examples/http.h"

#define LONGPOLL_COOKIE_BYTES	CADRE_STICKY_ID_BYTES	/* with the NUL */

struct frame {
	STAILQ_ENTRY(frame) link;
	uint64_t	number;
	size_t		bytes;
	char		text[];
};

struct session {
	struct member	member;		/* first: a member is its session */
	TAILQ_ENTRY(session) link;
	struct longpolls *set;
	char		cid[ROOM_CID_BYTES + 1];
	char		cookie[LONGPOLL_COOKIE_BYTES];
	STAILQ_HEAD(, frame) frames;
	size_t		bytes;		/* of all of them */
	uint64_t	last;		/* number of the newest; 0: none yet */
	uint64_t	asked_ms;	/* CLOCK_MONOTONIC */
	uint64_t	due_ms;		/* 0; or it ends then */
	struct http_conn *held;		/* waits for a frame; its user is us */
	bool		lost;		/* too much waited: it is over */
	bool		polled;		/* it was asked once */
};

struct longpolls {
	void		(*ended)(struct session *, bool dropped);
		/* It is freed behind it; dropped: with what it was to get. */
	size_t		queue_bytes;	/* that may wait for one */
	unsigned int	max, n;
	unsigned int	hold_ms;	/* a request for news waits so long */
	bool		draining;
	TAILQ_HEAD(, session) all;
};

void longpolls_begin(struct longpolls *);
struct session *longpoll_open(struct longpolls *, const char *cid,
    const char *cookie);
	/*
	 * In no room yet; instead of an older of that cid, of one more of that
	 * cookie than a browser has tabs, or, if there are too many, of one
	 * that nobody asks. NULL: all are asked.
	 */
struct session *longpoll_find(struct longpolls *, const char *cid,
    const char *cookie);
	/* Both must be right. NULL: there is none, or it was lost. */
void longpoll_end(struct session *);
void longpoll_ask(struct session *, struct http_conn *, uint64_t after);
	/*
	 * Answer a request for what is behind that number, now, or when there
	 * is something or hold_ms is over: then it is `resumed`, and comes
	 * here again.
	 */
void longpoll_gone(struct http_conn *);
	/* The connection closes. */
void longpolls_drain(struct longpolls *, uint64_t from_ms, uint64_t until_ms);
	/* Each ends at a time of its own between these; none begins. */
int longpolls_tick(struct longpolls *);
	/* End those not asked for long. Timeout of the next wait. */
void longpoll_answer(struct http_conn *, const char *status, const char *cookie,
    char *text);
	/* JSON, freed by the callee; a cookie to set, or NULL. */

#endif
