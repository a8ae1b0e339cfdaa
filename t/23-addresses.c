/* SPDX-License-Identifier: BSD-2-Clause */
/* t/23-addresses: a bad address gets one line that says what to type */
#include <errno.h>
#include <string.h>

#include <cadre/error.h>

#include "runtime/listen.h"
#include "t/lib/tap.h"

#define X40	"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
#define GRAMMAR	"type tcp:HOST:PORT"

static const struct row {
	const char	*address, *options;
	const char	*text;		/* in the error; NULL: it is good */
} rows[] = {
	{ "tcp:127.0.0.1:0", NULL, NULL },
	{ "tcp:localhost:80", NULL, NULL },
	{ "tcp:*:65535", NULL, NULL },
	{ "tcp:[::1]:80", "mode=spread,backlog=1", NULL },
	{ "unix:/run/web.sock", "mode=auto", NULL },
	{ "unix:/run/web.sock", "mode=least", NULL },
	{ "tcp:*:80", "mode=gate", NULL },
	{ "tcp:*:80", "mode=rr", NULL },
	{ "tcp:*:80", "mode=sticky:addr", NULL },
	{ "tcp:*:80", "mode=sticky:addr/24,strict,factor=0", NULL },
	{ "tcp:[::1]:80", "mode=sticky:addr/56,factor=1.5", NULL },
	{ "tcp:*:80", "peek-ms=1,mode=sticky:cookie:sid", NULL },
	{ "unix:@web", "mode=sticky:query:s.i-d,peek-bytes=64", NULL },
	{ "unix:@web", NULL, NULL },
	{ NULL, NULL, GRAMMAR },
	{ "", NULL, GRAMMAR },
	{ "8080", NULL, GRAMMAR },
	{ "127.0.0.1:8080", NULL, GRAMMAR },
	{ "http://127.0.0.1", NULL, GRAMMAR },
	{ "tcp:", NULL, GRAMMAR },
	{ "tcp:127.0.0.1", NULL, GRAMMAR },
	{ "tcp:127.0.0.1:", NULL, "nothing after the last colon" },
	{ "tcp:127.0.0.1:http", NULL, "http is no port" },
	{ "tcp:127.0.0.1:65536", NULL, "65536 is no port" },
	{ "tcp:127.0.0.1:-1", NULL, "-1 is no port" },
	{ "tcp:127.0.0.1: 1", NULL, "no port" },
	{ "tcp:127.0.0.1:80x", NULL, "80x is no port" },
	{ "tcp::80", NULL, "no IP address" },
	{ "tcp:300.0.0.1:80", NULL, "no IP address" },
	{ "tcp:web.example:80", NULL, "no IP address" },
	{ "tcp:" X40 X40 ":80", NULL, "no IP address" },
	{ "tcp:::1:80", NULL, "in brackets" },
	{ "tcp:[::1:80", NULL, "in brackets" },
	{ "tcp:[::1]x:80", NULL, "in brackets" },
	{ "tcp:[::g]:80", NULL, "no IP address" },
	{ "tcp:a\nb\033[m:80", NULL, "no IP address" },
	{ "unix:", NULL, "1 to 107 bytes" },
	{ "unix:@", NULL, "1 to 107 bytes" },
	{ "unix:" X40 X40 X40, NULL, "1 to 107 bytes" },
	{ "unix:" X40 X40 X40 X40, NULL, "too long" },
	{ "tcp:*:80", "mode=shared", "cannot be asked for" },
	{ "tcp:*:80", "backlog=0", "backlog is 1 to 65535" },
	{ "tcp:*:80", "backlog=70000", "backlog is 1 to 65535" },
	{ "tcp:*:80", "backlog=x", "backlog is 1 to 65535" },
	{ "unix:/a", "socket-mode=0660", NULL },
	{ "unix:/a", "socket-mode=666,mode=rr", NULL },
	{ "unix:/a", "socket-mode=0", "1 to 0777" },
	{ "unix:/a", "socket-mode=0668", "1 to 0777" },
	{ "unix:/a", "socket-mode=1777", "1 to 0777" },
	{ "unix:/a", "socket-mode=rw", "1 to 0777" },
	{ "unix:@a", "socket-mode=0660", "here is none" },
	{ "tcp:*:80", "socket-mode=0660", "here is none" },
	{ "tcp:*:80", "reuse", "unknown option reuse" },
	{ "unix:/a", "mode=spread", "leave mode= out" },
	{ "tcp:*:80", "mode=sticky", "sticky needs a key" },
	{ "tcp:*:80", "mode=sticky:", "sticky needs a key" },
	{ "tcp:*:80", "mode=stickya", "there is no mode 'stickya'" },
	{ "tcp:*:80", "mode=sticky:ip", "sticky by 'ip' is not known" },
	{ "tcp:*:80", "mode=sticky:addr/0", "1 to 32 bits" },
	{ "tcp:*:80", "mode=sticky:addr/33", "1 to 32 bits" },
	{ "tcp:*:80", "mode=sticky:addr/24x", "1 to 32 bits" },
	{ "tcp:*:80", "mode=sticky:addr/", "1 to 32 bits" },
	{ "tcp:[::1]:80", "mode=sticky:addr/129", "1 to 128" },
	{ "tcp:*:80", "mode=sticky:addr:x", "takes a prefix" },
	{ "unix:/a", "mode=sticky:addr", "has no address" },
	{ "tcp:*:80", "mode=sticky:cookie", "needs the name of a cookie" },
	{ "tcp:*:80", "mode=sticky:cookie:", "type mode=sticky:cookie:NAME" },
	{ "tcp:*:80", "mode=sticky:query:a=b", "the name of a parameter" },
	{ "tcp:*:80", "mode=sticky:cookie:" X40 X40, "1 to 63 letters" },
	{ "tcp:*:80", "mode=sticky:addr,mode=rr", "mode= is there twice" },
	{ "tcp:*:80", "mode=sticky:proxy,proxy=10.0.0.0/8", NULL },
	{ "unix:/a", "proxy=unix,mode=sticky:proxy", NULL },
	{ "tcp:*:80", "mode=sticky:proxy/24", "type mode=sticky:addr" },
	{ "unix:/a", "mode=sticky:proxy", "type mode=sticky:cookie:NAME" },
	{ "tcp:*:80", "mode=sticky:addr,strict,factor=2", "no effect" },
	{ "tcp:*:80", "factor=1.5,strict,mode=sticky:cookie:c", "no effect" },
	{ "tcp:*:80", "mode=sticky:addr,peek-ms=9", "no effect" },
	{ "tcp:*:80", "peek-bytes=99,mode=sticky:addr/24", "leave them out" },
	{ "tcp:*:80", "strict", "belong to mode=sticky:KEY" },
	{ "tcp:*:80", "mode=rr,factor=2", "belong to mode=sticky:KEY" },
	{ "tcp:*:80", "mode=sticky:addr,factor=0.5", "factor is 1 to 100" },
	{ "tcp:*:80", "mode=sticky:addr,factor=1.", "factor is 1 to 100" },
	{ "tcp:*:80", "mode=sticky:addr,factor=1.255", "factor is 1 to 100" },
	{ "tcp:*:80", "mode=sticky:addr,factor=101", "factor is 1 to 100" },
	{ "tcp:*:80", "mode=sticky:addr,peek-ms=0", "peek-ms is 1 to 60000" },
	{ "tcp:*:80", "mode=sticky:addr,peek-bytes=63", "64 to 65536" },
};

int
main(void)
{
	const char *name, *text, *bad;
	struct listener l;
	int err;

	for (const struct row *r = rows;
	    r < rows + sizeof(rows) / sizeof(*r); r++) {
		name = r->address != NULL ? r->address : "(none)";
		err = listener_parse(&l, r->address, r->options);
		if (!is_int(err, r->text ? -EINVAL : 0, "%s", name) ||
		    r->text == NULL)
			continue;
		text = cadre_error(err);
		for (bad = text; *bad >= ' ' || *bad < 0; bad++)
			;
		ok(strstr(text, r->text) != NULL && *bad == '\0',
		    "in one line: %s", text);
	}
	return done_testing();
}
