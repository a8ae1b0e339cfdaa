/* SPDX-License-Identifier: BSD-2-Clause */
/* Clients of an app in mode sticky, with an address or a cookie of their own. */
#ifndef T_STICKY_H
#define T_STICKY_H

#include <netinet/in.h>

#include "t/lib/app.h"

/* Client i's address, of 127.0.0.0/8, in host order: any can be bound. */
#define STICKY_CLIENT(i)						\
	(0x7f010000U + 0x101U * ((i) / 200) + (i) % 200 + 1)

int	sticky_connect(const struct app *, uint32_t from);
	/* Connected, from that address if it is not 0; -errno. */
int	sticky_visit(const struct app *, uint32_t from, const char *request);
	/*
	 * Ask app_answer() from there, by that line or "hello\n": the seat that
	 * answered, or -errno.
	 */
int	sticky_web(struct cadre_worker *, void *arg);
	/*
	 * A worker: reads the head of a request, up to its empty line, and
	 * answers "seat S bytes N id ID" and closes: how many bytes it read, and
	 * an identifier of cadre_worker_sticky_id(). Who sends nothing is kept.
	 * The target /wait is answered when its client has shut its side.
	 */
struct sticky_answer {
	unsigned int	seat, bytes;
	char		id[64];
};
int	sticky_ask(int fd, const char *head, struct sticky_answer *ret_answer);
	/* Send that to sticky_web(), and close: 0, or -EPIPE. */
int	sticky_get(const struct app *, uint32_t from, const char *target,
	    const char *cookie, struct sticky_answer *ret_answer);
	/* GET it; cookie: NULL, or "NAME=VALUE". 0, or -errno. */
int	sticky_home_of(uint32_t from, unsigned int bits, unsigned int seats);
	/* Where it should be led, by so many bits, with seats 0 … seats - 1. */
int	sticky_home_without(uint32_t from, unsigned int seats,
	    unsigned int gone);
	/* The same by all bits, without that seat: where it should go then. */
int	sticky_home_of_text(const char *key, unsigned int seats);
bool	sticky_known(const struct app *, unsigned int bits,
	    unsigned int seats);
	/*
	 * Until each of them has answered a client whose home it is: then the
	 * acceptor knows them all. With fewer bits than 32, the one home of
	 * all clients.
	 */
bool	sticky_known_without(const struct app *, unsigned int seats,
	    unsigned int gone);
	/* Until a client of each other seat is led there, and one of it not. */
bool	sticky_seated(const struct app *, unsigned int seats);
	/* The same of sticky_web(), by cookies and parameters called sid. */

#endif
