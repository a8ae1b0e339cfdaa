/* t/28-shed-last: one at its limit shows it, and sheds nothing while another has room */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <unistd.h>

#include "t/lib/server.h"
#include "t/lib/tap.h"

#define WORKERS	2
#define LIMIT	3

static void
config(struct cadre_master *m, void *arg)
{
	(void)arg;
	server_config(m, getenv("T_MODE"));
	server_set(m, CADRE_WORKER_CONNECTIONS, LIMIT);
	server_set(m, CADRE_OVERLOAD, CADRE_OVERLOAD_SHED);
}

/* True: the master knows that all are at their limit, or that none is. */
static bool
are_full(struct app *a, bool want)
{
	struct cadre_seat_view v;

	for (unsigned int i = 0; i < WORKERS; i++)
		if (!app_seat(a, i, &v) ||
		    ((v.newest.life.flags & CADRE_LIFE_FULL) != 0) != want)
			return false;
	return true;
}

static bool
all_full(void *a)
{
	return are_full(a, true);
}

static bool
none_full(void *a)
{
	return are_full(a, false);
}

static void
sheds(const char *mode)
{
	int fds[WORKERS * LIMIT];
	struct app *a;
	int fd;

	setenv("T_MODE", mode, 1);
	a = app_start_with(WORKERS, server_run, config, NULL);
	ok(server_all_up(a, WORKERS), "%s: the workers are up", mode);
	for (int i = 0; i < WORKERS * LIMIT; i++)
		fds[i] = server_open(a, "hello\n");
	for (int i = 0; i < WORKERS * LIMIT; i++)
		ok(server_answer(fds[i], NULL, NULL) == 0, "%s: %d has a place",
		    mode, i);
	is_u64(app_total(a, "shed"), 0, "%s: none was shed", mode);
	ok(app_until(all_full, a), "%s: both are at their limit, and say so",
	    mode);
	fd = server_open(a, "hello\n");
	ok(fd < 0 || server_answer(fd, NULL, NULL) < 0, "%s: one more is shed",
	    mode);
	close(fd);
	for (int i = 0; i < WORKERS * LIMIT; i++)
		close(fds[i]);
	ok(app_until(none_full, a), "%s: they have room again", mode);
	fd = server_open(a, "hello\n");
	ok(server_answer(fd, NULL, NULL) == 0, "%s: and answer", mode);
	close(fd);
	is_int(app_stop(a), 0, "%s: the master exits 0", mode);
}

int
main(void)
{
	sheds("spread");
	sheds("gate");
	return done_testing();
}
