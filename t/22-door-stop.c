/* t/22-door-stop: who is let in at a door while the app stops is answered, and then refused */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <signal.h>

#include "t/lib/tap.h"
#include "t/lib/visit.h"

static void
stops(unsigned int listener, const char *what)
{
	struct app *a = visit_start(2, NULL);
	struct visitors *v[2];

	for (unsigned int i = 0; i < 2; i++)
		v[i] = visitors_begin(a, listener, i, 3);
	ok(visitors_go_on(v[0], 50) && visitors_go_on(v[1], 50),
	    "%s: clients come", what);
	kill(a->master, SIGTERM);
	is_int(app_wait_end(a), 0, "the master exits 0");
	is_int(visit(a, listener, 0), VISIT_REFUSED, "its door is refused");
	for (unsigned int i = 0; i < 2; i++) {
		visitors_end(v[i]);
		is_u64(v[i]->lost, 0, "seat %u: %u answered, none lost", i,
		    v[i]->answered);
	}
	app_free(a);
}

int
main(void)
{
	stops(VISIT_TCP, "tcp");
	stops(VISIT_UNIX, "unix");
	return done_testing();
}
