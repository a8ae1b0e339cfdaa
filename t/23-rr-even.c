/* t/23-rr-even: rr and least give 100 connections, one after another, to 4 workers exactly evenly */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <string.h>

#include "t/lib/keeper.h"
#include "t/lib/tap.h"

enum { WORKERS = 4, ASKED = 100 };

static const struct row {
	const char	*options;
	unsigned int	listeners;
} rows[] = {
	{ "mode=rr", 1 },
	{ "mode=least", 1 },
	{ "unix,mode=rr", 1 },
	{ "unix,mode=least", 1 },
	{ "mode=rr mode=rr", 2 },
	{ "mode=least mode=rr", 2 },
};

/* True: each seat answered as often. */
static bool
ask_all(struct app *a, unsigned int listener, const char *options)
{
	unsigned int seat, asked[WORKERS] = { 0 };
	char answer[64];
	bool even = true;

	if (a->port != 0)
		a->port = keeper_port(a, listener);
	/* By load: each when the last one's is gone; of equals it is in turn. */
	for (int i = 0; i < ASKED && (strstr(options, "least") == NULL ||
	    keeper_rests(a, WORKERS)); i++)
		if (app_ask(a, "hello\n", answer, sizeof(answer)) > 0 &&
		    sscanf(answer, "seat %u", &seat) == 1 && seat < WORKERS)
			asked[seat]++;
	for (seat = 0; seat < WORKERS; seat++)
		even &= asked[seat] == ASKED / WORKERS;
	return ok(even, "%s, listener %u: %u, %u, %u and %u", options, listener,
	    asked[0], asked[1], asked[2], asked[3]);
}

int
main(void)
{
	struct cadre_shm_intake intake;

	for (const struct row *r = rows; r < rows + sizeof(rows) /
	    sizeof(rows[0]); r++) {
		struct app *a = keeper_start(WORKERS, app_answer, r->options);

		for (unsigned int l = 0; l < r->listeners; l++) {
			ask_all(a, l, r->options);
			ok(cadre_region_intake(a->region, l, &intake) == 0 &&
			    intake.accepted == ASKED, "the acceptor took them");
		}
		is_int(app_stop(a), 0, "the master exits 0");
	}
	return done_testing();
}
