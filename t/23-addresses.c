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
	{ "tcp:*:80", "reuse", "unknown option reuse" },
	{ "unix:/a", "mode=spread", "leave mode= out" },
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
