/* SPDX-License-Identifier: BSD-2-Clause */
/* See capacity.h. */
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include <sys/mman.h>
#include <sys/prctl.h>

#include "shm/atomic.h"
#include "t/lib/capacity.h"
#include "t/lib/tap.h"

struct capacity {		/* shared with the process that looks */
	uint64_t	looks, least;	/* its words */
	pid_t		pid;
};

/*
 * In a reload the one that is up may be the elder. The two rows are read one
 * after the other, and meanwhile one may have passed to the other what the
 * first look missed: it had it, then, at the second.
 */
static bool
is_served(const struct app *a, unsigned int seat)
{
	struct cadre_seat_view v;

	for (int look = 0; look < 2; look++)
		if (app_seat(a, seat, &v) &&
		    (v.newest.life.state == CADRE_STATE_UP ||
		    v.draining.life.state == CADRE_STATE_UP))
			return true;
	return false;
}

static void
look(const struct app *a, unsigned int seats, struct capacity *c)
{
	uint64_t n = 0;

	for (unsigned int i = 0; i < seats; i++)
		n += is_served(a, i);
	if (c->looks == 0 || n < c->least)
		shm_store(&c->least, n);
	shm_store(&c->looks, c->looks + 1);
}

static bool
has_looked(void *arg)
{
	return shm_load(&((struct capacity *)arg)->looks) > 0;
}

struct capacity *
capacity_begin(const struct app *a)
{
	struct capacity *c = mmap(NULL, sizeof(*c), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	struct cadre_app app;
	pid_t pid;

	if (c == MAP_FAILED || cadre_region_app(a->region, &app) < 0)
		bail_out("cannot look at the app");
	pid = fork();
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		for (;;) {
			look(a, app.max_workers, c);
			poll(NULL, 0, 1);
		}
	}
	c->pid = pid;			/* not the child's 0 */
	if (pid < 0 || !app_until(has_looked, c))
		bail_out("nobody looks at the app");
	return c;
}

int
capacity_end(struct capacity *c)
{
	int least;

	kill(c->pid, SIGKILL);
	app_end_of(c->pid);
	least = (int)c->least;
	munmap(c, sizeof(*c));
	return least;
}
