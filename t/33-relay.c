/* t/33-relay: workers talk to each other, with bytes and descriptors, and each knows truly whom from */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>
#include <unistd.h>

#include "t/lib/post.h"
#include "t/lib/probe.h"
#include "t/lib/tap.h"

enum { GO = 1, ECHOED, RESULT };

static char bytes[100000];
static struct result {
	int	sent, bytes, from, fd;
} result;
static int got;

/* What it had sent is back. */
static void
on_echo(struct cadre_mailbox *mb, struct cadre_message *message, void *arg)
{
	char c = 0;
	int fd = cadre_message_fd(message, 0);

	(void)arg;
	result.bytes = message->n == sizeof(bytes) &&
	    memcmp(message->bytes, bytes, sizeof(bytes)) == 0;
	result.from = message->from.seat == 1 && message->from.generation == 2;
	result.fd = message->nfds == 1 && read(fd, &c, 1) == 1 && c == 'x';
	close(fd);
	(void)cadre_mailbox_send(mb, CADRE_MASTER, RESULT, &result,
	    sizeof(result));
}

/* Seat 0 is told to, and sends to seat 1. */
static void
on_go(struct cadre_mailbox *mb, struct cadre_message *message, void *arg)
{
	int p[2];

	(void)message;
	(void)arg;
	if (pipe(p) < 0 || write(p[1], "x", 1) != 1)
		_exit(1);
	result.sent = cadre_mailbox_send_fds(mb, 1, ECHOED, bytes,
	    sizeof(bytes), p, 1);
	close(p[0]);
	close(p[1]);
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
	memcpy(&result, message->bytes, sizeof(result));
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
	is_int(result.sent, 0, "a long message with a descriptor goes");
	is_int(result.bytes, 1, "and comes back whole");
	is_int(result.from, 1, "from seat 1, of the second generation");
	is_int(result.fd, 1, "with its descriptor");
	cadre_mailbox_counts(post_box, CADRE_NO_SEAT, &c);
	is_u64(c.relayed, 2, "two were handed on");
	is_u64(c.unwanted, 0, "the master wanted none of them");
	is_int(probe_fds(0), fds, "and has kept no descriptor");
	ok(post_stop(), "it ends");
	return done_testing();
}
