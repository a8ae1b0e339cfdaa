/* t/04-head: the key in a request is found wherever it is cut, and what is no key is none */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "runtime/sticky-key.h"
#include "t/lib/tap.h"

#define H	"GET / HTTP/1.1\r\n"
#define END	"\r\n\r\n"

static const struct row {
	const char	*by, *bytes;
	enum head_end	end;
	const char	*key;
} rows[] = {
	{ "cookie:sid", H "Cookie: sid=abc" END, HEAD_KEY, "abc" },
	{ "cookie:sid", H "cookie:sid=abc;", HEAD_KEY, "abc" },
	{ "cookie:sid", H "COOKIE:\t a=b;  sid=abc; c" END, HEAD_KEY, "abc" },
	{ "cookie:sid", H "Host: x\r\nCookie: a=b\r\nCookie: sid=c" END,
	    HEAD_KEY, "c" },
	{ "cookie:sid", H "Cookie: sid=\"a b\"" END, HEAD_KEY, "a" },
	{ "cookie:sid", H "Cookie: sid=\"abc\"" END, HEAD_KEY, "abc" },
	{ "cookie:sid", H "Cookie: sid=a=b==" END, HEAD_KEY, "a=b==" },
	{ "cookie:sid", H "Cookie: sid=a%41" END, HEAD_KEY, "a%41" },
	{ "cookie:sid", H "Cookie: sid=first; sid=second" END, HEAD_KEY,
	    "first" },
	{ "cookie:sid", H "Cookie: sid=; sid=second" END, HEAD_KEY, "second" },
	{ "cookie:sid", H "Cookie: sid=\xff\x01\x80" END, HEAD_KEY,
	    "\xff\x01\x80" },
	{ "cookie:sid", "\r\n\n" H "Cookie: sid=a\n\n", HEAD_KEY, "a" },
	{ "cookie:sid", H "Cookie: xsid=a; sidx=b; SID=c; sid; =d" END,
	    HEAD_NONE, NULL },
	{ "cookie:sid", H "Cookies: sid=a\r\nX-Cookie: sid=b" END, HEAD_NONE,
	    NULL },
	{ "cookie:sid", H "A: Cookie: sid=a" END, HEAD_NONE, NULL },
	{ "cookie:sid", H "A: b\r\n Cookie: sid=a" END, HEAD_NONE, NULL },
	{ "cookie:sid", H "Cookie: sid=" END, HEAD_EMPTY, NULL },
	{ "cookie:sid", H "Cookie: sid=\"\"" END, HEAD_EMPTY, NULL },
	{ "cookie:sid", H "\r\nCookie: sid=a", HEAD_NONE, NULL },
	{ "cookie:sid", H "\nCookie: sid=a", HEAD_NONE, NULL },
	{ "cookie:sid", H "Cookie: sid=abc", HEAD_MORE, NULL },
	{ "cookie:sid", H "Cookie: sid=abc\r\n", HEAD_KEY, "abc" },
	{ "cookie:sid", "", HEAD_MORE, NULL },
	{ "cookie:sid", "\x16\x03\x01\x02", HEAD_FORM, NULL },
	{ "cookie:sid", "{\"a\":1}", HEAD_FORM, NULL },
	{ "cookie:sid", " GET /", HEAD_FORM, NULL },
	{ "cookie:sid", "ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFGHIJ", HEAD_FORM,
	    NULL },
	{ "cookie:sid", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", HEAD_NONE, NULL },
	{ "query:sid", "GET /?sid=abc HTTP/1.1\r\n", HEAD_KEY, "abc" },
	{ "query:sid", "GET /a?b=c&sid=abc&d HTTP", HEAD_KEY, "abc" },
	{ "query:sid", "GET http://x/?sid=a?b#c HTTP", HEAD_KEY, "a?b" },
	{ "query:sid", "GET /?s%69d=%61b%2f+%20%2 HTTP", HEAD_KEY,
	    "ab/  %2" },
	{ "query:sid", "GET /?sid=%%41%4&x HTTP", HEAD_KEY, "%A%4" },
	{ "query:sid", "GET /?sid=%zz%4g HTTP", HEAD_KEY, "%zz%4g" },
	{ "query:sid", "GET /?sid=&sid=b&sid=c HTTP", HEAD_KEY, "b" },
	{ "query:sid", "GET /?sid=a\r\n", HEAD_KEY, "a" },
	{ "query:sid", "GET /?xsid=a&sidx=b&SID=c&si=d HTTP", HEAD_NONE, NULL },
	{ "query:sid", "GET /?sid HTTP", HEAD_EMPTY, NULL },
	{ "query:sid", "GET /?sid=&a HTTP", HEAD_EMPTY, NULL },
	{ "query:sid", "GET /?sid%3Da HTTP", HEAD_NONE, NULL },
	{ "query:sid", "GET /?s%00id=a HTTP", HEAD_NONE, NULL },
	{ "query:sid", "GET /sid=a HTTP", HEAD_NONE, NULL },
	{ "query:sid", "GET /#?sid=a HTTP", HEAD_NONE, NULL },
	{ "query:sid", "GET /?a=?sid=b HTTP", HEAD_NONE, NULL },
	{ "query:sid", "GET /?sid=abc", HEAD_MORE, NULL },
	{ "query:sid", "\r\n\r\nPOST /?sid=a HTTP", HEAD_KEY, "a" },
	{ "query:sid", "?sid=a", HEAD_FORM, NULL },
};

/* In pieces of `step` bytes, after a first one of `first`. */
static bool
is_found(const struct row *r, size_t first, size_t step)
{
	size_t n = strlen(r->bytes), at = 0, take = first;
	enum head_end end = HEAD_MORE;
	struct sticky s;
	struct head h;

	sticky_begin(&s);
	if (sticky_parse(&s, r->by, AF_INET, "here") < 0)
		return false;
	head_begin(&h, &s);
	for (; at < n && end == HEAD_MORE; at += take, take = step) {
		take = take < n - at ? take : n - at;
		end = head_feed(&h, r->bytes + at, take);
	}
	return end == r->end && (end != HEAD_KEY ||
	    head_key(&h) == sticky_key(r->key, strlen(r->key)));
}

int
main(void)
{
	for (const struct row *r = rows; r < rows + sizeof(rows) /
	    sizeof(rows[0]); r++) {
		bool found = is_found(r, 1, 1);

		for (size_t cut = 0; cut <= strlen(r->bytes); cut++)
			found &= is_found(r, cut, 1000);
		ok(found, "%s, row %d", r->by, (int)(r - rows));
	}
	return done_testing();
}
