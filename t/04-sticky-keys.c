/* t/04-sticky-keys: of an address the prefix counts, and what is an IPv4 address is one in any form */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <arpa/inet.h>
#include <string.h>

#include "runtime/sticky.h"
#include "t/lib/tap.h"

static uint64_t
key_of(const struct sticky *s, const char *text)
{
	struct sockaddr_in in = { .sin_family = AF_INET };
	struct sockaddr_in6 in6 = { .sin6_family = AF_INET6, .sin6_port = 7 };
	uint64_t key = 0;

	if (inet_pton(AF_INET, text, &in.sin_addr) == 1)
		ok(sticky_key_of(s, &in, sizeof(in), &key), "%s", text);
	else if (inet_pton(AF_INET6, text, &in6.sin6_addr) == 1)
		ok(sticky_key_of(s, &in6, sizeof(in6), &key), "%s", text);
	return key;
}

static void
compare(const char *option, int family, const char *a, const char *b, bool same)
{
	struct sticky s;

	sticky_begin(&s);
	is_int(sticky_parse(&s, option, family, "here"), 0, "%s", option);
	ok((key_of(&s, a) == key_of(&s, b)) == same, "are %s", same ?
	    "the same" : "not the same");
}

static void
text_is(const char *option, int family, const char *text)
{
	struct sticky s;
	char shown[16];

	sticky_begin(&s);
	sticky_parse(&s, option, family, "here");
	sticky_text(&s, shown, sizeof(shown));
	is_str(shown, text, "%s is shown so", option);
}

int
main(void)
{
	struct sockaddr_in in = { .sin_family = AF_INET };
	struct sockaddr other = { .sa_family = AF_UNIX };
	struct sticky s;
	uint64_t key = 5;

	compare("addr", AF_INET, "192.0.2.1", "192.0.2.2", false);
	compare("addr", AF_INET, "192.0.2.1", "192.0.2.1", true);
	compare("addr/24", AF_INET, "192.0.2.1", "192.0.2.255", true);
	compare("addr/24", AF_INET, "192.0.2.1", "192.0.3.1", false);
	compare("addr/25", AF_INET, "192.0.2.127", "192.0.2.128", false);
	compare("addr", AF_INET6, "2001:db8::1", "2001:db8::2:0:0:1", true);
	compare("addr", AF_INET6, "2001:db8::1", "2001:db8:0:1::1", false);
	compare("addr/128", AF_INET6, "2001:db8::1", "2001:db8::2", false);
	compare("addr/47", AF_INET6, "2001:db8:2::", "2001:db8:3::", true);
	compare("addr", AF_INET6, "::ffff:192.0.2.1", "192.0.2.1", true);
	compare("addr", AF_INET6, "::ffff:192.0.2.1", "192.0.2.2", false);
	sticky_begin(&s);
	ok(!sticky_key_of(&s, &other, sizeof(other), &key) &&
	    !sticky_key_of(&s, &in, 1, &key) &&
	    !sticky_key_of(&s, &in, 8, &key) && key == 5,
	    "what is no address has no key");
	text_is("addr", AF_INET, "sticky:addr");
	text_is("addr/24", AF_INET, "sticky:addr/24");
	text_is("addr/128", AF_INET6, "sticky:addr/128");
	text_is("cookie:sid", AF_INET, "sticky:cookie");
	text_is("query:sid", AF_UNIX, "sticky:query");
	return done_testing();
}
