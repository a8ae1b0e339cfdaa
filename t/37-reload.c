/* t/37-reload: while workers are reloaded, restarted, scaled and killed, and publish all the time, nothing comes twice, torn or out of order, nobody is stuck, and no count falls */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <unistd.h>

#include "t/lib/gazette.h"
#include "t/lib/probe.h"
#include "t/lib/tap.h"

enum { SEATS = 6, LEAST = 3 };

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

int
main(void)
{
	struct cadre_reload how = { .flags = CADRE_RELOAD_NO_CANARY };
	uint64_t before;

	post_start(LEAST, serve, config);
	ok(gazette_flows(SEATS, LEAST), "they publish and get");
	for (int round = 1; round <= 3; round++) {
		before = gazette_total("got", CADRE_NO_SEAT);
		ok(cadre_master_reload(post_master, &how) == 0 &&
		    post_counted(&changes, 2 * round - 1) &&
		    gazette_flows(SEATS, LEAST), "a reload");
		ok(cadre_master_scale(post_master, SEATS) == 0 &&
		    gazette_flows(SEATS, LEAST), "more of them");
		ok(cadre_master_restart(post_master, NULL) == 0 &&
		    post_counted(&changes, 2 * round) &&
		    gazette_flows(SEATS, LEAST), "a restart");
		gazette_kill_some(SEATS);
		ok(gazette_flows(SEATS, LEAST), "kills");
		ok(cadre_master_scale(post_master, LEAST) == 0 &&
		    gazette_flows(SEATS, LEAST), "fewer");
		ok(gazette_total("got", CADRE_NO_SEAT) > before,
		    "no count fell");
	}
	before = gazette_total("got", CADRE_NO_SEAT);
	is_u64(gazette_total("wrong", CADRE_NO_SEAT), 0, "of %llu nothing was "
	    "torn, twice or out of order", (unsigned long long)before);
	ok(gazette_stop(), "it ends");
	return done_testing();
}
