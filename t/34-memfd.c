/* t/34-memfd: long messages in memory that can change, or of another size, cost the sender its channel */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "t/lib/post.h"
#include "t/lib/probe.h"
#include "t/lib/sealed.h"
#include "t/lib/tap.h"

#define S	SEALED_ALL
#define N	SEALED_BYTES

static const struct sealed rows[] = {
	{ "as it should be", S, N, N, true, false },
	{ "that can be written", S & ~F_SEAL_WRITE, N, N, true, false },
	{ "that can shrink", S & ~F_SEAL_SHRINK, N, N, true, false },
	{ "whose seals can change", S & ~F_SEAL_SEAL, N, N, true, false },
	{ "shorter than it says", S, N, N + 1, true, false },
	{ "longer than it says", S, N, N - 1, true, false },
	{ "that is empty", S, 0, N, false, false },
	{ "with a hole", S, N, N, false, false },
	{ "whose blocks lie behind its end", S, N, N, false, true },
	{ "that is a pipe", 0, 0, N, false, false },
	{ "over the limit", S, N, UINT64_C(1) << 40, true, false },
};
enum { GO = 1, LONG, TOLD };

static int came, ended;

static void
go(struct cadre_mailbox *mb, struct cadre_message *message, void *arg)
{
	uint32_t what[2];

	(void)arg;
	memcpy(what, message->bytes, sizeof(what));
	sealed_send(mb, what[1], LONG, &rows[what[0]]);
}

static void
take(struct cadre_mailbox *mb, struct cadre_message *message, void *arg)
{
	(void)arg;
	if (message->n == N)
		(void)cadre_mailbox_send(mb, CADRE_MASTER, TOLD, NULL, 0);
}

static void
set_up(struct cadre_worker *w, struct cadre_mailbox *mb)
{
	(void)w;
	cadre_mailbox_on(mb, GO, go, NULL);
	cadre_mailbox_on(mb, LONG, take, NULL);
}

static void
on_disconnect(struct cadre_mailbox *mb, uint32_t seat, uint64_t generation,
    void *arg)
{
	(void)mb;
	(void)generation;
	(void)arg;
	ended += seat == 0;
}

/* To the master, or to seat 1; the one that sent it leaves, and is replaced. */
static void
send_row(uint32_t i, uint32_t to)
{
	const uint32_t what[2] = { i, to };
	uint64_t generation = post_generation(0);
	int before = ended;

	ok(cadre_mailbox_send(post_box, 0, GO, what, sizeof(what)) >= 0 &&
	    (i == 0 ? post_counted(&came, came + 1) :
	    post_counted(&ended, before + 1) && post_up(0, generation)),
	    "memory %s, to %s", rows[i].what, to == 1 ? "a worker" :
	    "the master");
}

int
main(void)
{
	int fds;

	post_start(2, set_up, post_no_backoff);
	fds = probe_fds(0);
	cadre_mailbox_on(post_box, LONG, post_count, &came);
	cadre_mailbox_on(post_box, TOLD, post_count, &came);
	cadre_mailbox_on_disconnect(post_box, on_disconnect, NULL);
	for (uint32_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		send_row(i, CADRE_MASTER);
		send_row(i, 1);
	}
	is_int(came, 2, "nothing but the good ones has come");
	is_int(probe_fds(0), fds, "no descriptor is left");
	ok(post_stop(), "it ends");
	return done_testing();
}
