/* t/41-proxied-unix: a proxy beside us, by a Unix socket, speaks for its clients as well, and for clients of Unix sockets */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>
#include <unistd.h>

#include "t/lib/introduced.h"
#include "t/lib/keeper.h"
#include "t/lib/tap.h"

static struct preface h;

static void
mode(const char *options, bool believed)
{
	struct app *a = keeper_start(2, introduced, options);
	char paths[216] = "/run/client";
	int fd;

	preface_tcp(&h, "192.0.2.1", 40000, "198.51.100.7", 443);
	fd = introduced_send(a, h.bytes, h.n);
	ok(introduced_as(fd, believed ? "192.0.2.1:40000 v2 via unix: to "
	    "198.51.100.7:443 " : "unix:"), "%s: of TCP", options);
	close(fd);
	preface_begin(&h, PREFACE_PROXY, 0x31, paths, sizeof(paths));
	strcpy((char *)h.bytes + h.n, "more");
	fd = introduced_send(a, h.bytes, h.n + 4);
	if (believed)
		ok(introduced_as(fd, "unix:/run/client v2 via unix: to unix: ")
		    && introduced_echoes(fd, "more"), "of a Unix socket");
	close(fd);
	fd = introduced_send(a, "GET /", 5);
	ok(believed ? introduced_closed(fd) : introduced_as(fd, "unix:") &&
	    introduced_echoes(fd, "GET /"), "a request alone");
	close(fd);
	ok(keeper_rests(a, 2), "no load is left");
	is_int(app_stop(a), 0, "the master exits 0");
}

int
main(void)
{
	mode("unix,mode=gate,proxy=unix", true);
	mode("unix,mode=rr,proxy=unix", true);
	mode("unix,mode=least", false);
	return done_testing();
}
