/* t/37-stopped: who sleeps reads also what a publisher wrote that was stopped before it could wake anybody */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <signal.h>
#include <unistd.h>

#include "runtime/topics.h"
#include "runtime/worker.h"
#include "t/lib/gazette.h"
#include "t/lib/keeper.h"
#include "t/lib/tap.h"

#define STOPS	5

static struct cadre_worker *self;

/* All of it but the look who sleeps. */
static void
stop(struct cadre_mailbox *mb, struct cadre_message *message, void *arg)
{
	struct topics *t = worker_topics(self);
	static uint64_t number;
	uint64_t piece[8];
	size_t n = gazette_write(piece, ++number, cadre_worker_seat(self), 8);

	(void)mb;
	(void)message;
	(void)arg;
	cadre__publish(&t->publisher, "news", 4, cadre__topic_hash("news", 4),
	    CADRE_SCOPE_OTHERS, piece, n);
	kill(getpid(), SIGSTOP);
}

static void
set_up(struct cadre_worker *w, struct cadre_mailbox *mb)
{
	self = w;
	gazette_set_up(w, mb);
	cadre_mailbox_on(mb, 77, stop, NULL);
}

int
main(void)
{
	struct cadre_health h;

	post_start(2, set_up, NULL);
	is_int(gazette_subscribe(0, "news"), 0, "one subscribes");
	for (uint64_t i = 1; i <= STOPS; i++) {
		ok(gazette_asleep(0) && cadre_mailbox_send(post_box, 1, 77, "",
		    0) == 0 && gazette_received(0, i),
		    "it sleeps, and gets what one wrote that is stopped");
		ok(cadre_master_health(post_master, 1, &h) == 0 &&
		    keeper_stand((pid_t)h.pid) && post_signal(1, SIGCONT),
		    "which goes on");
	}
	ok(gazette_stop(), "it ends");
	return done_testing();
}
