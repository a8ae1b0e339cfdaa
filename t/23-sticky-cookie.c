/* t/23-sticky-cookie: the cookie or parameter that a worker made leads back to it, from wherever, and the stream is untouched */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <string.h>

#include "t/lib/keeper.h"
#include "t/lib/sticky.h"
#include "t/lib/tap.h"

enum { WORKERS = 4, CLIENTS = 100, VISITS = 3 };

struct counts { int answered, back, homes, whole; };

/* One client: without a key, then with it, from other addresses each time. */
static void
come(const struct app *a, unsigned int i, bool query, struct counts *c)
{
	struct sticky_answer first, next;
	char key[128], target[160] = "/a?x=1", cookie[160];

	if (sticky_get(a, STICKY_CLIENT(i), target, NULL, &first) < 0)
		return;
	c->answered++;
	c->homes += sticky_home_of_text(first.id, WORKERS) == (int)first.seat;
	snprintf(key, sizeof(key), "sid=%s", first.id);
	snprintf(cookie, sizeof(cookie), "a=b; %s; sid=other", key);
	if (query)
		snprintf(target, sizeof(target), "/a?x=1&%s&sid=other", key);
	for (unsigned int k = 1; k <= VISITS; k++) {
		if (sticky_get(a, STICKY_CLIENT(i + CLIENTS * k), target,
		    query ? NULL : cookie, &next) < 0)
			continue;
		c->answered++;
		c->back += next.seat == first.seat;
		c->whole += next.bytes == strlen("GET  HTTP/1.1\r\nHost: x\r\n"
		    "\r\n") + strlen(target) + (query ? 0 : strlen(cookie) +
		    strlen("Cookie: \r\n"));
	}
}

static void
lead(const char *options, bool query)
{
	struct app *a = keeper_start(WORKERS, sticky_web, options);
	struct counts c = { 0 };

	ok(sticky_seated(a, WORKERS), "%s: all seats are known", options);
	for (unsigned int i = 0; i < CLIENTS; i++)
		come(a, i, query, &c);
	is_int(c.answered, CLIENTS * (1 + VISITS), "all are answered");
	is_int(c.homes, CLIENTS, "each identifier is at home where it was made");
	is_int(c.back, CLIENTS * VISITS, "and leads back there");
	is_int(c.whole, CLIENTS * VISITS, "what was peeked at is read whole");
	is_int(app_stop(a), 0, "the master exits 0");
}

int
main(void)
{
	lead("mode=sticky:cookie:sid", false);
	lead("mode=sticky:query:sid", true);
	lead("unix,mode=sticky:cookie:sid", false);
	return done_testing();
}
