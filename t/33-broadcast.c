/* t/33-broadcast: to all or to a set of seats, from the master or a worker, once to each */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <signal.h>
#include <string.h>

#include "t/lib/post.h"
#include "t/lib/tap.h"

#define WORKERS	4
#define LONG	70000

enum { SHORT_ONE = 1, LONG_ONE, GO, TOLD };

static char bytes[LONG];
static int came[WORKERS], all;
static const uint32_t set[] = { 1, 3, 1 };

/* What comes is told to the master: who has it. */
static void
tell(struct cadre_mailbox *mb, struct cadre_message *message, void *arg)
{
	if (message->n == (message->type == LONG_ONE ? LONG : 3) &&
	    memcmp(message->bytes, bytes, message->n) == 0)
		(void)cadre_mailbox_send(mb, CADRE_MASTER, TOLD, arg, 4);
}

static void
go(struct cadre_mailbox *mb, struct cadre_message *message, void *arg)
{
	(void)message;
	(void)arg;
	(void)cadre_mailbox_broadcast(mb, NULL, 0, SHORT_ONE, bytes, 3);
	(void)cadre_mailbox_broadcast(mb, NULL, 0, LONG_ONE, bytes, LONG);
	(void)cadre_mailbox_broadcast(mb, set, 3, LONG_ONE, bytes, LONG);
}

static void
set_up(struct cadre_worker *w, struct cadre_mailbox *mb)
{
	static uint32_t seat;

	seat = cadre_worker_seat(w);
	cadre_mailbox_on(mb, SHORT_ONE, tell, &seat);
	cadre_mailbox_on(mb, LONG_ONE, tell, &seat);
	cadre_mailbox_on(mb, GO, go, NULL);
}

static void
on_told(struct cadre_mailbox *mb, struct cadre_message *message, void *arg)
{
	uint32_t seat;

	(void)mb;
	(void)arg;
	memcpy(&seat, message->bytes, sizeof(seat));
	came[seat] += message->from.seat == seat;
	all++;
}

/* Each worker's, since the last time. */
static void
each(const char *what, int a, int b, int c, int d)
{
	ok(post_counted(&all, a + b + c + d), "%s: come", what);
	ok(came[0] == a && came[1] == b && came[2] == c && came[3] == d,
	    "%s: to whom they were sent (%d %d %d %d)", what, came[0],
	    came[1], came[2], came[3]);
	memset(came, 0, sizeof(came));
	all = 0;
}

int
main(void)
{
	const uint32_t none = 4000, empty = WORKERS;

	memset(bytes, 'b', sizeof(bytes));
	post_start(WORKERS, set_up, NULL);
	cadre_mailbox_on(post_box, TOLD, on_told, NULL);
	is_int(cadre_mailbox_broadcast(post_box, NULL, 0, SHORT_ONE, bytes, 3),
	    WORKERS, "the master, to all");
	each("3 bytes", 1, 1, 1, 1);
	is_int(cadre_mailbox_broadcast(post_box, set, 2, LONG_ONE, bytes,
	    LONG), 2, "the master, to two");
	each("long ones", 0, 1, 0, 1);
	is_int(cadre_mailbox_broadcast(post_box, &empty, 1, 1, bytes, 3), 0,
	    "a seat without a worker is passed over");
	is_int(cadre_mailbox_broadcast(post_box, &none, 1, 1, bytes, 3),
	    -ENOENT, "a seat that there is not is refused");
	ok(cadre_mailbox_send(post_box, 0, GO, NULL, 0) >= 0, "a worker does so");
	each("all others, and a set", 0, 3, 2, 3);
	ok(post_signal(2, SIGKILL) && cadre_mailbox_send(post_box, 0, GO, NULL,
	    0) >= 0, "and once more, when one has died");
	ok(post_up(2, WORKERS), "which is replaced");
	ok(post_counted(&came[3], 3) && came[1] == 3 && came[0] == 0,
	    "the others have all of it");
	ok(post_stop(), "it ends");
	return done_testing();
}
