/* t/28-sticky-bound: one key of many is spread when it loads its home over the factor, and only then */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "t/lib/keeper.h"
#include "t/lib/sticky.h"
#include "t/lib/tap.h"

enum { WORKERS = 4, FEW = 8, MANY = 2000 };

static unsigned int
enter(const struct app *a, int *fds, unsigned int n, unsigned int got[WORKERS])
{
	unsigned int most = 0;
	int seat;

	for (unsigned int k = 0; k < WORKERS; k++)
		got[k] = 0;
	for (unsigned int i = 0; i < n; i++) {
		fds[i] = sticky_connect(a, STICKY_CLIENT(0));
		seat = fds[i] >= 0 ? keeper_greeted(fds[i]) : -1;
		if (seat >= 0)
			got[seat]++;
	}
	for (unsigned int k = 0; k < WORKERS; k++)
		most = got[k] > most ? got[k] : most;
	return most;
}

static void
leave(struct app *a, int *fds, unsigned int n)
{
	for (unsigned int i = 0; i < n; i++)
		close(fds[i]);
	ok(keeper_rests(a, WORKERS), "all leave");
}

static void
crowd(const char *options, double factor)
{
	struct app *a = keeper_start(WORKERS, keeper, options);
	unsigned int home = (unsigned int)sticky_home_of(STICKY_CLIENT(0), 32,
	    WORKERS), got[WORKERS], most, total = 0;
	int *fds = calloc(MANY, sizeof(*fds));

	ok(fds != NULL && keeper_rests(a, WORKERS), "%s", options);
	while (enter(a, fds, 1, got) != 1 || got[home] != 1)
		close(fds[0]);
	leave(a, fds, 1);
	enter(a, fds, FEW, got);
	is_int((int)got[home], FEW, "a few stay together");
	leave(a, fds, FEW);
	most = enter(a, fds, MANY, got);
	for (unsigned int k = 0; k < WORKERS; k++)
		total += got[k];
	is_int((int)total, MANY, "all are greeted");
	if (factor == 0)
		is_int((int)got[home], MANY, "by their home");
	else
		ok(most == got[home] && most <= factor * MANY / WORKERS + 1 &&
		    most > MANY / WORKERS, "their home has %u, the others %u, "
		    "%u, %u", most, got[(home + 1) % 4], got[(home + 2) % 4],
		    got[(home + 3) % 4]);
	leave(a, fds, MANY);
	free(fds);
	is_int(app_stop(a), 0, "the master exits 0");
}

int
main(void)
{
	crowd("mode=sticky:addr", 1.25);
	crowd("mode=sticky:addr,factor=2", 2);
	crowd("mode=sticky:addr,factor=0", 0);
	crowd("mode=sticky:addr,strict", 0);
	return done_testing();
}
