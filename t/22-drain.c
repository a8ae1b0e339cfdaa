/* SPDX-License-Identifier: BSD-2-Clause */
/* t/22-drain: an open connection is finished before the end, however long */
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include <sys/socket.h>

#include "t/lib/app.h"
#include "t/lib/probe.h"
#include "t/lib/tap.h"

static const struct row {
	int	signal;
	int	drain_ms;
	unsigned int beats;	/* of the master, to stay open meanwhile */
} rows[] = {
	{ SIGTERM, 60000, 1 },
	{ SIGINT, 60000, 1 },
	{ SIGQUIT, 100, 3 },	/* so without its deadline: SIGQUIT has none */
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
drain(const struct row *r)
{
	struct app *a = app_start_with(1, app_answer, config, (void *)(uintptr_t)r);
	struct cadre_shm_event e;
	char answer[64];
	int fd;

	ok(app_wait_state(a, 0, CADRE_STATE_UP), "signal %d", r->signal);
	ok((fd = app_hold(a)) >= 0, "a connection is open");
	kill(a->master, r->signal);
	ok(app_wait_state(a, 0, CADRE_STATE_DRAINING), "the worker drains");
	ok(probe_beats(a, r->beats), "time goes by");
	ok(app_wait_state(a, 0, CADRE_STATE_DRAINING), "it is still there");
	ok(send(fd, "go on\n", 6, MSG_NOSIGNAL) == 6 &&
	    recv(fd, answer, sizeof(answer), 0) > 0, "and answers");
	close(fd);
	ok(app_wait_event(a, CADRE_EVENT_DIED, 0, &e) &&
	    e.exit_signal == 0 && e.exit_code == 0, "then leaves by itself");
	is_int(app_wait_end(a), 0, "the master exits 0");
	is_u64(app_total(a, "requests"), 1, "the answer was counted");
	app_free(a);
}

int
main(void)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		drain(&rows[i]);
	return done_testing();
}
