/* t/37-died: who sleeps reads also what a publisher wrote that was killed before it could wake anybody */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <signal.h>
#include <unistd.h>

#include "runtime/topics.h"
#include "runtime/worker.h"
#include "t/lib/gazette.h"
#include "t/lib/probe.h"
#include "t/lib/tap.h"

#define DEATHS	500		/* more than a channel holds frames */

static struct cadre_worker *self;

/* All of it but the look who sleeps. */
static void
die(struct cadre_mailbox *mb, struct cadre_message *message, void *arg)
{
	struct topics *t = worker_topics(self);
	uint64_t piece[8];
	size_t n = gazette_write(piece, 1, cadre_worker_seat(self), 8);

	(void)mb;
	(void)message;
	(void)arg;
	cadre__publish(&t->publisher, "news", 4, cadre__topic_hash("news", 4),
	    CADRE_SCOPE_OTHERS, piece, n);
	kill(getpid(), SIGKILL);
}

static void
set_up(struct cadre_worker *w, struct cadre_mailbox *mb)
{
	self = w;
	gazette_set_up(w, mb);
	cadre_mailbox_on(mb, 77, die, NULL);
}

static void
config(struct cadre_master *m, void *arg)
{
	(void)arg;
	cadre_master_set(m, CADRE_MIN_UPTIME_MS, 0);
}

/* So often does seat 1 publish and die; true: seat 2 died once, too. */
static bool
deaths(int n)
{
	struct cadre_health h;

	for (int i = 0; i < n; i++)
		if (cadre_master_health(post_master, 1, &h) < 0 ||
		    cadre_mailbox_send(post_box, 1, 77, "", 0) < 0 ||
		    !probe_up(post_master, 1, h.generation))
			return false;
	return true;
}

int
main(void)
{
	struct gazette_tally t = { .calls = 0 };
	struct cadre_health h;

	post_start(2, set_up, config);
	is_int(gazette_subscribe(0, "news"), 0, "one subscribes");
	for (uint64_t i = 1; i <= 5; i++)
		ok(gazette_asleep(0) && deaths(1) && gazette_received(0, i),
		    "it sleeps, and gets what the dead one wrote");
	ok(gazette_asleep(0) && cadre_master_health(post_master, 0, &h) == 0 &&
	    kill((pid_t)h.pid, SIGSTOP) == 0, "it is stopped while it sleeps");
	ok(deaths(DEATHS), "%d die meanwhile", DEATHS);
	kill((pid_t)h.pid, SIGCONT);
	ok(gazette_received(0, 5 + DEATHS), "it gets all of it");
	is_int(gazette_tally(0, &t), 0, "and its channel is there");
	ok(t.torn + t.astray == 0 && t.calls == 5 + DEATHS, "all is whole");
	ok(gazette_stop(), "it ends");
	return done_testing();
}
