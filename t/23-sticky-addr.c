/* t/23-sticky-addr: mode=sticky:addr leads each address to its home, again and again, and a prefix to one home */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <string.h>

#include "t/lib/keeper.h"
#include "t/lib/sticky.h"
#include "t/lib/tap.h"

enum { WORKERS = 4, CLIENTS = 200, VISITS = 3 };

/* All of them, each some times; how many were led elsewhere than home. */
static int
strays(const struct app *a, unsigned int bits)
{
	int strays = 0;

	for (unsigned int i = 0; i < CLIENTS; i++)
		for (int k = 0; k < VISITS; k++)
			strays += sticky_visit(a, STICKY_CLIENT(i), NULL) !=
			    sticky_home_of(STICKY_CLIENT(i), bits, WORKERS);
	return strays;
}

static void
lead(const char *options, unsigned int bits)
{
	struct app *a = keeper_start(WORKERS, app_answer, options);
	struct cadre_shm_intake before, in;
	struct cadre_shm_listener l;
	unsigned int seat, seen = 0;

	ok(sticky_known(a, bits, WORKERS) &&
	    cadre_region_intake(a->region, 0, &before) == 0,
	    "all seats are known");
	is_int(strays(a, bits), 0, "%s: all come home, each time", options);
	for (unsigned int i = 0; i < CLIENTS; i++) {
		seat = (unsigned int)sticky_home_of(STICKY_CLIENT(i), bits,
		    WORKERS);
		seen |= 1U << seat;
	}
	ok(bits < 32 || seen == (1U << WORKERS) - 1, "to all seats");
	ok(cadre_region_intake(a->region, 0, &in) == 0 && in.away ==
	    before.away && in.unkeyed == 0, "none was led away, none had no key");
	ok(cadre_region_listener(a->region, 0, &l) == 0 &&
	    strncmp(l.mode, "sticky:addr", 11) == 0, "its mode is %s", l.mode);
	is_int(app_stop(a), 0, "the master exits 0");
}

int
main(void)
{
	lead("mode=sticky:addr", 32);
	lead("mode=sticky:addr/16", 16);
	lead("mode=sticky:addr,strict", 32);
	return done_testing();
}
