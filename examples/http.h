/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The HTTP/1.1 of the examples, over http-parser: connections of one worker,
 * in its epoll, answered from texts made beforehand. It knows nothing of
 * cadre. One thread, no locks, no memory taken or given per request.
 */
#ifndef EXAMPLES_HTTP_H
#define EXAMPLES_HTTP_H

#include <sys/queue.h>

#include <http_parser.h>
#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HTTP_ANSWER_BYTES	512
#define HTTP_BUFFER_BYTES	4096
#define HTTP_HEADERS_BYTES	16384	/* longer headers are malformed */
#define HTTP_URL_BYTES		256	/* the rest of a longer one is cut */
#define HTTP_NAME_BYTES		32	/* of a header that can be asked for */
#define HTTP_FIELDS_MAX		8
#define HTTP_UNTIL_WOKEN	UINT_MAX /* of http_hold() */

struct http_answer {
	char	text[2][HTTP_ANSWER_BYTES];	/* [1]: Connection: close */
	size_t	bytes[2], head_bytes[2];	/* a HEAD gets no body */
};

struct http_field {		/* a header whose value is kept */
	const char	*name;		/* NULL: the end of the table */
	size_t		room;		/* of its value; the rest is cut */
};

struct http_body {		/* of an answer that is longer than those */
	const char	*text;		/* sent from there */
	size_t		bytes;
	void		*owned;		/* freed when it is sent, or cannot */
};

struct http_conn {
	struct http	*http;
	http_parser	parser;
	LIST_ENTRY(http_conn) link;
	TAILQ_ENTRY(http_conn) held;
	uint64_t	due_ns;		/* HELD: CLOCK_MONOTONIC of its end */
	enum {
		HTTP_OPEN,		/* reads and answers */
		HTTP_HELD,		/* its request waits, by http_hold() */
		HTTP_LAST,		/* writes its last answer, then ends */
		HTTP_LEAVING,		/* another's, by http_upgrade() */
		HTTP_LINGERING		/* said all, waits for the client */
	} state;
	int		fd;
	int		armed;		/* what epoll watches; -1: not there */
	bool		begun;		/* inside a request */
	bool		resumed;	/* this request was held already */
	bool		ours;		/* we end it: the client may still send */
	bool		valued;		/* the parser is in a header's value */
	void		*user;		/* the application's; NULL at first */
	uint64_t	since_ns;	/* with idle_ms: of its last progress */
	size_t		url_bytes, in_at, in_end, out_at, out_end;
	size_t		name_bytes, body_bytes;	/* of what came */
	int		field;		/* whose value comes; -1: none kept */
	uint16_t	value_bytes[HTTP_FIELDS_MAX];
	struct http_body body;		/* behind `out` */
	size_t		body_at;
	char		url[HTTP_URL_BYTES];
	char		name[HTTP_NAME_BYTES];
	char		in[HTTP_BUFFER_BYTES], out[HTTP_BUFFER_BYTES];
	char		kept[];		/* values of fields, then the body */
};

struct http {
	void		(*request)(struct http_conn *, const char *url);
		/*
		 * Calls http_answer() or http_hold(), once. `url` begins with
		 * the path; NULL: malformed, its answer will be the last.
		 */
	void		(*closing)(struct http_conn *);
		/* Closes its fd. */
	void		(*upgraded)(struct http_conn *, const char *rest,
			    size_t n);
		/* After http_upgrade(): takes its fd, and what came behind. */
	const struct http_field *fields; /* headers to keep; NULL: none */
	size_t		body_room;	/* of a request's body; 0: not kept */
	unsigned int	idle_ms;	/* nothing complete for longer: ended;
					   0: never. A held one waits */
	uint64_t	look_ns;	/* with idle_ms: the next look at all */
	int		epfd;		/* events: data.ptr is the connection */
	bool		draining;	/* every answer is a connection's last */
	uint64_t	idle_until_ns;	/* draining: then the idle ones end */
	LIST_HEAD(, http_conn) conns, spare;
	TAILQ_HEAD(http_held, http_conn) held;	/* sorted by due_ns */
};

void http_answer_make(struct http_answer *, const char *status,
    const char *body);
	/* Once a second is often enough: the date is in it. */
void http_answer_make_with(struct http_answer *, const char *status,
    const char *fields, const char *body);
	/* The same with more header fields, each ended by "\r\n". */
int http_begin(struct http *);
	/* Make its epfd; request and closing are set. 0 or -errno. */
int http_open(struct http *, int fd);
	/*
	 * Take over a new connection, non-blocking, and read from it at once.
	 * 0, or -ENOMEM: the descriptor is still the caller's.
	 */
void http_event(struct http_conn *, uint32_t events);
void http_answer(struct http_conn *, const struct http_answer *);
void http_answer_long(struct http_conn *, const char *status,
    const char *fields, struct http_body body);
	/*
	 * The same with a body of any length, whose Content-Type is in
	 * `fields`; those and the status have HTTP_ANSWER_BYTES less 128.
	 */
const char *http_value(const struct http_conn *, unsigned int field);
	/* Of this request's header, the first of that name; "": none. */
const char *http_body(const struct http_conn *);
	/*
	 * Of this request: body_bytes of it, which may be more than body_room:
	 * then its end is not here. Not while it is `resumed`.
	 */
int http_upgrade(struct http_conn *);
	/*
	 * Instead of an answer: the connection leaves, `upgraded` is called.
	 * 0; -EBUSY: answers to requests before it wait to be sent.
	 */
void http_hold(struct http_conn *, unsigned int ms);
	/* Be asked for this request again after ms, with `resumed` set. */
void http_wake(struct http_conn *);
	/*
	 * The same at the next http_tick(), for one that is held: not at once,
	 * since that may close it, and events of this turn may still name it.
	 */
int http_tick(struct http *);
	/* What is due: after the events of a turn. Timeout of the next wait. */
void http_drain(struct http *, uint64_t deadline_ns);
	/*
	 * From now on an answer is the last of its connection. After a second,
	 * or shortly before that time of CLOCK_MONOTONIC (0: none), http_tick()
	 * ends those on which nothing is under way, after a last look.
	 */

/* Of http-request.c, for http.c. */
size_t http_kept_bytes(const struct http *);
	/* Of conn.kept. */
void http_parse(struct http_conn *);
	/* What is in `in`: calls `request`, until one does not end at once. */
void http_ask(struct http_conn *);
	/* Calls `request`. */
bool http_has_room(const struct http_conn *);
	/* For another answer. */

#endif
