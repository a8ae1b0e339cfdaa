/* SPDX-License-Identifier: BSD-2-Clause */
/* t/89-chat-poll-ends: who asks for a session not his, or gone, gets 410 */
#include <signal.h>
#include <string.h>

#include "t/lib/chat.h"
#include "t/lib/tap.h"

static struct poller p;

/* The seat of its worker. */
static unsigned int
opened(const char *what)
{
	const char *at;

	is_int(poller_open(&p, ""), 200, "%s: a session begins", what);
	is_int(poller_news(&p, 0), 200, "%s: and has news", what);
	at = strstr(p.text, "\"seat\":");
	return at != NULL ? (unsigned int)at[strlen("\"seat\":")] - '0' : 0;
}

int
main(void)
{
	char address[] = "tcp:127.0.0.1:0,mode=sticky:cookie:chat";
	struct app *a = chat_start_at(2, address, "--hold=200", NULL);
	char large[8194];
	unsigned int seat;

	p.app = a;
	seat = opened("at first");
	memset(large, 'x', 8193);
	large[8193] = '\0';
	is_int(poller_ask(&p, "POST", "/say?cid=" POLLER_CID, "", large), 413,
	    "a body too long");
	is_int(poller_ask(&p, "POST", "/say?cid=" POLLER_CID, "", "{}"), 400,
	    "one that makes no sense");
	is_int(poller_ask(&p, "GET", "?cid=" POLLER_CID "0", "", ""), 410,
	    "another cid");
	is_int(poller_ask(&p, "GET", "?cid=&cid=" POLLER_CID, "", ""), 410,
	    "none");
	p.cookie[3] ^= 1;
	is_int(poller_news(&p, 0), 410, "another cookie");
	p.cookie[3] ^= 1;
	is_int(poller_news(&p, 0), 200, "its own");

	is_int(app_kill(a, seat, SIGKILL), 0, "its worker is killed");
	is_int(poller_news(&p, 0), 410, "the session is gone");
	opened("after the kill");
	is_int(poller_ask(&p, "POST", "/leave?cid=" POLLER_CID, "", ""), 200,
	    "it leaves");
	is_int(poller_news(&p, 0), 410, "and is gone");

	opened("a third");
	kill(a->master, SIGHUP);
	ok(app_wait_event(a, CADRE_EVENT_RELOADED, CADRE_NO_SEAT, NULL),
	    "a reload ends sessions, too");
	is_int(poller_news(&p, 0), 410, "it is told so");
	is_int(app_stop(a), 0, "TERM: exit status 0");
	return done_testing();
}
