/* t/37-sleep: a subscriber that sleeps is woken, once a sleep, and one that is awake, or wants other topics, not at all */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <signal.h>

#include "t/lib/gazette.h"
#include "t/lib/tap.h"

#define MANY	200

/* So many are published by seat 1; how often does it wake seat 0? */
static uint64_t
wakes(const char *topic, uint32_t n)
{
	uint64_t before = gazette_woken(1);

	if (gazette_publish(1, topic, CADRE_SCOPE_SIBLINGS, n, 8) < 0)
		return UINT64_MAX;
	return gazette_woken(1) - before;
}

static pid_t
pid_of(uint32_t seat)
{
	struct cadre_health h = { .pid = 0 };

	(void)cadre_master_health(post_master, seat, &h);
	return (pid_t)h.pid;
}

int
main(void)
{
	uint64_t all = 0, woken;

	post_start(2, gazette_set_up, NULL);
	is_int(gazette_subscribe(0, "news"), 0, "one subscribes");
	for (int i = 1; i <= 30; i++) {
		woken = gazette_asleep(0) ? wakes("news", 1) : 99;
		all += woken != 1 || !gazette_received(0, (uint64_t)i);
	}
	is_u64(all, 0, "30 times it sleeps, is woken once, and gets it");
	ok(gazette_asleep(0), "it sleeps");
	is_u64(wakes("other", MANY), 0, "of what it does not want it sleeps "
	    "on");
	kill(pid_of(0), SIGSTOP);
	is_u64(wakes("news", MANY), 1, "%d in one sleep wake it once", MANY);
	is_u64(wakes("news", MANY), 0, "that is done");
	kill(pid_of(0), SIGCONT);
	ok(gazette_received(0, 30 + 2 * MANY), "and it gets all");
	is_int(gazette_hold(0, GAZETTE_HELD), 0, "it is awake, and busy");
	is_u64(wakes("news", MANY), 0, "then nobody wakes it");
	gazette_release();
	ok(gazette_received(0, 30 + 3 * MANY), "and it gets all");
	is_int(gazette_unsubscribe(0, "news"), 0, "it wants nothing any more");
	is_u64(wakes("news", MANY), 0, "and is not woken");
	ok(gazette_stop(), "it ends");
	return done_testing();
}
