/* t/89-chat-crowd: sessions that are opened and never asked keep nobody out, nor do their rooms */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "t/lib/chat.h"
#include "t/lib/tap.h"

enum { CROWD = 1100, COOKIE_MAX = 16 };

static struct poller p;
static char text[CHAT_BYTES];

/* Each in a room of its own, without a cookie or with that of p. */
static int
come(unsigned int i)
{
	char body[160];

	snprintf(body, sizeof(body), "{\"t\":\"hello\",\"room\":\"x%u\","
	    "\"name\":\"x\",\"cid\":\"%032x\"}", i, i);
	return poller_ask(&p, "POST", "/open", "", body);
}

static int
news_of(unsigned int i)
{
	char what[80];

	snprintf(what, sizeof(what), "?cid=%032x&after=0", i);
	return poller_ask(&p, "GET", what, "", "");
}

static unsigned int
opened(void)
{
	const char *at;

	is_int(poller_open(&p, ""), 200, "a session begins");
	is_int(poller_news(&p, 0), 200, "and has news");
	at = strstr(p.text, "\"seat\":");
	return at != NULL ? (unsigned int)at[strlen("\"seat\":")] - '0' : 0;
}

static void
one_cookie(void)
{
	int good = 0;

	for (unsigned int i = 0; i < COOKIE_MAX; i++)
		good += come(i) == 200;
	is_int(good, COOKIE_MAX, "a browser opens %d more", COOKIE_MAX);
	is_int(poller_news(&p, 0), 410, "instead of its oldest");
	is_int(news_of(COOKIE_MAX - 1), 200, "the newest is there");
}

int
main(void)
{
	char address[] = "tcp:127.0.0.1:0,mode=sticky:cookie:chat,factor=0";
	struct app *a = chat_start_at(2, address, "--hold=200", NULL);
	unsigned int seat;
	int fds[6], other, good = 0;

	p.app = a;
	fds[0] = chat_enter_at(a, 0, "m", "b");
	fds[1] = chat_enter_at(a, 1, "m", "a");
	seat = opened();
	one_cookie();
	other = fds[1 - seat];
	ok(chat_sees(other, "\"count\":2", text), "two are in a room");
	p.cookie[0] = '\0';
	for (unsigned int i = 0; i < CROWD; i++)
		good += come(100 + i) == 200;
	is_int(good, CROWD, "%d open sessions, and ask nothing", CROWD);
	fds[2] = chat_enter_at(a, seat, "m", "c");
	ok(chat_sees(other, "\"count\":3", text), "others have heard of them");
	is_u64(opened(), seat, "at the same worker");
	fds[3] = chat_enter_at(a, seat, "new there", "d");
	fds[4] = chat_enter_at(a, 1 - seat, "new", "e");
	chat_say(fds[4], 1, "hello");
	ok(chat_sees(fds[4], "hello", text), "and new rooms, here and there");
	fds[5] = chat_enter_at(a, seat, "new", "f");
	ok(chat_sees(fds[4], "\"count\":2", text), "with members at both");
	for (int i = 0; i < 6; i++)
		close(fds[i]);
	is_int(app_stop(a), 0, "TERM: exit status 0");
	return done_testing();
}
