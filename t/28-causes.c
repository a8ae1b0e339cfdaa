/* t/28-causes: a stall begins and ends with an event that has its cause and its length */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <unistd.h>

#include "shm/clock.h"
#include "t/lib/server.h"
#include "t/lib/tap.h"

#define STALL_MS	100
#define LOOK_MS		(STALL_MS / 2)
#define NOISE_MS	2000		/* of a busy machine */

static const struct row {
	const char	*line;
	uint64_t	cause;
} rows[] = {
	{ "spin 400\n", CADRE_CAUSE_BUSY },
	{ "sleep 400\n", CADRE_CAUSE_BLOCKED },
	{ "disk 400\n", CADRE_CAUSE_DISK },
};

static void
config(struct cadre_master *m, void *arg)
{
	(void)arg;
	server_config(m, NULL);
	server_set(m, CADRE_STALL_MS, STALL_MS);
}

static bool
near(uint64_t ns, uint64_t least_ns)
{
	return ns >= least_ns &&
	    ns <= least_ns + (LOOK_MS + NOISE_MS) * NS_PER_MS;
}

static void
stall(struct app *a, const struct row *r)
{
	const char *name = cadre_cause_name(r->cause);
	struct cadre_shm_event e = { .kind = 0 };
	uint64_t turn_ns = 0;
	int fd, next;

	fd = server_open(a, r->line);
	ok(server_busy(a, 0), "%s: it is busy", name);
	/* This one waits, and has the master look often. */
	next = server_open(a, "hello\n");
	ok(app_wait_event(a, CADRE_EVENT_STALLED, 0, &e), "%s: it stalls",
	    name);
	is_u64(e.cause, r->cause, "%s: the cause", name);
	ok(e.duration_ns > STALL_MS * NS_PER_MS, "%s: for %llu ns by now", name,
	    (unsigned long long)e.duration_ns);
	ok(server_cause(a, 0, r->cause), "%s: its row says so", name);
	ok(server_answer(fd, NULL, &turn_ns) == 0, "%s: it goes on", name);
	ok(app_wait_event(a, CADRE_EVENT_RESUMED, 0, &e), "%s: resumed", name);
	is_u64(e.cause, r->cause, "%s: the cause of what is over", name);
	ok(near(e.duration_ns, turn_ns), "%s: it took %llu ns, of a turn of "
	    "%llu", name, (unsigned long long)e.duration_ns,
	    (unsigned long long)turn_ns);
	ok(server_cause(a, 0, 0), "%s: no more in its row", name);
	close(fd);
	ok(server_answer(next, NULL, NULL) == 0, "%s: who waited", name);
	close(next);
}

int
main(void)
{
	struct app *a = app_start_with(1, server_run, config, NULL);

	ok(server_all_up(a, 1), "the worker is up");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		stall(a, &rows[i]);
	is_int(app_stop(a), 0, "the master exits 0");
	return done_testing();
}
