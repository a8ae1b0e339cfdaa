/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * examples/chat as the app under test, and a client made by hand: what it sends
 * are bytes, right or wrong. Reads end after the time limit of app_connect().
 */
#ifndef T_CHAT_H
#define T_CHAT_H

#include "t/lib/example.h"

#define CHAT_BYTES	65536

struct app *chat_start(unsigned int workers, char *option, char *other);
	/* In mode rr, so that connections reach all; two more, or NULL. */
struct app *chat_start_at(unsigned int workers, char *address, char *option,
    char *other);
int	chat_upgrade(int fd, const char *fields);
	/*
	 * Ask for a WebSocket with these header fields, each ended by "\r\n",
	 * besides Host and a cookie that is another each time; NULL: right
	 * ones. The status of the answer; 0: none.
	 */
int	chat_open(const struct app *);
	/* A WebSocket; or bails out. */
void	chat_frame(int fd, unsigned int first, const void *bytes, size_t n);
	/* Masked, in one piece; its first byte: 0x81 is a whole text. */
void	chat_text(int fd, const char *json);
int	chat_read(int fd, char text[CHAT_BYTES]);
	/*
	 * The next frame: its opcode; the payload, ended by a NUL. -1: the
	 * connection has ended, or nothing came in time.
	 */
int	chat_closed(int fd);
	/*
	 * Up to a close, which is answered: its code, 1005 if it has none;
	 * 1006: there was none.
	 */
bool	chat_sees(int fd, const char *what, char text[CHAT_BYTES]);
	/* Up to a text that has `what` in it. False: it ended before. */
unsigned int chat_count(int fd, const char *what, const char *end);
	/* How many texts have `what` in them, up to the one that has `end`. */
int	chat_enter(const struct app *, const char *room, const char *name,
	    unsigned int *ret_seat);
	/* A WebSocket, in that room; its cid is the name, 32 times. */
int	chat_enter_at(const struct app *, unsigned int seat, const char *room,
	    const char *name);
	/* The same at the worker of this seat; or bails out. */
void	chat_say(int fd, unsigned int n, const char *text);
int	chat_http(const struct app *, const char *request,
	    char text[CHAT_BYTES]);
	/*
	 * On a connection of its own, up to its end: the status, and head and
	 * body. 0: no answer.
	 */

/* A client that polls. */
#define POLLER_CID	"00112233445566778899aabbccddeeff"
struct poller {
	const struct app *app;
	char		cookie[64];	/* "": none yet */
	char		text[CHAT_BYTES]; /* head and body of the last answer */
};
int	poller_ask(struct poller *, const char *method, const char *what,
	    const char *fields, const char *body);
	/* To /poll and `what`. The status. */
int	poller_open(struct poller *, const char *fields);
	/* As ann, to room r; keeps the cookie. */
int	poller_news(struct poller *, unsigned int after);
int	poller_say(struct poller *, const char *text);
unsigned int poller_last(const struct poller *);
	/* The number of the last frame of an answer with news. */

#endif
