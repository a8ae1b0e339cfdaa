/* t/96-scale: 4, 2, 8 and 4 workers again, twenty times in each mode, and no client fails */
/* SPDX-License-Identifier: BSD-2-Clause */
#include "t/lib/clients.h"
#include "t/lib/scaled.h"
#include "t/lib/tap.h"

enum { ROUNDS = 20, CLIENTS = 4 };

static void
scales(const char *mode)
{
	struct app *a = scaled_start(mode, 4);
	struct clients *c = clients_begin(a, CLIENTS);

	for (unsigned int round = 1; round <= ROUNDS; round++) {
		scaled_to(a, 2);
		scaled_to(a, 8);
		scaled_to(a, 4);
		ok(clients_go_on(c, 200), "%s, round %u: clients go on", mode,
		    round);
	}
	clients_end(c);
	is_int((int)clients_failed(c), 0, "%s: of %u none failed", mode,
	    clients_answered(c));
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
