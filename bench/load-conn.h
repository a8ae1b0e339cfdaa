/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Connections of the generator: each sends one request at a time, reads its
 * answer and tells what became of it. They know nothing of rates and counts.
 */
#ifndef BENCH_LOAD_CONN_H
#define BENCH_LOAD_CONN_H

#include <sys/queue.h>

#include <http_parser.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bench/load-proxy.h"
#include "bench/load-target.h"

#define LOAD_ABSENT	(-1)

enum load_outcome {
	LOAD_OK,		/* a whole answer, 200 */
	LOAD_REFUSED,		/* nobody listens */
	LOAD_RESET,
	LOAD_TIMEOUT,		/* no whole answer so long after it was due */
	LOAD_SHORT,		/* closed before a whole answer */
	LOAD_BAD,		/* not HTTP, or neither 200 nor 503 */
	LOAD_SHED,		/* a whole answer, 503 */
	LOAD_LOCAL,		/* no descriptor, no port: our own fault */
	LOAD_OUTCOMES
};

struct load_answer {
	uint64_t	at_ns;		/* CLOCK_MONOTONIC, as all of them */
	uint64_t	accepted_ns;	/* X-Accepted-Ns; 0: it does not say */
	uint64_t	picked_ns;	/* X-Picked-Ns; 0: it does not say */
	long		seat, pid;	/* or LOAD_ABSENT */
};

struct load_conn {
	struct load_conns *conns;
	TAILQ_ENTRY(load_conn) link;	/* busy, or in a list of the owner's */
	TAILQ_ENTRY(load_conn) again;
	uint64_t	due_ns;
	const char	*text;		/* what is to be sent */
	size_t		text_bytes, sent_bytes;
	char		header[LOAD_PROXY_BYTES]; /* goes before the text */
	size_t		header_bytes, header_sent;
	int		fd;		/* -1: closed */
	uint32_t	watched;	/* events in the epoll; 0: not there */
	enum {
		LOAD_IDLE,		/* nothing under way, open or not */
		LOAD_AGAIN,		/* waits to connect again */
		LOAD_SENDING,		/* connects and sends */
		LOAD_READING
	} state;
	bool		asks;		/* an answer is to come */
	bool		whole;		/* it is here */
	bool		last;		/* and ends the connection */
	http_parser	parser;
	struct load_answer answer;
	size_t		name_bytes, value_bytes, body_bytes;
	char		name[16], value[24], body[64];	/* or cut */
	struct load_row	*row;		/* who answered, when it is counted */
	struct load_aside *aside;	/* it only stands there, with these */
};

TAILQ_HEAD(load_conn_list, load_conn);

struct load_conns {
	struct load_target *target;
	int		epfd;		/* data.ptr is the connection */
	bool		keeps;		/* they stay open after an answer */
	unsigned int	proxy;		/* version of a PROXY header; 0: none */
	char		*request;
	size_t		request_bytes;
	void		(*ended)(struct load_conn *, enum load_outcome);
		/*
		 * What was begun is over; c->answer is of LOAD_OK and
		 * LOAD_SHED. The connection is in no list now.
		 */
	void		(*lost)(struct load_conn *);
		/* The other end closed it while nothing was under way. */
	void		*arg;
	uint64_t	opened;		/* connections so far */
	struct load_conn_list busy;	/* sorted by due_ns */
	struct load_conn_list again;
};

uint64_t load_now_ns(void);
	/* CLOCK_MONOTONIC. */
const char *load_outcome_name(enum load_outcome);
int load_conns_begin(struct load_conns *, const char *path);
	/* Make the request; target, keeps and what follows are set. */
void load_conn_ask(struct load_conn *, uint64_t due_ns);
	/*
	 * Ask on an idle connection, which connects first if it is closed, be
	 * it by the other end.
	 * ended() may come before this returns. Due times do not fall.
	 */
void load_conn_open(struct load_conn *, uint64_t due_ns, size_t bytes);
	/* The same without an answer: connect, send so much of a request. */
void load_conn_event(struct load_conn *);
	/* Its descriptor can do something. */
void load_conn_end(struct load_conn *, enum load_outcome);
	/* End what is under way as that; it stays open if it can be used on. */
void load_conn_close(struct load_conn *);
	/* An idle one; it tells nobody. */
void load_conns_again(struct load_conns *);
	/* Try again to connect: each ms while that list is not empty. */

#endif
