/* t/37-attached: programs that attach publish and subscribe as forked workers do */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "t/lib/gazette.h"
#include "t/lib/probe.h"
#include "t/lib/tap.h"

#define SEATS	40		/* their cords are more than a page */

static int64_t ring;

static int
worker_main(void)
{
	struct cadre_worker *w;

	if (cadre_worker_attach(&w) < 0)
		return 99;
	gazette_set_up(w, cadre_worker_mailbox(w));
	return app_idle(w, NULL);
}

static void
config(struct cadre_master *m, void *arg)
{
	static const char *const argv[] = { "/proc/self/exe", "worker", NULL };

	(void)arg;
	cadre_master_set(m, CADRE_MAX_WORKERS, SEATS);
	cadre_master_set(m, CADRE_PUBLISH_BYTES, ring);
	if (cadre_master_program(m, 3, argv) < 0)
		bail_out("no program");
}

static int
fds(uint32_t seat)
{
	struct cadre_health h = { .pid = 0 };

	(void)cadre_master_health(post_master, seat, &h);
	return h.pid > 0 ? probe_fds((pid_t)h.pid) : -1;
}

static void
talk(void)
{
	struct gazette_tally t[3] = { { .calls = 0 } };
	int before = fds(0);
	uint64_t woken;

	is_int(gazette_subscribe(0, "news"), 0, "a program subscribes");
	is_int(fds(0) - before, SEATS + 1, "from then on it has the cords, and "
	    "a bell");
	is_int(gazette_subscribe(1, "news"), 0, "another");
	for (uint32_t i = 0; i < 3; i++)
		is_int(gazette_publish(i, "news", CADRE_SCOPE_OTHERS, 100, 0),
		    0, "%u publishes", i);
	for (uint32_t i = 0; i < 3; i++)
		is_int(gazette_tally(i, &t[i]), 0, "%u tells", i);
	is_int(fds(0) - before, SEATS + 1, "it asked for them once");
	is_u64(t[0].from[1] + t[0].from[2], 200, "one got all of the others");
	is_u64(t[1].from[0] + t[1].from[2], 200, "and the other");
	is_u64(t[0].calls + t[1].calls + t[2].calls, 400, "nobody else");
	is_u64(t[0].torn + t[1].torn + t[0].astray + t[1].astray, 0,
	    "whole, and in order");
	ok(gazette_asleep(0) && gazette_asleep(1), "they sleep");
	woken = gazette_woken(2);
	gazette_publish(2, "news", CADRE_SCOPE_OTHERS, 1, 9);
	ok(gazette_received(0, 201) && gazette_received(1, 201), "are woken");
	is_u64(gazette_woken(2) - woken, 2, "once each");
}

static void
succeed(void)
{
	struct gazette_tally t = { .calls = 0 };
	struct cadre_health h;

	ok(cadre_master_health(post_master, 1, &h) == 0 &&
	    kill((pid_t)h.pid, SIGKILL) == 0 &&
	    probe_up(post_master, 1, h.generation), "one is killed");
	is_int(gazette_subscribe(1, "news"), 0, "its successor subscribes");
	is_int(gazette_publish(0, "news", CADRE_SCOPE_OTHERS, 10, 9), 0,
	    "and gets");
	is_int(gazette_tally(1, &t), 0, "from then on");
	is_u64(t.calls, 10, "what is published");
}

int
main(int argc, char **argv)
{
	(void)argv;
	if (argc > 1)
		return worker_main();
	ring = 65536;
	post_start(3, gazette_set_up, config);
	talk();
	succeed();
	ok(gazette_stop(), "it ends");
	ring = 0;
	post_start(3, gazette_set_up, config);
	is_int(gazette_subscribe(0, "news"), -EOPNOTSUPP, "without rings: "
	    "-EOPNOTSUPP");
	is_int(gazette_publish(0, "news", CADRE_SCOPE_ALL, 1, 1), -EOPNOTSUPP,
	    "to publish, too");
	is_int(cadre_mailbox_publish(post_box, "news", "", 0,
	    CADRE_SCOPE_OTHERS), -EOPNOTSUPP, "and in the master");
	ok(gazette_stop(), "it ends");
	return done_testing();
}
