/* t/23-proxy-options: whose PROXY header is read is said in full, or not at all */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <arpa/inet.h>
#include <netinet/in.h>

#include <cadre/error.h>

#include "runtime/listen.h"
#include "runtime/trusted.h"
#include "t/lib/tap.h"

static struct listener l;

static const struct bad {
	const char	*address, *options, *says;
} bads[] = {
	{ "tcp:*:80", "proxy=", "names nobody" },
	{ "tcp:*:80", "proxy=+", "names nobody" },
	{ "tcp:*:80", "proxy=localhost", "no IP address" },
	{ "tcp:*:80", "proxy=10.0.0.1/8", "beyond its prefix" },
	{ "tcp:*:80", "proxy=10.0.0.0/33", "0 to 32 bits" },
	{ "tcp:*:80", "proxy=2001:db8::/129", "0 to 128 bits" },
	{ "tcp:*:80", "proxy=10.0.0.0/", "0 to 32 bits" },
	{ "tcp:*:80", "proxy=10.0.0.0/-1", "0 to 32 bits" },
	{ "tcp:*:80", "proxy=/8", "empty" },
	{ "tcp:*:80", "proxy=unix", "proxy=unix is for unix:" },
	{ "tcp:*:80", "proxy=unix", "addresses; type proxy=10.0.0.0/8+192.0.2.1"
	    "+2001:db8::/32" },
	{ "unix:/run/x", "proxy=127.0.0.1", "type proxy=unix" },
	{ "tcp:*:80", "proxy=10.0.0.0/8,192.0.2.1", "proxy=10.0.0.0/8+192.0.2.1" },
	{ "tcp:*:80", "proxy=::1,2001:db8::/32", "'+' between peers" },
	{ "tcp:*:80", "proxy=::1,proxy=::2", "there twice" },
	{ "tcp:*:80", "proxy=::1+::2+::3+::4+::5+::6+::7+::8+::9+::a+::b+::c+"
	    "::d+::e+::f+::10+::11", "takes 16" },
	{ "tcp:*:80", "proxy-timeout=3s", "proxy=, which is not there" },
	{ "tcp:*:80", "proxy=::1,proxy-timeout=0", "1ms to 60s" },
	{ "tcp:*:80", "proxy=::1,proxy-timeout=61s", "1ms to 60s" },
	{ "tcp:*:80", "proxy=::1,proxy-timeout=3m", "1ms to 60s" },
	{ "tcp:*:80", "proxy=::1,proxy-timeout=", "1ms to 60s" },
	{ "tcp:*:80", "proxi=::1", "proxy= and proxy-timeout=" },
};

static bool
has(const char *host)
{
	struct cadre_peer p = { .bytes = sizeof(struct sockaddr_in6) };
	int af = strchr(host, ':') != NULL ? AF_INET6 : AF_INET;

	p.address.ss_family = (sa_family_t)af;
	if (inet_pton(af, host, (char *)&p.address + (af == AF_INET ?
	    offsetof(struct sockaddr_in, sin_addr) :
	    offsetof(struct sockaddr_in6, sin6_addr))) != 1)
		abort();
	return trusted_has(&l.trusted, &p);
}

int
main(void)
{
	struct cadre_peer nobody = { .bytes = 0 };
	struct cadre_peer local = { .bytes = 2, .address.ss_family = AF_UNIX };

	for (size_t i = 0; i < sizeof(bads) / sizeof(bads[0]); i++) {
		ok(listener_parse(&l, bads[i].address, bads[i].options) ==
		    -EINVAL && strstr(cadre_error(-EINVAL), bads[i].says) !=
		    NULL, "%s: %s", bads[i].options, cadre_error(-EINVAL));
	}
	is_int(listener_parse(&l, "tcp:*:80", NULL), 0, "nobody is asked for");
	ok(!has("127.0.0.1") && !has("::1") && !trusted_has(&l.trusted,
	    &nobody), "so nobody is believed");
	is_int(listener_parse(&l, "tcp:*:80", "proxy=10.0.0.0/9+192.0.2.1+"
	    "2001:db8::/33,mode=rr"), 0, "three peers");
	is_u64(l.trusted.timeout_ms, 3000, "for three seconds");
	ok(has("10.127.255.255") && has("192.0.2.1") &&
	    has("2001:db8:7fff::1") && has("::ffff:192.0.2.1") &&
	    has("::ffff:10.1.2.3"), "are in there");
	ok(!has("10.128.0.0") && !has("192.0.2.2") && !has("2001:db8:8000::") &&
	    !has("::ffff:192.0.2.3") && !has("::192.0.2.1"), "others are not");
	ok(trusted_has(&l.trusted, &nobody), "who cannot be told must show it");
	ok(!trusted_has(&l.trusted, &local), "a local one is none of them");
	is_int(listener_parse(&l, "tcp:*:80", "proxy-timeout=2s,proxy=0.0.0.0/0"),
	    0, "all of IPv4");
	ok(has("255.1.2.3") && !has("::1"), "and nothing else");
	is_u64(l.trusted.timeout_ms, 2000, "for as long as it says");
	is_int(listener_parse(&l, "unix:@x", "proxy=unix"), 0, "a Unix socket");
	ok(trusted_has(&l.trusted, &local), "whoever can connect to it");
	return done_testing();
}
