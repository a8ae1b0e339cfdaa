/* t/56-door-scaled: the door of a seat that is scaled away is refused, and none that was let in is lost */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "t/lib/restart.h"
#include "t/lib/tap.h"
#include "t/lib/visit.h"

/* What is told of the seat next is that it is shut, or open again. */
static bool
tells(struct app *a, unsigned int seat, const char *what)
{
	struct cadre_shm_event e;

	return app_wait_event(a, CADRE_EVENT_DOOR, seat, &e) &&
	    memmem(e.text, e.text_bytes, what, strlen(what)) != NULL;
}

static void
round_trip(struct app *a, unsigned int listener, struct visitors *v[3])
{
	unsigned int refused, seat;
	char why[300];

	for (int i = 0; i < 3; i++)
		ok(visitors_go_on(v[i], 20), "seat %d answers", i);
	is_int(ask_scale(a, 2, 0, why, sizeof(why)), 0, "one less%s", why);
	seat = (unsigned int)app_seat_gone(a, 3);
	ok(tells(a, seat, "shut, scaled away"), "seat %u is shut", seat);
	refused = v[seat]->refused;
	is_int(visit(a, listener, seat), VISIT_REFUSED, "it is refused");
	for (unsigned int i = 0; i < 3; i++)
		ok(i == seat || visitors_go_on(v[i], 20), "seat %u: %s", i,
		    i == seat ? "-" : "goes on");
	ok(visit_until(a, listener, seat, VISIT_REFUSED), "still");
	is_int(ask_scale(a, 3, 0, why, sizeof(why)), 0, "one more%s", why);
	ok(visit_until(a, listener, seat, (int)seat), "it answers again");
	ok(tells(a, seat, "open"), "which is told");
	ok(v[seat]->refused >= refused, "its clients have seen it");
}

static void
scales(unsigned int listener, const char *what)
{
	struct app *a = visit_start(3, NULL);
	struct visitors *v[3];

	for (unsigned int i = 0; i < 3; i++)
		v[i] = visitors_begin(a, listener, i, 2);
	for (int i = 0; i < 3; i++)
		round_trip(a, listener, v);
	for (unsigned int i = 0; i < 3; i++) {
		visitors_end(v[i]);
		is_u64(v[i]->lost, 0, "%s: seat %u: %u answered, %u elsewhere, "
		    "%u refused, none lost", what, i, v[i]->answered,
		    v[i]->elsewhere, v[i]->refused);
	}
	is_int(app_stop(a), 0, "the master exits 0");
}

int
main(void)
{
	scales(VISIT_TCP, "tcp");
	scales(VISIT_UNIX, "unix");
	return done_testing();
}
