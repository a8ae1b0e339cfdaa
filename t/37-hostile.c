/* t/37-hostile: a worker that writes noise over its rings, wakes others for nothing and fills their bells, harms no other that publishes and subscribes */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <signal.h>
#include <unistd.h>

#include <sys/socket.h>

#include "runtime/topics.h"
#include "runtime/worker.h"
#include "shm/atomic.h"
#include "t/lib/gazette.h"
#include "t/lib/probe.h"
#include "t/lib/sample.h"
#include "t/lib/tap.h"

#define PIECES	20
#define ROUNDS	200

static struct cadre_worker *self;
static const char lies[3000];

/* For ever: lies in its own topics and ring, and wake-ups for all. */
static void
rave(struct cadre_mailbox *mb, struct cadre_message *message, void *arg)
{
	struct topics *t = worker_topics(self);
	uint64_t random = 1, *head = (void *)t->publisher.head, *at, any;

	(void)message;
	(void)arg;
	cadre_mailbox_publish(mb, "news", "", 0, CADRE_SCOPE_OTHERS);
	for (;;) {
		any = sample_random(&random);
		at = any % 4 != 0 ? &head[any / 4 % (sizeof(
		    struct cadre_shm_topics) / 8)] : &t->publisher.ring[any /
		    4 % (t->publisher.bytes / 8)];
		shm_store(at, sample_lie(shm_load(at), &random));
		if (any % 4096 == 0)
			(void)send(t->cords[any / 4096 % t->ncords], lies,
			    sizeof(lies), MSG_DONTWAIT | (any % 8 == 0 ?
			    MSG_OOB : 0));
	}
}

static void
set_up(struct cadre_worker *w, struct cadre_mailbox *mb)
{
	self = w;
	gazette_set_up(w, mb);
	cadre_mailbox_on(mb, 77, rave, NULL);
}

int
main(void)
{
	struct gazette_tally t = { .calls = 0 };
	struct cadre_health h;
	uint64_t got = 0;
	int err = 0;

	post_start(3, set_up, NULL);
	is_int(gazette_subscribe(0, "news"), 0, "one subscribes");
	is_int(cadre_mailbox_send(post_box, 2, 77, "", 0), 0, "one raves");
	for (uint64_t i = 1; i <= ROUNDS && err == 0; i++) {
		err = gazette_publish(1, "news", CADRE_SCOPE_SIBLINGS, PIECES,
		    0);
		if (!gazette_received(0, i * PIECES))
			err = -1;
	}
	is_int(err, 0, "an honest one publishes, and it comes");
	is_int(cadre_master_health(post_master, 2, &h), 0, "it raves still");
	is_int(kill((pid_t)h.pid, SIGKILL), 0, "it is killed");
	ok(probe_up(post_master, 2, h.generation), "and has a successor");
	is_int(gazette_publish(2, "news", CADRE_SCOPE_SIBLINGS, 1, 9), 0,
	    "whose first may be missed");
	is_int(gazette_publish(2, "news", CADRE_SCOPE_SIBLINGS, PIECES, 9), 0,
	    "and which is heard then");
	is_int(gazette_tally(0, &t), 0, "the subscriber tells");
	got = t.from[1];
	is_u64(got, ROUNDS * PIECES, "it has got all of the honest one");
	ok(t.from[2] >= PIECES - 1, "%llu of the successor",
	    (unsigned long long)t.from[2]);
	ok(gazette_stop(), "it ends");
	return done_testing();
}
