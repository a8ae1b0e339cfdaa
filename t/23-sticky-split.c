/* t/23-sticky-split: a request that comes in two pieces, cut at every byte, or in single bytes, is led home by its key */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <string.h>

#include <netinet/tcp.h>
#include <sys/socket.h>

#include "t/lib/keeper.h"
#include "t/lib/sticky.h"
#include "t/lib/tap.h"

enum { WORKERS = 4 };

/* The last byte of each but the last piece is sent apart from the next. */
static int
come(const struct app *a, const char *request, size_t first, size_t step)
{
	size_t n = strlen(request), take = first;
	struct sticky_answer answer;
	int fd = sticky_connect(a, 0), on = 1;

	if (fd < 0)
		return fd;
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	for (size_t at = 0; at < n; at += take, take = step) {
		take = take < n - at ? take : n - at;
		if (send(fd, request + at, take, MSG_NOSIGNAL) !=
		    (ssize_t)take)
			break;
	}
	return sticky_ask(fd, NULL, &answer) == 0 && answer.bytes == n ?
	    (int)answer.seat : -1;
}

static void
cut(const char *options, const char *before, const char *behind)
{
	struct app *a = keeper_start(WORKERS, sticky_web, options);
	char request[256], key[16];
	int home, right = 0, all = 0;

	ok(sticky_seated(a, WORKERS), "%s: all seats are known", options);
	for (unsigned int i = 0; i < 3; i++) {
		snprintf(key, sizeof(key), "key%u", i);
		snprintf(request, sizeof(request), "%s%s%s", before, key,
		    behind);
		home = sticky_home_of_text(key, WORKERS);
		for (size_t at = 1; at < strlen(request); at++, all++)
			right += come(a, request, at, 1000) == home;
		right += come(a, request, 1, 1) == home;
		all++;
	}
	is_int(right, all, "wherever it is cut it comes home, and whole");
	is_int(app_stop(a), 0, "the master exits 0");
}

int
main(void)
{
	cut("mode=sticky:cookie:sid,peek-ms=20000", "GET /a?sid=x HTTP/1.1\r\n"
	    "Host: x\r\nCookie: a=b; sid=\"", "\"; sid=c\r\n\r\n");
	cut("mode=sticky:query:sid,peek-ms=20000", "GET /?s=&si%64=",
	    "&sid=c HTTP/1.1\r\nCookie: sid=x\r\n\r\n");
	return done_testing();
}
