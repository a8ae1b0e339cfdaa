/* t/23-sticky-short: peek-bytes= counts from behind a PROXY header, and one that comes too late is told of */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <string.h>

#include <sys/socket.h>

#include "t/lib/keeper.h"
#include "t/lib/preface.h"
#include "t/lib/sticky.h"
#include "t/lib/tap.h"

enum { WORKERS = 4, CLIENTS = 40 };
#define GET		"GET / HTTP/1.1\r\n"
#define SOURCE(i)	(0xc0000200U + (i))	/* 192.0.2.0 + i */

static struct preface header;

/* Longer than 64 bytes, both ways. */
static void
source(unsigned int i)
{
	char text[64], words[128], value[3000] = "";

	snprintf(text, sizeof(text), "0000:0000:0000:0000:0000:ffff:192.0.2.%u",
	    i);
	snprintf(words, sizeof(words), "PROXY TCP6 %s ::1 4000 80", text);
	if (i % 2 == 0)
		preface_line(&header, words);
	else {
		preface_tcp(&header, text, 4000, "::1", 80);
		preface_tlv(&header, 0xe0, value, sizeof(value));
	}
}

/* Who answers that request behind the header. */
static int
come(struct app *a, const char *request)
{
	struct sticky_answer answer;
	int fd = sticky_connect(a, STICKY_CLIENT(0));

	(void)!send(fd, header.bytes, header.n, MSG_NOSIGNAL);
	return sticky_ask(fd, request, &answer) < 0 ? -1 : (int)answer.seat;
}

static struct app *
start(const char *options)
{
	struct app *a = keeper_start(WORKERS, sticky_web, options);
	unsigned int i = 0, seen;

	header.n = 0;			/* until all are known: by strangers */
	for (seen = 0; seen != 0xf && i < 100000; i++) {
		int fd = sticky_connect(a, 0x7f020001U + i % 5000);
		struct sticky_answer answer = { .seat = 31 };

		if (sticky_ask(fd, GET "\r\n", &answer) == 0)
			seen |= 1U << answer.seat;
	}
	ok(i < 100000, "%s: all answer", options);
	return a;
}

static void
early(const char *options, bool cookie)
{
	struct app *a = start(options);
	char request[96], key[16];
	int right = 0;

	for (unsigned int i = 0; i < CLIENTS && right == (int)i; i++) {
		source(i);
		snprintf(key, sizeof(key), "c%u", i);
		snprintf(request, sizeof(request), GET "Cookie: sid=%s\r\n\r\n",
		    key);
		right += come(a, request) == (cookie ?
		    sticky_home_of_text(key, WORKERS) :
		    sticky_home_of(SOURCE(i), 32, WORKERS));
	}
	is_int(right, CLIENTS, "a long header leaves the key its bytes");
	is_int(app_stop(a), 0, "the master exits 0");
}

static void
late(void)
{
	struct app *a = start("mode=sticky:proxy,peek-ms=100,"
	    "proxy=127.1.0.0/16");
	struct sticky_answer answer = { .seat = WORKERS };
	struct cadre_shm_event e;
	int fd = sticky_connect(a, STICKY_CLIENT(0));

	source(0);
	(void)!send(fd, header.bytes, 30, MSG_NOSIGNAL);
	ok(app_wait_event(a, CADRE_EVENT_PEERS, CADRE_NO_SEAT, &e) &&
	    memmem(e.text, e.text_bytes, "came too late", 13) != NULL,
	    "half a header: an event says that it goes on without its key");
	(void)!send(fd, header.bytes + 30, header.n - 30, MSG_NOSIGNAL);
	ok(sticky_ask(fd, GET "\r\n", &answer) == 0, "it is answered");
	is_int((int)answer.seat, sticky_home_of(STICKY_CLIENT(0), 32, WORKERS),
	    "by the home of the proxy's address");
	is_int(app_stop(a), 0, "the master exits 0");
}

int
main(void)
{
	early("mode=sticky:proxy,peek-bytes=64,peek-ms=5000,"
	    "proxy=127.1.0.0/16", false);
	early("mode=sticky:cookie:sid,peek-bytes=64,peek-ms=5000,"
	    "proxy=127.1.0.0/16", true);
	late();
	return done_testing();
}
