/* t/34-small-buffer: where the system's socket buffers are small a message of 64 KiB goes all the same, both ways */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>
#include <unistd.h>

#include <sys/socket.h>
#include <sys/syscall.h>

#include "t/lib/post.h"
#include "t/lib/tap.h"

static char bytes[CADRE_MESSAGE_INLINE];
static int came, right, pairs;

/* As with another net.core.wmem_default. */
int
socketpair(int domain, int type, int protocol, int fds[2])
{
	int err = (int)syscall(SYS_socketpair, domain, type, protocol, fds),
	    few = 4096;

	for (int i = 0; err == 0 && i < 2; i++)
		(void)setsockopt(fds[i], SOL_SOCKET, SO_SNDBUF, &few,
		    sizeof(few));
	pairs++;
	return err;
}

static void
set_up(struct cadre_worker *w, struct cadre_mailbox *mb)
{
	(void)w;
	cadre_mailbox_on(mb, 1, post_echo, NULL);
}

static void
on_message(struct cadre_mailbox *mb, struct cadre_message *message, void *arg)
{
	(void)mb, (void)arg;
	right += message->n == sizeof(bytes) &&
	    memcmp(message->bytes, bytes, sizeof(bytes)) == 0;
	came++;
}

int
main(void)
{
	memset(bytes, 'b', sizeof(bytes));
	post_start(1, set_up, NULL);
	ok(pairs >= 2, "the sockets are ours");
	cadre_mailbox_on(post_box, 1, on_message, NULL);
	for (int i = 0; i < 3; i++)
		ok(cadre_mailbox_send(post_box, 0, 1, bytes,
		    sizeof(bytes)) >= 0, "it is sent, or waits");
	ok(post_counted(&came, 3) && right == 3, "all come back as they went");
	ok(post_stop(), "it ends");
	return done_testing();
}
