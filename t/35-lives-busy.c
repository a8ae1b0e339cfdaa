/* t/35-lives-busy: who is told of a life may do what the mailbox can, at each event */
/* SPDX-License-Identifier: BSD-2-Clause */
#include "t/lib/post.h"
#include "t/lib/tap.h"

#define WORKERS		3
#define LIVES		100
#define LIVES_MAX	1024

/* SPAWNED is 1, EXITED 6; some are disconnected before they are ready, 3. */
static const uint32_t good[] = { 0x12356, 0x12536, 0x1256, 0x136, 0x16 };

static uint32_t orders[LIVES_MAX];	/* of events, by generation */
static int ended, asked, answered;

static void
on_answer(struct cadre_mailbox *mb, int err, struct cadre_message *reply,
    void *arg)
{
	(void)mb;
	(void)err;
	(void)reply;
	(void)arg;
	answered++;
}

static void
on_worker(struct cadre_mailbox *mb, const struct cadre_worker_event *e,
    void *arg)
{
	uint32_t *order = &orders[e->generation % LIVES_MAX];

	*order = *order << 4 | (e->kind + 1);
	ended += e->kind == CADRE_WORKER_EXITED;
	(void)cadre_mailbox_broadcast(mb, NULL, 0, 1, "to all", 6);
	for (uint32_t seat = 0; seat < WORKERS; seat++) {
		(void)cadre_mailbox_send(mb, seat, 1, "to each", 7);
		asked += cadre_mailbox_request(mb, seat, 2, "?", 1, -1,
		    on_answer, NULL) >= 0;
	}
	(void)cadre_mailbox_on(mb, e->kind, post_count, arg);
	(void)cadre_mailbox_on_worker(mb, on_worker, arg);
	/* Of others, too: whoever is there. */
	if (e->kind == CADRE_WORKER_READY && ended < LIVES)
		for (uint32_t seat = 0; seat < WORKERS; seat++)
			(void)cadre_mailbox_disconnect(mb, seat);
}

static void
config(struct cadre_master *m, void *arg)
{
	static int count;

	(void)arg;
	cadre_master_set(m, CADRE_MIN_UPTIME_MS, 0);
	cadre_master_set(m, CADRE_BACKOFF_FIRST_MS, 1);
	(void)cadre_mailbox_on_worker(cadre_master_mailbox(m), on_worker,
	    &count);
}

static void
set_up(struct cadre_worker *w, struct cadre_mailbox *mb)
{
	(void)w;
	(void)mb;
}

int
main(void)
{
	int right = 0;

	post_start(WORKERS, set_up, config);
	ok(post_counted(&ended, LIVES), "%d lives end", LIVES);
	ok(post_stop(), "the app ends");
	for (int i = 0; i < LIVES_MAX; i++)
		for (size_t k = 0; k < sizeof(good) / sizeof(good[0]); k++)
			right += orders[i] == good[k];
	is_int(right, ended, "each had its events once, in an order there is");
	is_int(answered, asked, "each question had its answer, or its end");
	return done_testing();
}
