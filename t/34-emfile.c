/* t/34-emfile: who has no descriptor left sends short messages still, and is told of those that need one */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <sys/resource.h>

#include "t/lib/post.h"
#include "t/lib/probe.h"
#include "t/lib/tap.h"

#define LONG	100000
#define ROOM	32

static char bytes[LONG];
static int came, taken[2 * ROOM], ntaken;

static void
set_up(struct cadre_worker *w, struct cadre_mailbox *mb)
{
	(void)w;
	cadre_mailbox_on(mb, CADRE_TYPE_ANY, post_echo, NULL);
}

static void
take_all(void)
{
	struct rlimit few;

	getrlimit(RLIMIT_NOFILE, &few);
	few.rlim_cur = (rlim_t)probe_fds(0) + ROOM;
	setrlimit(RLIMIT_NOFILE, &few);
	while (ntaken < 2 * ROOM &&
	    (taken[ntaken] = open("/dev/null", O_RDONLY)) >= 0)
		ntaken++;
}

int
main(void)
{
	struct cadre_mailbox_counts before = { 0 }, after = { 0 };
	int err, one = STDERR_FILENO, sent = 0;

	post_start(1, set_up, NULL);
	cadre_mailbox_on(post_box, 1, post_count, &came);
	take_all();
	ok(ntaken > 0 && open("/dev/null", O_RDONLY) < 0, "none is left");
	is_int(cadre_mailbox_send(post_box, 0, 1, bytes, 1000), 0, "1,000 bytes");
	ok(post_counted(&came, 1), "go and come");
	is_int(cadre_mailbox_send(post_box, 0, 1, bytes, LONG), -EMFILE,
	    "100,000 need one: EMFILE");
	is_int(cadre_mailbox_broadcast(post_box, NULL, 0, 1, bytes, LONG),
	    -EMFILE, "also to all");
	is_int(post_ask(1, -1), 0, "a request is answered");
	ok(post_signal(0, SIGSTOP), "the worker is stopped");
	while ((err = cadre_mailbox_send(post_box, 0, 1, bytes, 1000)) == 0)
		sent++;
	is_int(err, 1, "when its channel is full, messages wait");
	cadre_mailbox_counts(post_box, 0, &before);
	is_int(cadre_mailbox_send_fds(post_box, 0, 1, NULL, 0, &one, 1),
	    -EMFILE, "but none that has a descriptor to wait with it");
	cadre_mailbox_counts(post_box, 0, &after);
	ok(after.sent == before.sent && after.queued == before.queued,
	    "that one does not count as sent");
	while (ntaken > 0)
		close(taken[--ntaken]);
	ok(post_signal(0, SIGCONT) && post_counted(&came, 2 + sent),
	    "it goes on: the others come");
	ok(cadre_mailbox_send(post_box, 0, 1, bytes, LONG) >= 0 &&
	    post_counted(&came, 3 + sent), "and a long one, now");
	ok(post_stop(), "it ends");
	return done_testing();
}
