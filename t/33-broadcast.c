/* t/33-broadcast: to all or to a set of seats, from the master or a worker, once to each that is there */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <signal.h>

#include "t/lib/roll.h"
#include "t/lib/tap.h"

static const uint32_t set[] = { 1, 3, 1 };

/* In a worker: to all others, then to a set, in which one stands twice. */
static void
go(struct cadre_mailbox *mb, struct cadre_message *message, void *arg)
{
	(void)message;
	(void)arg;
	(void)cadre_mailbox_broadcast(mb, NULL, 0, ROLL_SHORT, roll_bytes, 3);
	(void)cadre_mailbox_broadcast(mb, NULL, 0, ROLL_LARGE, roll_bytes,
	    ROLL_LONG);
	(void)cadre_mailbox_broadcast(mb, set, 3, ROLL_LARGE, roll_bytes,
	    ROLL_LONG);
}

int
main(void)
{
	const uint32_t none = 4000, empty = ROLL_WORKERS;

	roll_start(go);
	is_int(cadre_mailbox_broadcast(post_box, NULL, 0, ROLL_SHORT,
	    roll_bytes, 3), ROLL_WORKERS, "the master, to all");
	ok(roll_each(1, 1, 1, 1), "it comes to each");
	is_int(cadre_mailbox_broadcast(post_box, set, 3, ROLL_LARGE,
	    roll_bytes, ROLL_LONG), 2, "a long one, to two, of them one twice");
	ok(roll_each(0, 1, 0, 1), "it comes to them");
	is_int(cadre_mailbox_broadcast(post_box, &empty, 1, 1, roll_bytes, 3),
	    0, "a seat without a worker is passed over");
	is_int(cadre_mailbox_broadcast(post_box, &none, 1, 1, roll_bytes, 3),
	    -ENOENT, "a seat that there is not is refused");
	ok(cadre_mailbox_send(post_box, 0, ROLL_GO, NULL, 0) >= 0,
	    "a worker, to all others and to a set");
	ok(roll_each(0, 3, 2, 3), "it comes to each of them, once");
	ok(post_signal(2, SIGKILL) && cadre_mailbox_send(post_box, 0, ROLL_GO,
	    NULL, 0) >= 0 && post_up(2, ROLL_WORKERS), "once more, as one dies");
	ok(post_counted(&roll_came[1], 3) && post_counted(&roll_came[3], 3) &&
	    roll_came[0] == 0, "the others have all of it");
	ok(post_stop(), "it ends");
	return done_testing();
}
