/* t/56-scale: more and fewer workers while clients come, and none of them fails */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include <sys/mman.h>

#include "t/lib/app.h"
#include "t/lib/restart.h"
#include "t/lib/tap.h"

#define SEATS	8

static unsigned int *asked;	/* shared: answered, failed */

static void
config(struct cadre_master *m, void *arg)
{
	if (cadre_master_listen(m, "tcp:127.0.0.1:0", arg) < 0 ||
	    cadre_master_set(m, CADRE_MAX_WORKERS, SEATS) < 0)
		exit(99);
}

static pid_t
clients(const struct app *a)
{
	char answer[64];
	pid_t pid = fork();

	while (pid == 0)
		__atomic_add_fetch(&asked[app_ask(a, "hello\n", answer,
		    sizeof(answer)) < 0], 1, __ATOMIC_RELAXED);
	return pid;
}

struct want {
	struct app	*app;
	unsigned int	workers;
};

/* As many up, the rest without a worker. */
static bool
is_scaled(void *arg)
{
	const struct want *w = arg;
	struct cadre_seat_view v;
	unsigned int up = 0, others = 0;

	for (unsigned int i = 0; i < SEATS; i++) {
		if (!app_seat(w->app, i, &v))
			return false;
		up += v.state == CADRE_STATE_UP;
		others += v.has_draining || (v.state != CADRE_STATE_UP &&
		    v.state != CADRE_STATE_EMPTY);
	}
	return up == w->workers && others == 0;
}

static void
scale(struct app *a, int n, const char *mode)
{
	struct want w = { a, (unsigned int)n };
	char why[300];

	is_int(ask_scale(a, n, 0, why, sizeof(why)), 0, "%s: %d workers%s",
	    mode, n, why);
	ok(app_until(is_scaled, &w), "%s: and so it is", mode);
}

static void
scales(const char *mode)
{
	static const int counts[] = { 2, 8, 1, 4 };
	struct app *a;
	pid_t pid[2];
	char why[300];

	asked[0] = asked[1] = 0;
	a = app_start_with(4, app_answer, config, (void *)(uintptr_t)mode);
	for (unsigned int i = 0; i < 4; i++)
		ok(app_wait_state(a, i, CADRE_STATE_UP), "%s: seat %u", mode, i);
	for (int i = 0; i < 2; i++)
		pid[i] = clients(a);
	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++)
		scale(a, counts[i], mode);
	for (int i = 0; i < 2; i++) {
		kill(pid[i], SIGKILL);
		app_end_of(pid[i]);
	}
	is_int((int)asked[1], 0, "%s: of %u clients none failed", mode,
	    asked[0]);
	is_int(ask_scale(a, -1, 1, why, sizeof(why)), 0, "%s: one less", mode);
	ok(app_until(is_scaled, &(struct want){ a, 3 }), "%s: three", mode);
	is_int(ask_scale(a, -3, 1, why, sizeof(why)), -EINVAL,
	    "%s: not to none: %s", mode, why);
	is_int(ask_scale(a, SEATS + 1, 0, why, sizeof(why)), -ENOSPC,
	    "%s: nor beyond the seats: %s", mode, why);
	is_int(app_stop(a), 0, "%s: the master exits 0", mode);
}

int
main(void)
{
	asked = mmap(NULL, 2 * sizeof(*asked), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	scales("mode=spread");
	scales("mode=gate");
	scales("mode=rr");
	return done_testing();
}
