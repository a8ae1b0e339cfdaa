/* t/35-lives-freed: a master that is freed while it runs tells of all that ends with it */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <signal.h>

#include "t/lib/post.h"
#include "t/lib/tap.h"

#define WORKERS	3
#define WHOLE	0x12356			/* SPAWNED is 1, EXITED is 6 */

static uint32_t orders[WORKERS + 1];	/* of events, by generation */
static int killed, talked, gone, failed;

static void
on_worker(struct cadre_mailbox *mb, const struct cadre_worker_event *e,
    void *arg)
{
	(void)arg;
	if (e->generation <= WORKERS)
		orders[e->generation] = orders[e->generation] << 4 |
		    (e->kind + 1);
	if (e->kind != CADRE_WORKER_EXITED)
		return;
	killed += e->exit_signal == SIGKILL;
	/* Nobody is left to talk to, but it may try. */
	for (uint32_t seat = 0; seat < WORKERS; seat++)
		talked += cadre_mailbox_send(mb, seat, 1, "?", 1) >= 0;
}

static void
on_gone(struct cadre_mailbox *mb, uint32_t seat, uint64_t generation, void *arg)
{
	(void)mb;
	(void)arg;
	gone += seat < WORKERS && generation <= WORKERS;
}

static void
on_answer(struct cadre_mailbox *mb, int err, struct cadre_message *reply,
    void *arg)
{
	(void)mb;
	(void)arg;
	failed += err == -ENOTCONN && reply == NULL;
}

/* It takes questions, and keeps them. */
static void
keep(struct cadre_mailbox *mb, struct cadre_message *msg, void *arg)
{
	(void)mb;
	(void)msg;
	(void)arg;
}

static void
config(struct cadre_master *m, void *arg)
{
	(void)arg;
	(void)cadre_mailbox_on_worker(cadre_master_mailbox(m), on_worker, NULL);
}

static void
set_up(struct cadre_worker *w, struct cadre_mailbox *mb)
{
	(void)w;
	(void)cadre_mailbox_on(mb, 1, keep, NULL);
}

int
main(void)
{
	post_start(WORKERS, set_up, config);
	(void)cadre_mailbox_on_disconnect(post_box, on_gone, NULL);
	for (uint32_t seat = 0; seat < WORKERS; seat++)
		(void)cadre_mailbox_request(post_box, seat, 1, "?", 1, -1,
		    on_answer, NULL);
	cadre_master_free(post_master);
	for (int i = 1; i <= WORKERS; i++)
		is_int(orders[i], WHOLE, "worker %d had all its events", i);
	is_int(killed, WORKERS, "all were killed");
	is_int(gone, WORKERS, "each was told of as disconnected");
	is_int(failed, WORKERS, "and each question had its end");
	is_int(talked, 0, "to whom nothing could be sent any more");
	return done_testing();
}
