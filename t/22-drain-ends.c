/* SPDX-License-Identifier: BSD-2-Clause */
/* t/22-drain-ends: a worker that loops for ever ends by deadline or order */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sys/socket.h>

#include "t/lib/app.h"
#include "t/lib/tap.h"

#define LONG_MS		(2 * APP_WAIT_S * 1000)	/* nobody waits so long here */

static const struct row {
	const char	*name;
	int	drain_ms;
	int	signals[3];
	bool	late;		/* the deadline ended it */
} rows[] = {
	{ "deadline after TERM", 200, { SIGTERM }, true },
	{ "a second TERM kills", LONG_MS, { SIGTERM, SIGTERM }, false },
	{ "INT after TERM kills", LONG_MS, { SIGTERM, SIGINT }, false },
	{ "TERM after QUIT has a deadline", 200, { SIGQUIT, SIGTERM }, true },
	{ "and a second one kills", LONG_MS, { SIGQUIT, SIGTERM, SIGTERM },
	    false },
};

static void
config(struct cadre_master *m, void *arg)
{
	const struct row *r = arg;

	if (cadre_master_listen(m, "tcp:127.0.0.1:0", NULL) < 0 ||
	    cadre_master_set(m, CADRE_DRAIN_TIMEOUT_MS, r->drain_ms) < 0)
		exit(99);
}

static void
loop_and_end(const struct row *r)
{
	struct app *a = app_start_with(1, app_answer, config, (void *)(uintptr_t)r);
	struct cadre_shm_event e;
	bool late = false, died = false;
	int fd;

	ok(app_wait_state(a, 0, CADRE_STATE_UP), "%s", r->name);
	ok((fd = app_hold(a)) >= 0 && send(fd, "busy\n", 5, 0) == 5,
	    "the worker loops");
	for (int i = 0; i < 3 && r->signals[i] != 0; i++) {
		kill(a->master, r->signals[i]);
		if (i < 2 && r->signals[i + 1] != 0)
			ok(app_wait_event(a, CADRE_EVENT_DRAINING, 0, NULL),
			    "signal %d is heard", r->signals[i]);
	}
	is_int(app_wait_end(a), 0, "the master exits 0");
	a->events = (struct cadre_cursor){ 0 };
	while (cadre_region_events(a->region, &a->events, &e, 1) == 1) {
		late |= e.kind == CADRE_EVENT_LATE;
		died |= e.kind == CADRE_EVENT_DIED && e.exit_signal == SIGKILL;
	}
	ok(died, "the worker was killed");
	is_int(late, r->late, "%s", r->late ? "late" : "before its deadline");
	close(fd);
	app_free(a);
}

int
main(void)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		loop_and_end(&rows[i]);
	return done_testing();
}
