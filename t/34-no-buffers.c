/* t/34-no-buffers: when the kernel has no memory for a message it waits, and costs nobody a channel */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include <sys/socket.h>
#include <sys/syscall.h>

#include "t/lib/post.h"
#include "t/lib/tap.h"

static int came, refuse, refused;

static bool
none_left(void)
{
	if (refuse == 0)
		return false;
	refuse--;
	refused++;
	errno = ENOBUFS;
	return true;
}

ssize_t
send(int fd, const void *bytes, size_t n, int flags)
{
	return none_left() ? -1 :
	    syscall(SYS_sendto, fd, bytes, n, flags, NULL, 0);
}

ssize_t
sendmsg(int fd, const struct msghdr *msg, int flags)
{
	return none_left() ? -1 : syscall(SYS_sendmsg, fd, msg, flags);
}

static void
set_up(struct cadre_worker *w, struct cadre_mailbox *mb)
{
	(void)w;
	cadre_mailbox_on(mb, 1, post_echo, NULL);
}

static void
config(struct cadre_master *m, void *arg)
{
	(void)arg;
	if (cadre_master_set(m, CADRE_MESSAGE_POLICY, CADRE_DROP_PEER) < 0)
		exit(99);
}

int
main(void)
{
	struct cadre_mailbox_counts c = { .sent = 0 };

	post_start(1, set_up, config);
	cadre_mailbox_on(post_box, 1, post_count, &came);
	refuse = 7;
	is_int(cadre_mailbox_send(post_box, 0, 1, "x", 1), 1, "it waits");
	is_int(cadre_mailbox_send(post_box, 0, 1, "y", 1), 1, "so does another");
	ok(post_counted(&came, 2), "both come");
	is_int(refused, 7, "after so many times without memory");
	ok(cadre_mailbox_counts(post_box, 0, &c) == 0 && c.disconnected == 0 &&
	    cadre_mailbox_is_connected(post_box, 0), "it is connected");
	ok(post_stop(), "it ends");
	return done_testing();
}
