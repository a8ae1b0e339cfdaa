/* t/28-sticky-pause: many clients who are all at home in one seat stay there, however loaded it is beside the others */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <unistd.h>

#include "t/lib/keeper.h"
#include "t/lib/sticky.h"
#include "t/lib/tap.h"

enum { WORKERS = 3, CLIENTS = 400, HOT = 600 };

/* The i-th client of those whose home is seat 0. */
static uint32_t
client(unsigned int i)
{
	unsigned int k = 0;

	for (;; k++)
		if (sticky_home_of(STICKY_CLIENT(k), 32, WORKERS) == 0 &&
		    i-- == 0)
			return STICKY_CLIENT(k);
}

static int
enter(const struct app *a, uint32_t from, int *ret_fd)
{
	*ret_fd = sticky_connect(a, from);
	return *ret_fd >= 0 ? keeper_greeted(*ret_fd) : *ret_fd;
}

int
main(void)
{
	struct app *a = keeper_start(WORKERS, keeper, "mode=sticky:addr");
	int fds[CLIENTS + HOT], home = 0, away = 0, again = 0, fd;

	while (enter(a, client(0), &fds[0]) != 0)
		close(fds[0]);
	close(fds[0]);
	ok(keeper_rests(a, WORKERS), "all are known");
	for (unsigned int i = 0; i < CLIENTS; i++)
		home += enter(a, client(i), &fds[i]) == 0;
	is_int(home, CLIENTS, "%d clients are all at home in one seat of %d",
	    CLIENTS, WORKERS);
	for (int i = CLIENTS; i < CLIENTS + HOT; i++)
		away += enter(a, client(CLIENTS), &fds[i]) != 0;
	ok(away > HOT / 2, "of %d of one more %d are led on", HOT, away);
	for (unsigned int i = 0; i < CLIENTS; i++) {
		again += enter(a, client(i), &fd) == 0;
		close(fd);
	}
	is_int(again, CLIENTS, "and the others come home as before");
	for (int i = 0; i < CLIENTS + HOT; i++)
		close(fds[i]);
	ok(keeper_rests(a, WORKERS), "all leave");
	is_int(app_stop(a), 0, "the master exits 0");
	return done_testing();
}
