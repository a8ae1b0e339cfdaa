/* t/04-proxy-line: version 1 of the PROXY protocol is taken to the letter */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <arpa/inet.h>
#include <netinet/in.h>

#include "runtime/proxy.h"
#include "t/lib/tap.h"

#define V6	"ffff:ffff:ffff:ffff:ffff:ffff:ffff:fff"

static const char *const good[][2] = {
	{ "PROXY TCP4 192.0.2.1 198.51.100.7 65535 80\r\n",
	    "192.0.2.1 65535" },
	{ "PROXY TCP4 255.255.255.255 0.0.0.0 0 1\r\n", "255.255.255.255 0" },
	{ "PROXY TCP6 2001:DB8::1 ::1 443 8080\r\n", "2001:db8::1 443" },
	{ "PROXY TCP6 " V6 "1 " V6 "2 65535 65535\r\n", V6 "1 65535" },
	{ "PROXY UNKNOWN\r\n", "the socket's" },
	{ "PROXY UNKNOWN " V6 "1 " V6 "2 65535 65535\r\n", "the socket's" },
};

static const char *const bad[] = {
	"PROXY TCP4 192.0.2.1 198.51.100.7 65536 80\r\n",
	"PROXY TCP4 192.0.2.1 198.51.100.7 080 80\r\n",
	"PROXY TCP4 192.0.2.1 198.51.100.7 -1 80\r\n",
	"PROXY TCP4 192.0.2.1 198.51.100.7 80 80 \r\n",
	"PROXY TCP4 192.0.2.1 198.51.100.7 80\r\n",
	"PROXY TCP4 192.0.2.1  198.51.100.7 80 80\r\n",
	"PROXY TCP4  192.0.2.1 198.51.100.7 80 80\r\n",
	"PROXY TCP4 192.0.2.01 198.51.100.7 80 80\r\n",
	"PROXY TCP4 192.0.2 198.51.100.7 80 80\r\n",
	"PROXY TCP4 ::1 ::1 80 80\r\n",
	"PROXY TCP6 192.0.2.1 198.51.100.7 80 80\r\n",
	"PROXY TCP6 fe80::1%lo ::1 80 80\r\n",
	"PROXY TCP4\r\n",
	"PROXY UDP4 192.0.2.1 198.51.100.7 80 80\r\n",
	"PROXY UNKNOWNS\r\n",
	"PROXY tcp4 192.0.2.1 198.51.100.7 80 80\r\n",
	"PROXY TCP4 192.0.2.1 198.51.100.7 80 80\n",
	"PROXY TCP4 192.0.2.1 198.51.100.7 80 80\r\r\n",
	"PROXY TCP4 192.0.2.1\t198.51.100.7 80 80\r\n",
	"PROXY UNKNOWN \x80\r\n",
};

static const char *
source(const struct proxy *p)
{
	const struct sockaddr_in6 *in6 = (const void *)&p->source;
	const struct sockaddr_in *in = (const void *)&p->source;
	static char text[80];
	char host[INET6_ADDRSTRLEN];

	if (!p->known)
		return "the socket's";
	inet_ntop(p->source.ss_family, in->sin_family == AF_INET ?
	    (const void *)&in->sin_addr : &in6->sin6_addr, host, sizeof(host));
	snprintf(text, sizeof(text), "%s %u", host, ntohs(in->sin_port));
	return text;
}

/* Of each prefix the answer is the same, or that more is to come. */
static bool
waits_before(const char *line, int answer)
{
	struct proxy p;
	int n;

	for (size_t i = 0; i < strlen(line); i++) {
		n = proxy_parse(line, i, &p);
		if (n != -EAGAIN && (n != answer || answer > 0))
			return false;
	}
	return true;
}

int
main(void)
{
	char line[200];
	struct proxy p;
	int n;

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		n = snprintf(line, sizeof(line), "%sGET /", good[i][0]) - 5;
		is_int(proxy_parse(line, sizeof(line), &p), n, "taken");
		is_str(source(&p), good[i][1], "whose it is");
		ok(p.version == 1 && waits_before(good[i][0], n),
		    "not before its last byte");
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ok(proxy_parse(bad[i], strlen(bad[i]), &p) == -EBADMSG &&
		    waits_before(bad[i], -EBADMSG), "refused: %zu", i);
	memset(line, 'x', sizeof(line));
	memcpy(line, "PROXY UNKNOWN ", 14);
	memcpy(line + 105, "\r\n", 2);
	is_int(proxy_parse(line, 107, &p), 107, "the longest that there is");
	memcpy(line + 105, "x\r\n", 3);
	is_int(proxy_parse(line, 108, &p), -EMSGSIZE, "one byte more");
	is_int(proxy_parse("PROXY", 5, &p), -EAGAIN, "it may become one");
	is_int(proxy_parse("PROXY/", 6, &p), -EPROTO, "it became none");
	is_int(proxy_parse("G", 1, &p), -EPROTO, "HTTP, at the first byte");
	is_int(proxy_parse("", 0, &p), -EAGAIN, "nothing yet");
	return done_testing();
}
