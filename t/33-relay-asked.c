/* t/33-relay-asked: who asks another worker hears its answer, or that it has none, is gone, or was never there */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <signal.h>

#include "t/lib/asker.h"
#include "t/lib/tap.h"

static bool
heard(int times, int answers, int err)
{
	return post_counted(&asker_times, times) &&
	    asker_heard.answers == answers && asker_heard.first == err &&
	    asker_heard.last == err &&
	    asker_heard.replies == (err == 0 ? answers : 0);
}

int
main(void)
{
	asker_start(2, NULL);
	ok(asker_ask(1, ASKER_ECHOED, 50), "seat 0 asks seat 1");
	ok(heard(1, 50, 0), "and hears 50 replies");
	ok(asker_ask(1, ASKER_UNKNOWN, 3), "what it has no function for");
	ok(heard(2, 3, -ENOSYS), "ENOSYS");
	ok(asker_ask(5, ASKER_ECHOED, 3), "a seat without a worker");
	ok(heard(3, 3, -ENOTCONN), "ENOTCONN");
	ok(asker_ask(1, ASKER_SILENT, 7) && post_counted(&asker_silent, 7),
	    "seat 1 keeps what it is asked");
	ok(post_signal(1, SIGKILL) && heard(4, 7, -ENOTCONN),
	    "and is killed: ENOTCONN for each");
	ok(post_up(1, 2) && asker_ask(1, ASKER_ECHOED, 50) && heard(5, 50, 0),
	    "its successor answers");
	ok(asker_ask(1, ASKER_SILENT, 7) && post_counted(&asker_silent, 14),
	    "and keeps some as well");
	ok(cadre_mailbox_disconnect(post_box, 1) == 0 &&
	    heard(6, 7, -ENOTCONN), "it is disconnected: ENOTCONN");
	ok(post_stop(), "it ends");
	return done_testing();
}
