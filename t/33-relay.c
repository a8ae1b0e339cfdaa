/* t/33-relay: workers talk to each other, with bytes and descriptors, and each knows truly whom from */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "t/lib/post.h"
#include "t/lib/probe.h"
#include "t/lib/tap.h"

enum { GO = 1, ECHOED, RESULT, UNKNOWN };
enum { SENT, CAME, FROM, FDS, REPLIED, NOSYS, SELF, NO_SEAT, RESULTS };

static char bytes[100000];
static int results[RESULTS];
static int got;

static void
tell(struct cadre_mailbox *mb)
{
	if (results[CAME] > 0 && results[REPLIED] > 0 && results[NOSYS] > 0)
		(void)cadre_mailbox_send(mb, CADRE_MASTER, RESULT, results,
		    sizeof(results));
}

static void
on_echo(struct cadre_mailbox *mb, struct cadre_message *message, void *arg)
{
	char c = 0;
	int fd = cadre_message_fd(message, 0);

	(void)arg;
	results[CAME] = message->n == sizeof(bytes) &&
	    memcmp(message->bytes, bytes, sizeof(bytes)) == 0;
	results[FROM] = message->from.seat == 1 &&
	    message->from.generation == 2;
	results[FDS] = message->nfds == 1 && read(fd, &c, 1) == 1 && c == 'x';
	close(fd);
	tell(mb);
}

static void
on_reply(struct cadre_mailbox *mb, int err, struct cadre_message *reply,
    void *arg)
{
	if (arg == &results[NOSYS])
		results[NOSYS] = err == -ENOSYS;
	else
		results[REPLIED] = err == 0 && reply->n == 5 &&
		    reply->from.seat == 1;
	tell(mb);
}

/* Seat 0 is told to, and asks seat 1. */
static void
on_go(struct cadre_mailbox *mb, struct cadre_message *message, void *arg)
{
	int p[2];

	(void)message;
	(void)arg;
	if (pipe(p) < 0 || write(p[1], "x", 1) != 1)
		_exit(1);
	results[SENT] = cadre_mailbox_send_fds(mb, 1, ECHOED, bytes,
	    sizeof(bytes), p, 1);
	close(p[0]);
	close(p[1]);
	(void)cadre_mailbox_request(mb, 1, ECHOED, "four", 5, -1, on_reply,
	    &results[REPLIED]);
	(void)cadre_mailbox_request(mb, 1, UNKNOWN, NULL, 0, -1, on_reply,
	    &results[NOSYS]);
	results[SELF] = cadre_mailbox_send(mb, 0, ECHOED, NULL, 0);
	results[NO_SEAT] = cadre_mailbox_send(mb, 4000, ECHOED, NULL, 0);
}

static void
set_up(struct cadre_worker *w, struct cadre_mailbox *mb)
{
	memset(bytes, 'b', sizeof(bytes));
	cadre_mailbox_on(mb, GO, on_go, NULL);
	cadre_mailbox_on(mb, ECHOED, cadre_worker_seat(w) == 0 ? on_echo :
	    post_echo, NULL);
}

static void
on_result(struct cadre_mailbox *mb, struct cadre_message *message, void *arg)
{
	(void)mb;
	(void)arg;
	memcpy(results, message->bytes, sizeof(results));
	got++;
}

int
main(void)
{
	struct cadre_mailbox_counts c = { .sent = 0 };
	int fds;

	post_start(2, set_up, NULL);
	fds = probe_fds(0);
	cadre_mailbox_on(post_box, RESULT, on_result, NULL);
	ok(cadre_mailbox_send(post_box, 0, GO, NULL, 0) >= 0 &&
	    post_counted(&got, 1), "seat 0 has talked to seat 1");
	is_int(results[SENT], 0, "a long message with a descriptor goes");
	is_int(results[CAME], 1, "and comes back whole");
	is_int(results[FROM], 1, "from seat 1, of the second generation");
	is_int(results[FDS], 1, "with its descriptor");
	is_int(results[REPLIED], 1, "a request is answered");
	is_int(results[NOSYS], 1, "or that nobody takes it");
	is_int(results[SELF], -EINVAL, "not to oneself");
	is_int(results[NO_SEAT], -ENOENT, "nor to a seat that there is not");
	cadre_mailbox_counts(post_box, CADRE_NO_SEAT, &c);
	is_u64(c.relayed, 6, "so many were handed on");
	is_u64(c.unwanted, 0, "the master wanted none of them");
	is_int(probe_fds(0), fds, "and has kept no descriptor");
	ok(post_stop(), "it ends");
	return done_testing();
}
