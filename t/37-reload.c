/* t/37-reload: while workers are reloaded, restarted, scaled and killed, and publish all the time, nothing comes twice, torn or out of order, nobody is stuck, and no count falls */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <signal.h>
#include <unistd.h>

#include "t/lib/gazette.h"
#include "t/lib/probe.h"
#include "t/lib/tap.h"

#define SEATS	6
#define LEAST	3

static struct cadre_counter *wrong, *got;
static int changes;		/* that are done */

static void
on_news(struct cadre_mailbox *mb, const struct cadre_news *news, void *arg)
{
	static struct gazette_tally t;

	(void)arg;
	gazette_news(mb, news, &t);
	if (t.torn + t.astray > 0)
		cadre_counter_add(wrong, t.torn + t.astray);
	t.torn = t.astray = 0;
	cadre_counter_add(got, 1);
}

/* Instead of waiting: some news each millisecond, until it is drained. */
static void
serve(struct cadre_worker *w, struct cadre_mailbox *mb)
{
	static uint64_t piece[64], number;
	int epfd = epoll_create1(EPOLL_CLOEXEC);
	struct epoll_event e[4];
	size_t n;

	if (cadre_mailbox_subscribe(mb, "news", on_news, NULL) < 0 ||
	    cadre_worker_ready(w) < 0)
		_exit(99);
	while (!cadre_worker_draining(w)) {
		(void)cadre_worker_wait(w, epfd, e, 4, 1);
		for (int i = 0; i < 3; i++) {
			n = gazette_write(piece, ++number,
			    cadre_worker_seat(w), 100);
			(void)cadre_mailbox_publish(mb, "news", piece, n,
			    CADRE_SCOPE_OTHERS);
		}
	}
}

static void
on_event(const struct cadre_shm_event *e, void *arg)
{
	(void)arg;
	changes += e->kind == CADRE_EVENT_RELOADED ||
	    e->kind == CADRE_EVENT_RESTARTED;
}

static void
config(struct cadre_master *m, void *arg)
{
	(void)arg;
	cadre_master_counter(m, "wrong", "", "", &wrong);
	cadre_master_counter(m, "got", "", "", &got);
	cadre_master_set(m, CADRE_MIN_UPTIME_MS, 1);
	cadre_master_set(m, CADRE_BACKOFF_FIRST_MS, 1);
	cadre_master_set(m, CADRE_MAX_TRIES, 0);
	cadre_master_on_event(m, on_event, NULL);
}

static uint64_t
total(const char *metric, unsigned int seat)
{
	int i = cadre_region_find(gazette_region(), metric);
	uint64_t v[32] = { 0 };

	if (seat == CADRE_NO_SEAT)
		cadre_region_totals(gazette_region(), v, 32);
	else
		cadre_region_values(gazette_region(), seat, v, 32);
	return v[i];
}

static bool
is_up(unsigned int seat)
{
	struct cadre_health h;

	return cadre_master_health(post_master, seat, &h) == 0 &&
	    h.state == CADRE_STATE_UP;
}

/* Each that is up, and they are enough. */
static bool
get_more(void *arg)
{
	const uint64_t *before = arg;
	unsigned int up = 0;

	for (unsigned int i = 0; i < SEATS; i++) {
		if (is_up(i) && total("got", i) < before[i] + 1000)
			return false;
		up += is_up(i);
	}
	return up >= LEAST;
}

static bool
nobody_is_stuck(void)
{
	uint64_t before[SEATS];

	for (unsigned int i = 0; i < SEATS; i++)
		before[i] = total("got", i);
	return post_until(get_more, before);
}

static void
kill_some(void)
{
	struct cadre_health h;

	for (unsigned int i = 0; i < SEATS; i += 2)
		if (cadre_master_health(post_master, i, &h) == 0 && h.pid > 0)
			kill((pid_t)h.pid, SIGKILL);
}

int
main(void)
{
	struct cadre_reload how = { .flags = CADRE_RELOAD_NO_CANARY };
	uint64_t before;

	post_start(LEAST, serve, config);
	ok(nobody_is_stuck(), "they publish and get");
	for (int round = 1; round <= 3; round++) {
		before = total("got", CADRE_NO_SEAT);
		ok(cadre_master_reload(post_master, &how) == 0 &&
		    post_counted(&changes, 2 * round - 1) &&
		    nobody_is_stuck(), "a reload, and all get more");
		ok(cadre_master_scale(post_master, SEATS) == 0 &&
		    nobody_is_stuck(), "more of them");
		ok(cadre_master_restart(post_master, NULL) == 0 &&
		    post_counted(&changes, 2 * round) && nobody_is_stuck(),
		    "a restart");
		kill_some();
		ok(nobody_is_stuck(), "kills");
		ok(cadre_master_scale(post_master, LEAST) == 0 &&
		    nobody_is_stuck(), "fewer");
		ok(total("got", CADRE_NO_SEAT) > before, "no count fell");
	}
	is_u64(total("wrong", CADRE_NO_SEAT), 0, "of %llu nothing was torn, "
	    "twice or out of order", (unsigned long long)total("got",
	    CADRE_NO_SEAT));
	ok(gazette_stop(), "it ends");
	return done_testing();
}
