/* SPDX-License-Identifier: BSD-2-Clause */
/* t/89-chat-poll: without a WebSocket a session gets each line */
#include <string.h>
#include <unistd.h>

#include "t/lib/chat.h"
#include "t/lib/tap.h"

static struct poller p;

static bool
has(const char *what)
{
	return strstr(p.text, what) != NULL;
}

int
main(void)
{
	char address[] = "tcp:127.0.0.1:0,mode=sticky:cookie:chat";
	unsigned int n, seat = 0;
	const char *at;
	int fd;

	p.app = chat_start_at(4, address, "--hold=200", NULL);
	is_int(poller_open(&p, "Origin: http://evil\r\n"), 403,
	    "another page may not");
	is_int(poller_open(&p, "Origin: http://h\r\n"), 200, "ours may");
	ok(has("; Path=/poll; HttpOnly; SameSite=Strict\r\n"), "with a cookie");
	is_int(poller_news(&p, 0), 200, "its news");
	ok(has("\"welcome\""), "begin with a welcome");
	if ((at = strstr(p.text, "\"seat\":")) != NULL)
		seat = (unsigned int)at[strlen("\"seat\":")] - '0';
	n = poller_last(&p);
	is_int(poller_say(&p, "one"), 200, "it says something");
	is_int(poller_news(&p, n), 200, "its news");
	ok(has("one") && has("\"ack\""), "are that line, and its ack");
	is_int(poller_news(&p, n), 200, "an answer may be lost:");
	ok(has("one"), "asked again it is the same");
	do
		n = poller_last(&p);
	while (poller_news(&p, n) == 200 && poller_last(&p) != n);
	ok(has("\"frames\":[]"), "after a while, nothing");

	fd = chat_enter_at(p.app, (seat + 1) % 4, "r", "bob");
	chat_say(fd, 1, "from another worker");
	for (int i = 0; i < 9 && !has("another worker"); i++)
		poller_news(&p, poller_last(&p));
	ok(has("from another worker"), "others are heard");
	is_int(app_stop((struct app *)p.app), 0, "TERM: exit status 0");
	return done_testing();
}
