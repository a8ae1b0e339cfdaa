/* t/87-load-errors: cadre-load tells its classes of errors apart */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>

#include "t/lib/stub.h"
#include "t/lib/tap.h"

enum class { REFUSED, RESET, TIMEOUT, SHORT, BAD, SHED, LOCAL, CLASSES };

static const char *const names[CLASSES] = {
	"refused", "reset", "timeout", "short", "bad", "shed", "local",
};

static const struct row {
	const char	*what;
	enum class	class;
	struct stub_plan plan;
} rows[] = {
	{ "a reset instead of an answer", RESET,
	    { .answer = "", .after = STUB_RESET } },
	{ "no answer", TIMEOUT, { .after = STUB_MUTE } },
	{ "no byte, then the end", SHORT,
	    { .answer = "", .after = STUB_CLOSE } },
	{ "half a body, then the end", SHORT,
	    { .answer = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf",
		.after = STUB_CLOSE } },
	{ "half a head, then the end", SHORT,
	    { .answer = "HTTP/1.1 200 O", .after = STUB_CLOSE } },
	{ "no HTTP", BAD, { .answer = "hello\n" } },
	{ "404", BAD,
	    { .answer = "HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n" } },
	{ "503", SHED,
	    { .answer = "HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n" } },
};

static void
all_are(json_t *j, enum class class, const char *what)
{
	char path[32];

	for (enum class i = 0; i < CLASSES; i++) {
		snprintf(path, sizeof(path), "errors.%s", names[i]);
		is_int(json_int_at(j, path), i == class ? 5 : 0,
		    "%s: %s", what, names[i]);
	}
	is_int(json_int_at(j, "ok"), 0, "%s: not ok", what);
	is_int(json_int_at(j, "sent"), 5, "%s: all are counted", what);
	json_decref(j);
}

int
main(void)
{
	const struct stub nobody = { .address = "tcp:255.255.255.255:9" };
	struct command c;
	struct stub s;

	for (const struct row *r = rows;
	    r < rows + sizeof(rows) / sizeof(rows[0]); r++) {
		stub_start(&s, &r->plan);
		all_are(LOAD(&c, &s, "-r", "50", "-d", "0.1", "-t", "100"),
		    r->class, r->what);
		is_int(c.code, 0, "%s: it is a figure", r->what);
		stub_stop(&s);
	}
	all_are(LOAD(&c, &s, "-r", "50", "-d", "0.1"), REFUSED,
	    "nobody listens");
	is_int(c.code, 0, "nobody listens: it is a figure");
	json_decref(LOAD(&c, &s, "-r", "50", "-d", "0.1",
	    "--expect-no-errors"));
	is_int(c.code, 1, "with --expect-no-errors it is exit 1");
	all_are(LOAD(&c, &nobody, "-r", "50", "-d", "0.1"), LOCAL,
	    "no way there");
	is_int(c.code, 1, "no way there: our own fault, exit 1");
	return done_testing();
}
