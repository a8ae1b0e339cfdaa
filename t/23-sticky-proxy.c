/* t/23-sticky-proxy: behind a proxy the client's address is the key, and its cookie is found behind the header */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include <sys/socket.h>

#include "t/lib/keeper.h"
#include "t/lib/preface.h"
#include "t/lib/sticky.h"
#include "t/lib/tap.h"

enum { WORKERS = 4, CLIENTS = 60 };
#define SOURCE(i)	(0xc0000200U + (i))	/* 192.0.2.0 + i */

static struct preface header;

/* In two pieces, the first of `cut` bytes; by whom it was answered. */
static int
come(const struct app *a, uint32_t from, const char *request, size_t cut)
{
	int fd = sticky_connect(a, from);
	struct sticky_answer answer;

	if (fd < 0)
		return fd;
	cut = cut < header.n ? cut : header.n;
	(void)!send(fd, header.bytes, cut, MSG_NOSIGNAL);
	(void)!send(fd, header.bytes + cut, header.n - cut, MSG_NOSIGNAL);
	return sticky_ask(fd, request, &answer) < 0 ? -1 : (int)answer.seat;
}

static void
source(unsigned int i, bool line)
{
	struct in_addr in = { htonl(SOURCE(i)) };
	char text[INET_ADDRSTRLEN], words[96];

	inet_ntop(AF_INET, &in, text, sizeof(text));
	snprintf(words, sizeof(words), "PROXY TCP4 %s 192.0.2.1 %u 80", text,
	    1000 + i);
	if (line)
		preface_line(&header, words);
	else
		preface_tcp(&header, text, 1000 + i, "192.0.2.1", 80);
}

static void
by_source(struct app *a)
{
	static const char get[] = "GET / HTTP/1.1\r\n\r\n";
	int right = 0, local = 0, strange = 0;

	for (unsigned int i = 0; i < CLIENTS; i++) {
		source(i, i % 2 == 0);
		right += come(a, STICKY_CLIENT(i), get, i) ==
		    sticky_home_of(SOURCE(i), 32, WORKERS);
		/* Who speaks for itself: by its own address. */
		preface_begin(&header, PREFACE_LOCAL, 0, "", 0);
		local += come(a, STICKY_CLIENT(i), get, i) ==
		    sticky_home_of(STICKY_CLIENT(i), 32, WORKERS);
		/* Not in the list: 127.1.0.0/16. */
		header.n = 0;
		strange += come(a, 0x7f020001U + i, get, 0) ==
		    sticky_home_of(0x7f020001U + i, 32, WORKERS);
	}
	is_int(right, CLIENTS, "the source is the key, wherever it is cut");
	is_int(local, CLIENTS, "LOCAL: the peer's address is");
	is_int(strange, CLIENTS, "so it is of a peer that is not believed");
}

static void
by_cookie(struct app *a)
{
	char request[128], key[16];
	int right = 0, first = 0;

	for (unsigned int i = 0; i < CLIENTS; i++) {
		source(i, i % 2 == 0);
		snprintf(key, sizeof(key), "c%u", i);
		snprintf(request, sizeof(request), "GET / HTTP/1.1\r\n"
		    "Cookie: sid=%s\r\n\r\n", key);
		right += come(a, STICKY_CLIENT(i), request, i) ==
		    sticky_home_of_text(key, WORKERS);
		first += come(a, STICKY_CLIENT(i), "GET / HTTP/1.1\r\n\r\n",
		    i) == sticky_home_of(SOURCE(i), 32, WORKERS);
	}
	is_int(right, CLIENTS, "the cookie behind the header is the key");
	is_int(first, CLIENTS, "without one the source is");
}

static void
run(const char *options, void (*visit)(struct app *))
{
	struct app *a = keeper_start(WORKERS, sticky_web, options);
	unsigned int i = 0;

	/* Until all are known: by those who are not believed. */
	header.n = 0;
	for (unsigned int seen = 0; seen != 0xf && i < 100000; i++)
		seen |= 1U << (come(a, 0x7f020001U + i % 5000,
		    "GET / HTTP/1.1\r\n\r\n", 0) & 31);
	ok(i < 100000, "%s: all answer", options);
	visit(a);
	is_int(app_stop(a), 0, "the master exits 0");
}

int
main(void)
{
	run("mode=sticky:proxy,proxy=127.1.0.0/16", by_source);
	run("mode=sticky:cookie:sid,proxy=127.1.0.0/16", by_cookie);
	return done_testing();
}
