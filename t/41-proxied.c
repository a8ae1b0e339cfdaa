/* t/41-proxied: in every mode the peer is who a PROXY header says, and the bytes behind it are the application's */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "t/lib/introduced.h"
#include "t/lib/keeper.h"
#include "t/lib/tap.h"

#define VIA	" via 127.0.0.1 to 198.51.100.7:443 "

static struct preface h;
static const char bytes[3000];	/* of a long value */

/* It sends the header with n bytes first, then what is left, and more. */
static bool
is_taken_for(const struct app *a, size_t first, const char *want)
{
	int fd = introduced_send(a, h.bytes, first);
	bool good;

	if (first < h.n)
		(void)!send(fd, h.bytes + first, h.n - first, MSG_NOSIGNAL);
	(void)!send(fd, "GET / PROXY\r\n", 13, MSG_NOSIGNAL);
	good = introduced_as(fd, want) &&
	    introduced_echoes(fd, "GET / PROXY\r\n");
	close(fd);
	return good;
}

static bool
at_once(const struct app *a, const void *more, const char *want)
{
	int fd;
	bool good;

	memcpy(h.bytes + h.n, more, strlen(more));
	fd = introduced_send(a, h.bytes, h.n + strlen(more));
	good = introduced_as(fd, want) && introduced_echoes(fd, more);
	close(fd);
	return good;
}

static void
mode(const char *options)
{
	struct app *a = keeper_start(2, introduced, options);
	bool good = true;

	preface_line(&h, "PROXY TCP4 192.0.2.1 198.51.100.7 40000 443");
	ok(at_once(a, "x", "192.0.2.1:40000 v1" VIA), "%s: v1", options);
	for (size_t i = 1; i < h.n; i++)
		good &= is_taken_for(a, i, "192.0.2.1:40000 v1" VIA);
	ok(good, "%s: v1 in two parts, at every byte", options);
	preface_line(&h, "PROXY UNKNOWN");
	ok(at_once(a, "xy", "127.0.0.1 v1 via 127.0.0.1 to nobody "),
	    "%s: v1, UNKNOWN: the real one", options);
	preface_tcp(&h, "2001:db8::1", 40000, "2001:db8::2", 443);
	preface_tlv(&h, 2, "example.org", 11);
	preface_crc32c(&h);
	good = true;
	for (size_t i = 1; i <= h.n; i += 5)
		good &= is_taken_for(a, i, "2001:db8::1:40000 v2 via "
		    "127.0.0.1 to 2001:db8::2:443 example.org");
	ok(good, "%s: v2 in two parts, with a value", options);
	preface_begin(&h, PREFACE_LOCAL, 0, "", 0);
	ok(at_once(a, "PROXY TCP4 ", "127.0.0.1 v2 via 127.0.0.1 to nobody "),
	    "%s: v2, LOCAL: the real one, and what looks like a second header",
	    options);
	preface_tcp(&h, "192.0.2.1", 40000, "198.51.100.7", 443);
	preface_tlv(&h, 0xe0, bytes, sizeof(bytes));
	ok(is_taken_for(a, 1500, "192.0.2.1:40000 v2" VIA),
	    "%s: v2, a long one", options);
	ok(keeper_rests(a, 2), "%s: no load is left", options);
	is_u64(app_total(a, "accepted"), app_total(a, "requests"),
	    "%s: all were given to the application", options);
	is_int(app_stop(a), 0, "%s: the master exits 0", options);
}

static void
stranger(const char *options)
{
	struct app *a = keeper_start(1, introduced, options);

	int fd = introduced_line(a, "PROXY TCP4 192.0.2.1 198.51.100.7 1 2");

	ok(introduced_as(fd, "127.0.0.1") && introduced_echoes(fd,
	    "PROXY TCP4 192.0.2.1 198.51.100.7 1 2\r\n"),
	    "%s: who is not in the list is who it is, to the byte", options);
	close(fd);
	is_int(app_stop(a), 0, "%s: the master exits 0", options);
}

int
main(void)
{
	mode("mode=gate,proxy=127.0.0.0/8");
	mode("mode=spread,proxy=10.0.0.0/8+127.0.0.1");
	mode("mode=rr,proxy=::1+127.0.0.1");
	mode("mode=least,proxy=0.0.0.0/0");
	mode("mode=sticky:addr,proxy=127.0.0.1");
	stranger("mode=gate,proxy=10.0.0.0/8+127.0.0.2+::/0");
	stranger("mode=rr,proxy=10.0.0.0/8");
	stranger("mode=spread");
	return done_testing();
}
