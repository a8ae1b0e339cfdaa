/* t/28-no-hang: one that goes on in time is not killed, and with a limit of 0 nobody is */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <unistd.h>

#include "t/lib/server.h"
#include "t/lib/tap.h"

static int64_t hang_ms;

static void
config(struct cadre_master *m, void *arg)
{
	(void)arg;
	server_config(m, NULL);
	server_set(m, CADRE_STALL_MS, 50);
	server_set(m, CADRE_HANG_MS, hang_ms);
}

static unsigned int
events_of(struct app *a, uint32_t kind)
{
	struct cadre_cursor c = { 0 };
	struct cadre_shm_event e;
	unsigned int n = 0;

	while (cadre_region_events(a->region, &c, &e, 1) == 1)
		n += e.kind == kind;
	return n;
}

static void
goes_on(const char *line)
{
	struct app *a = app_start_with(1, server_run, config, NULL);
	int fd, next;

	ok(server_all_up(a, 1), "limit %d: it is up", (int)hang_ms);
	fd = server_open(a, line);
	ok(server_busy(a, 0), "limit %d: it is busy", (int)hang_ms);
	next = server_open(a, "hello\n");	/* waits: the master looks */
	ok(server_answer(fd, NULL, NULL) == 0, "limit %d: it answers",
	    (int)hang_ms);
	ok(app_wait_event(a, CADRE_EVENT_RESUMED, 0, NULL),
	    "limit %d: it was stalled, and no more", (int)hang_ms);
	is_int((int)events_of(a, CADRE_EVENT_HUNG), 0, "limit %d: not hung",
	    (int)hang_ms);
	is_int((int)events_of(a, CADRE_EVENT_DIED), 0, "limit %d: it lives",
	    (int)hang_ms);
	close(next);
	close(fd);
	is_int(app_stop(a), 0, "limit %d: the master exits 0", (int)hang_ms);
}

int
main(void)
{
	hang_ms = 600;
	goes_on("sleep 350\n");
	hang_ms = 0;
	goes_on("sleep 700\n");
	return done_testing();
}
