/* t/85-front-sessions: sessions in heaps are wrong behind a proxy that takes any worker, and right by the doors of seats; a seat that goes takes its own alone */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "t/lib/front.h"
#include "t/lib/jar.h"
#include "t/lib/restart.h"
#include "t/lib/tap.h"

/* In turn, of three: so each meets another worker each time. */
enum { CLIENTS = 25, VISITS = 6 };

static struct jar jars[CLIENTS];

/* How many answers were not "so often were you here". */
static unsigned int
wrong(const struct front *f, unsigned int visits, unsigned int *ret_failed)
{
	unsigned int n = 0;

	for (unsigned int v = 0; v < visits; v++)
		for (unsigned int i = 0; i < CLIENTS; i++) {
			if (!jar_visit(f, &jars[i]))
				++*ret_failed;
			n += jars[i].count != ++jars[i].visits;
			jars[i].visits = jars[i].count;
		}
	return n;
}

static struct app *
start(void)
{
	char *argv[] = { "sessions", "-n", "app", "-i", "3", "-l",
	    "tcp:127.0.0.1:0,mode=rr", "--seat-listen",
	    "tcp:127.0.0.1:0+N,stalled=wait", "--store=heap", NULL };

	return example_start("sessions", 3, argv, NULL);
}

static void
right(struct app *a, const char *proxy)
{
	unsigned int failed = 0, theirs = 0, seat;
	struct front f;
	char why[300];

	memset(jars, 0, sizeof(jars));
	front_start(&f, a, proxy, "cookie");
	is_u64(wrong(&f, VISITS, &failed), 0, "%s by its doors: none of %u "
	    "answers is wrong", proxy, CLIENTS * VISITS);
	is_int(ask_scale(a, 2, 0, why, sizeof(why)), 0, "one less%s", why);
	seat = (unsigned int)app_seat_gone(a, 3);
	for (unsigned int i = 0; i < CLIENTS; i++)
		theirs += jars[i].seat == seat;
	is_u64(wrong(&f, VISITS, &failed), theirs, "the %u who were at seat %u "
	    "begin anew, once; no others", theirs, seat);
	is_u64(failed, 0, "no request failed");
	is_int(ask_scale(a, 3, 0, why, sizeof(why)), 0, "one more%s", why);
	ok(app_wait_state(a, seat, CADRE_STATE_UP), "it is back");
	front_stop(&f);
}

int
main(void)
{
	unsigned int failed = 0;
	struct front f;
	struct app *a;

	if (!front_has("nginx") || !front_has("haproxy"))
		skip_all("no nginx, or no haproxy");
	a = start();
	front_start(&f, a, "nginx", "any");
	ok(wrong(&f, VISITS, &failed) > CLIENTS, "any worker: many are wrong");
	is_u64(failed, 0, "though no request failed");
	front_stop(&f);
	right(a, "nginx");
	right(a, "haproxy");
	is_int(app_stop(a), 0, "the master exits 0");
	return done_testing();
}
