/* SPDX-License-Identifier: BSD-2-Clause */
/* t/42-new-life: the next worker counts on, and its own count begins at 0 */
#include <stdlib.h>
#include <unistd.h>

#include "t/lib/app.h"
#include "t/lib/probe.h"
#include "t/lib/tap.h"

#define ASKED	5

static void
config(struct cadre_master *m, void *arg)
{
	(void)arg;
	cadre_master_listen(m, "tcp:127.0.0.1:0", NULL);
	cadre_master_set(m, CADRE_MIN_UPTIME_MS, 0);
}

/* What the life in the seat's newest slot has counted itself. */
static uint64_t
own(const struct app *a, const char *metric)
{
	int i = cadre_region_find(a->region, metric);
	struct cadre_seat_view v;
	uint64_t values[16];

	return app_seat(a, 0, &v) && cadre_region_life(a->region, 0,
	    v.newest.slot, values, 16) > i && i >= 0 ? values[i] : UINT64_MAX;
}

int
main(void)
{
	struct app *a = app_start_with(1, app_answer, config, NULL);
	uint64_t generation = 0, busy_ns;
	char answer[64];
	int answered = 0, fd;

	ok(app_wait_state(a, 0, CADRE_STATE_UP), "a worker is up");
	for (int i = 0; i < ASKED; i++)
		answered += app_ask(a, "hello\n", answer, sizeof(answer)) > 0;
	is_int(answered, ASKED, "it answers");
	ok((fd = app_hold(a)) >= 0, "and has a connection open");
	is_u64(own(a, "requests"), ASKED, "its own requests");
	is_u64(app_total(a, "open"), 1, "one is open");
	busy_ns = app_total(a, "busy_ns");
	ok(app_kill_next(a, 0, &generation) &&
	    app_wait_respawn(a, 0, generation), "it is killed and replaced");
	is_u64(app_total(a, "requests"), ASKED, "the total stays");
	is_u64(app_total(a, "accepted"), ASKED + 1, "that of accepted too");
	ok(app_total(a, "busy_ns") >= busy_ns, "that of busy_ns does not fall");
	is_u64(own(a, "requests"), 0, "the new one has answered none");
	is_u64(own(a, "accepted"), 0, "and accepted none");
	is_u64(app_total(a, "open"), 0, "what was open ended with the old one");
	ok(app_ask(a, "hello\n", answer, sizeof(answer)) > 0, "it answers one");
	is_u64(own(a, "requests"), 1, "which is its own first");
	is_u64(app_total(a, "requests"), ASKED + 1, "and one more in total");
	close(fd);
	is_int(app_stop(a), 0, "the master exits 0");
	return done_testing();
}
