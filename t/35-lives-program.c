/* t/35-lives-program: a program has the events of a life that it takes part in */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <poll.h>
#include <signal.h>

#include "shm/clock.h"
#include "t/lib/exec.h"
#include "t/lib/probe.h"
#include "t/lib/tap.h"

/* Events as digits: SPAWNED is 1, EXITED is 6. */
static const struct row {
	const char	*words[3];
	const char	*what;
	uint32_t	up, late, all;	/* late: after SIGUSR1, 10 */
} rows[] = {
	{ { "answer" }, "that attaches", 0x1234, 0, 0x123456 },
	{ { "plain" }, "that knows nothing of it", 0x134, 0, 0x1346 },
	{ { "late", "10" }, "that is ready first", 0x134, 0x1342, 0x134256 },
};

static struct cadre_master *m;
static struct cadre_worker_event last;
static uint32_t order;			/* of the first life */

static void
on_worker(struct cadre_mailbox *mb, const struct cadre_worker_event *e,
    void *arg)
{
	(void)mb;
	(void)arg;
	if (e->generation == 1) {
		order = order << 4 | (e->kind + 1);
		last = *e;
	}
}

static bool
until(uint32_t wanted)
{
	uint64_t end_ns = clock_now_ns() + APP_WAIT_S * NS_PER_S;
	struct pollfd p = { .fd = cadre_master_fd(m), .events = POLLIN };

	while (order != wanted && clock_now_ns() < end_ns) {
		(void)poll(&p, 1, 100);
		(void)cadre_master_dispatch(m);
	}
	return order == wanted;
}

static void
live(const struct row *r)
{
	const char *argv[] = { exec_path(), r->words[0], r->words[1], NULL };

	order = 0;
	if (cadre_master_new("app", &m) < 0 ||
	    cadre_master_listen(m, "tcp:127.0.0.1:0", NULL) < 0 ||
	    cadre_master_program(m, 1, argv) < 0 ||
	    cadre_mailbox_on_worker(cadre_master_mailbox(m), on_worker,
	    NULL) < 0 || cadre_master_start(m) < 0)
		bail_out("no start: %s", cadre_error(-1));
	ok(until(r->up), "a program %s is up", r->what);
	kill((pid_t)last.pid, r->late != 0 ? SIGUSR1 : SIGKILL);
	if (r->late != 0)
		ok(until(r->late), "it attaches");
	kill((pid_t)last.pid, SIGKILL);
	(void)until(r->all);
	is_int(order, r->all, "it is killed, and had all its events");
	is_int((int)last.exit_signal, SIGKILL, "by that signal");
	cadre_master_free(m);
}

int
main(void)
{
	probe_dir();
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		live(&rows[i]);
	return done_testing();
}
