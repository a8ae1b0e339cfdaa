/* t/29-idle-modes: in every mode, after connections came and went, no worker and no acceptor ever wakes */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <unistd.h>

#include "t/lib/keeper.h"
#include "t/lib/probe.h"
#include "t/lib/tap.h"

enum { WORKERS = 4, ASKED = 12, BEATS = 1 };

static struct app *
begin(const char *options)
{
	struct app *a = keeper_start(WORKERS, keeper, options);
	unsigned int seat;
	int fds[ASKED];

	for (int i = 0; i < ASKED; i++)
		fds[i] = keeper_enter(a, &seat);
	for (int i = 0; i < ASKED; i++)
		close(fds[i]);
	ok(keeper_rests(a, WORKERS), "%s: it rests", options);
	return a;
}

int
main(void)
{
	static const char *const rows[] = { "mode=gate", "mode=spread",
	    "mode=rr", "mode=least", "mode=sticky:addr",
	    "mode=sticky:cookie:sid,peek-ms=20", "unix,mode=gate mode=rr" };
	enum { ROWS = sizeof(rows) / sizeof(rows[0]) };
	struct app *apps[ROWS];
	long before[ROWS][WORKERS + 1], woke;
	pid_t pid;

	for (int i = 0; i < ROWS; i++)
		apps[i] = begin(rows[i]);
	ok(probe_beats(apps[ROWS - 1], 1), "all is quiet");
	for (int look = 0; look < 2; look++) {
		for (int i = 0; i < ROWS; i++)
			for (unsigned int k = 0; k <= WORKERS; k++) {
				pid = k < WORKERS ? app_pid(apps[i], k) :
				    keeper_acceptor(apps[i]);
				woke = probe_switches(pid);
				if (look == 0)
					before[i][k] = woke;
				else
					is_int(woke - before[i][k], 0,
					    "%s: %s %u does not wake", rows[i],
					    k < WORKERS ? "seat" : "acceptor",
					    k);
			}
		ok(look > 0 || probe_beats(apps[0], BEATS), "time passes");
	}
	for (int i = 0; i < ROWS; i++)
		is_int(app_stop(apps[i]), 0, "the master exits 0");
	return done_testing();
}
