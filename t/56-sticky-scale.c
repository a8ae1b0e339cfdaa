/* t/56-sticky-scale: a seat more takes its share of the clients, one less gives away its own, and no other is moved */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <string.h>

#include "t/lib/scaled.h"
#include "t/lib/sticky.h"
#include "t/lib/tap.h"

enum { CLIENTS = 1000 };

static int seats[CLIENTS];

/* Who is led elsewhere than before; how many of these to, or from, `seat`. */
static int
moved(const struct app *a, int seat, int *ret_by_it)
{
	int moved = 0, by_it = 0, now;

	for (unsigned int i = 0; i < CLIENTS; i++) {
		now = sticky_visit(a, STICKY_CLIENT(i), NULL);
		moved += now != seats[i];
		by_it += now != seats[i] && (now == seat || seats[i] == seat);
		seats[i] = now;
	}
	*ret_by_it = by_it;
	return moved;
}

int
main(void)
{
	struct app *a = scaled_start("mode=sticky:addr", 4);
	int n, by_it, gone;

	ok(sticky_known(a, 32, 4), "all seats are known");
	(void)moved(a, 0, &by_it);
	is_int(moved(a, 0, &by_it), 0, "%d clients are led home", CLIENTS);
	scaled_to(a, 5);
	ok(sticky_known(a, 32, 5), "the new one is known");
	n = moved(a, 4, &by_it);
	ok(n > 0 && n <= 1.1 * CLIENTS / 5, "4 -> 5 moves %d of them", n);
	is_int(by_it, n, "to the new seat");
	scaled_to(a, 4);
	gone = app_seat_gone(a, 5);
	ok(gone >= 0 && sticky_known_without(a, 5, (unsigned int)gone),
	    "seat %d is taken away", gone);
	n = moved(a, gone, &by_it);
	ok(n > 0 && n <= 1.3 * CLIENTS / 5, "5 -> 4 moves %d", n);
	is_int(by_it, n, "those that were at home there");
	is_int(moved(a, gone, &by_it), 0, "and then nobody");
	is_int(app_stop(a), 0, "the master exits 0");
	return done_testing();
}
