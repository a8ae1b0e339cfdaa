/* SPDX-License-Identifier: BSD-2-Clause */
/* t/45-no-leaks: after 100 deaths the master has no descriptor more */
#include <stdlib.h>

#include "t/lib/app.h"
#include "t/lib/probe.h"
#include "t/lib/tap.h"

#define KILLS	100
#define WORKERS	2

static void
config(struct cadre_master *m, void *arg)
{
	(void)arg;
	if (cadre_master_listen(m, "tcp:127.0.0.1:0", NULL) < 0 ||
	    cadre_master_set(m, CADRE_MIN_UPTIME_MS, 0) < 0)
		exit(99);
}

int
main(void)
{
	struct app *a = app_start_with(WORKERS, app_idle, config, NULL);
	uint64_t last[WORKERS] = { 0 };
	unsigned int kills, seat;
	long fds = 0, kib = 0;

	for (kills = 0; kills < KILLS + WORKERS; kills++) {
		seat = kills % WORKERS;
		if (!app_kill_next(a, seat, &last[seat]) ||
		    !app_wait_respawn(a, seat, last[seat]))
			break;
		/* The first round is for what is allocated once. */
		if (kills == WORKERS - 1) {
			fds = probe_fds(a->master);
			kib = probe_status(a->master, "RssAnon");
		}
	}
	is_int(kills, KILLS + WORKERS, "so many deaths");
	is_int(probe_fds(a->master), fds, "the master's descriptors");
#ifdef __SANITIZE_ADDRESS__		/* it keeps what was freed for a while */
	kib += 1024;
#endif
	ok(probe_status(a->master, "RssAnon") <= kib + 64, "its memory: %ld KiB "
	    "before", kib);
	is_int(probe_children(a->master, 0), WORKERS + 1, "its children: workers "
	    "and the acceptor, no zombie");
	is_int(app_stop(a), 0, "the master exits 0");
	return done_testing();
}
