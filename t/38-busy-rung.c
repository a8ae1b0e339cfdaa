/* t/38-busy-rung: who is woken for nothing of its own sleeps on, and does not look for more before */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <sched.h>
#include <string.h>

#include "runtime/topics.h"
#include "runtime/worker.h"
#include "shm/atomic.h"
#include "t/lib/gazette.h"
#include "t/lib/tap.h"
#include "t/lib/trips.h"

#define RINGS	100
#define FEW	10		/* the requests of this test wake it as well */

enum { RING = 70, BURSTS };

static struct cadre_worker *self;
static uint64_t rung, bursts;
static int came;

/* Each time it sleeps; then it must have woken, and sleep again. */
static void
ring(struct cadre_mailbox *mb, struct cadre_message *message, void *arg)
{
	struct topics *t = worker_topics(self);
	const struct cadre_shm_wanted *w;
	uint64_t sleeps;

	(void)arg;
	cadre_mailbox_publish(mb, "none", "", 0, CADRE_SCOPE_SIBLINGS);
	w = &((const struct cadre_shm_topics *)(const void *)(t->slots[0] +
	    t->head_at))->wanted;
	for (rung = 0; rung < RINGS; rung++) {
		while (((sleeps = shm_load(&w->sleeps)) & 1) == 0)
			sched_yield();
		topics_wake(t, 0);
		while (shm_load(&w->sleeps) == sleeps)
			sched_yield();
	}
	cadre_mailbox_reply(mb, &message->from, RING, &rung, sizeof(rung));
}

static void
tell(struct cadre_mailbox *mb, struct cadre_message *message, void *arg)
{
	(void)arg;
	cadre_mailbox_reply(mb, &message->from, BURSTS, &trips_bursts,
	    sizeof(trips_bursts));
}

static void
set_up(struct cadre_worker *w, struct cadre_mailbox *mb)
{
	self = w;
	gazette_set_up(w, mb);
	cadre_mailbox_on(mb, RING, ring, NULL);
	cadre_mailbox_on(mb, BURSTS, tell, NULL);
}

static void
busy(struct cadre_master *m, void *arg)
{
	(void)arg;
	if (cadre_master_set(m, CADRE_BUSY_POLL_US, 1000) < 0)
		bail_out("no such option");
}

static void
on_told(struct cadre_mailbox *mb, int err, struct cadre_message *reply,
    void *to)
{
	(void)mb;
	if (err == 0 && reply->n == sizeof(uint64_t))
		memcpy(to, reply->bytes, sizeof(uint64_t));
	came++;
}

static bool
ask(uint32_t seat, uint32_t type, uint64_t *ret)
{
	came = 0;
	return cadre_mailbox_request(post_box, seat, type, "", 0, -1, on_told,
	    ret) >= 0 && post_counted(&came, 1);
}

int
main(void)
{
	uint64_t before = 0;

	post_start(2, set_up, busy);
	is_int(gazette_subscribe(0, "news"), 0, "one subscribes");
	ok(ask(0, BURSTS, &before) && before > 0, "after what comes it looks");
	ok(gazette_asleep(0) && ask(1, RING, &rung), "it is woken");
	is_u64(rung, RINGS, "%d times, for nothing", RINGS);
	if (!ask(0, BURSTS, &bursts))
		bail_out("it does not tell");
	ok(bursts - before < FEW, "and has looked for more %llu times",
	    (unsigned long long)(bursts - before));
	ok(gazette_stop(), "it ends");
	return done_testing();
}
