/* t/56-scale: more and fewer workers while clients come, and none of them fails */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>

#include "t/lib/clients.h"
#include "t/lib/restart.h"
#include "t/lib/scaled.h"
#include "t/lib/tap.h"

static void
scales(const char *mode)
{
	static const unsigned int counts[] = { 2, 8, 4, 1, 4 };
	struct app *a = scaled_start(mode, 4);
	struct clients *c = clients_begin(a, 2);
	char why[300];

	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		scaled_to(a, counts[i]);
		ok(clients_go_on(c, 20), "clients go on");
	}
	clients_end(c);
	is_int((int)clients_failed(c), 0, "%s: of %u clients none failed", mode,
	    clients_answered(c));
	is_int(ask_scale(a, -1, 1, why, sizeof(why)), 0, "%s: one less", mode);
	ok(scaled_is(a, 3), "%s: three", mode);
	is_int(ask_scale(a, -3, 1, why, sizeof(why)), -EINVAL,
	    "%s: not to none: %s", mode, why);
	is_int(ask_scale(a, SCALED_SEATS + 1, 0, why, sizeof(why)), -ENOSPC,
	    "%s: nor beyond the seats: %s", mode, why);
	is_int(app_stop(a), 0, "%s: the master exits 0", mode);
}

int
main(void)
{
	scales("mode=spread");
	scales("mode=gate");
	scales("mode=rr");
	return done_testing();
}
