/* t/37-lingering: descriptors that somebody sends where others are woken, and whose close waits, make nobody wait */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>
#include <unistd.h>

#include <sys/socket.h>

#include "runtime/topics.h"
#include "runtime/worker.h"
#include "t/lib/forge.h"
#include "t/lib/gazette.h"
#include "t/lib/tap.h"

#define ROUNDS	20
#define LINGER_S 60

enum { SEND = 70 };		/* what seat 0 is told */

static struct cadre_worker *self;

static void
on_send(struct cadre_mailbox *mb, struct cadre_message *message, void *arg)
{
	char control[CMSG_SPACE(sizeof(int))] = { 0 };
	struct cmsghdr *c = (struct cmsghdr *)(void *)control;
	struct topics *t = worker_topics(self);
	struct iovec iov = { control, 1 };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1,
	    .msg_control = control, .msg_controllen = sizeof(control) };
	int fd = forge_lingering(LINGER_S), sent = 0;

	(void)arg;
	cadre_mailbox_publish(mb, "none", "", 0, CADRE_SCOPE_SIBLINGS);
	*c = (struct cmsghdr){ .cmsg_level = SOL_SOCKET,
	    .cmsg_type = SCM_RIGHTS, .cmsg_len = CMSG_LEN(sizeof(int)) };
	memcpy(CMSG_DATA(c), &fd, sizeof(fd));
	sent += sendmsg(t->cords[1], &msg, MSG_DONTWAIT) >= 0;
	for (int k = 0; k < 8; k++)
		(void)send(t->cords[1], "", 1, MSG_DONTWAIT);
	/* Not the last copy, or one that does not wait. */
	if (sent > 0)
		close(fd);
	else
		cadre__frame_fd_close(fd);
	cadre_mailbox_reply(mb, &message->from, SEND, "sent", 5);
}

static void
set_up(struct cadre_worker *w, struct cadre_mailbox *mb)
{
	self = w;
	gazette_set_up(w, mb);
	cadre_mailbox_on(mb, SEND, on_send, NULL);
}

int
main(void)
{
	uint64_t n = 0;

	forge_door();
	post_start(3, set_up, NULL);
	is_int(gazette_subscribe(1, "news"), 0, "one subscribes");
	ok(gazette_asleep(1), "and sleeps");
	is_int(post_ask(SEND, 5000), 0, "another sends: %s", post_reply);
	while (n < ROUNDS && gazette_publish(2, "news", CADRE_SCOPE_SIBLINGS,
	    1, 8) == 0 && gazette_received(1, n + 1))
		n++;
	is_u64(n, ROUNDS, "what is published comes");
	ok(gazette_stop(), "it ends");
	return done_testing();
}
