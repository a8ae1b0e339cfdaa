/* SPDX-License-Identifier: BSD-2-Clause */
/* A client of examples/chat without a WebSocket; see chat.h. */
#include <stdio.h>
#include <string.h>

#include "t/lib/chat.h"

int
poller_ask(struct poller *p, const char *method, const char *what,
    const char *fields, const char *body)
{
	char request[10000];

	snprintf(request, sizeof(request), "%s /poll%s HTTP/1.1\r\nHost: h\r\n"
	    "Cookie: a=b; chat=%s; c=d\r\nConnection: close\r\n%s"
	    "Content-Length: %zu\r\n\r\n%s", method, what, p->cookie, fields,
	    strlen(body), body);
	return chat_http(p->app, request, p->text);
}

int
poller_open(struct poller *p, const char *fields)
{
	int status = poller_ask(p, "POST", "/open", fields, "{\"t\":\"hello\","
	    "\"room\":\"r\",\"name\":\"ann\",\"cid\":\"" POLLER_CID "\"}");
	const char *at = strstr(p->text, "Set-Cookie: chat=");

	if (at != NULL)
		sscanf(at, "Set-Cookie: chat=%63[^;]", p->cookie);
	return status;
}

int
poller_news(struct poller *p, unsigned int after)
{
	char what[80];

	snprintf(what, sizeof(what), "?cid=" POLLER_CID "&after=%u", after);
	return poller_ask(p, "GET", what, "", "");
}

int
poller_say(struct poller *p, const char *text)
{
	char body[2000];

	snprintf(body, sizeof(body), "{\"t\":\"say\",\"n\":1,"
	    "\"text\":\"%s\"}", text);
	return poller_ask(p, "POST", "/say?cid=" POLLER_CID, "", body);
}

unsigned int
poller_last(const struct poller *p)
{
	const char *at = strstr(p->text, "\"last\":");
	unsigned int n = 0;

	return at != NULL && sscanf(at, "\"last\":%u", &n) == 1 ? n : 0;
}
