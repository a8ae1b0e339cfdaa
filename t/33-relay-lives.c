/* t/33-relay-lives: of two workers in a seat, in a reload, the end of one fails the requests that it had, and none of the other's */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "t/lib/post.h"
#include "t/lib/tap.h"

enum { ASK = 1, KEEP, KEPT, ANSWER, HEARD, ASKER = 1 };

static struct cadre_sender kept;	/* in the worker that was asked */
static int keeps, heard, results[2], pids[2];

static void
on_reply(struct cadre_mailbox *mb, int err, struct cadre_message *reply,
    void *arg)
{
	(void)reply, (void)arg;
	(void)cadre_mailbox_send(mb, CADRE_MASTER, HEARD, &err, sizeof(err));
}

static void
on_ask(struct cadre_mailbox *mb, struct cadre_message *message, void *arg)
{
	(void)message, (void)arg;
	if (cadre_mailbox_request(mb, 0, KEEP, NULL, 0, -1, on_reply, NULL) < 0)
		_exit(98);
}

static void
on_keep(struct cadre_mailbox *mb, struct cadre_message *message, void *arg)
{
	int pid = getpid();

	(void)arg;
	kept = message->from;
	(void)cadre_mailbox_send(mb, CADRE_MASTER, KEPT, &pid, sizeof(pid));
}

static void
on_answer(struct cadre_mailbox *mb, struct cadre_message *message, void *arg)
{
	(void)message, (void)arg;
	(void)cadre_mailbox_reply(mb, &kept, KEEP, NULL, 0);
}

/* The first of each seat serves on when it drains; another asker never does. */
static int
serve(struct cadre_worker *w, void *arg)
{
	struct cadre_mailbox *mb = cadre_worker_mailbox(w);
	bool first = cadre_worker_generation(w) <= 2;
	struct epoll_event e;
	int epfd = epoll_create1(EPOLL_CLOEXEC);

	(void)arg;
	cadre_mailbox_on(mb, ASK, on_ask, NULL);
	cadre_mailbox_on(mb, KEEP, on_keep, NULL);
	cadre_mailbox_on(mb, ANSWER, on_answer, NULL);
	if (first || cadre_worker_seat(w) != ASKER)
		cadre_worker_ready(w);
	while (first || !cadre_worker_draining(w))
		cadre_worker_wait(w, epfd, &e, 1, -1);
	return 0;
}

static void
take(struct cadre_mailbox *mb, struct cadre_message *message, void *arg)
{
	int what;

	(void)mb, (void)arg;
	memcpy(&what, message->bytes, sizeof(what));
	if (message->type == KEPT)
		pids[keeps++ % 2] = what;
	else
		results[heard++ % 2] = what;
}

static bool
ask(int times)
{
	return cadre_mailbox_send(post_box, ASKER, ASK, NULL, 0) == 0 &&
	    post_counted(&keeps, times);
}

int
main(void)
{
	post_start_with(2, serve, NULL);
	cadre_mailbox_on(post_box, KEPT, take, NULL);
	cadre_mailbox_on(post_box, HEARD, take, NULL);
	ok(ask(1), "seat 1 asks seat 0");
	is_int(cadre_master_reload(post_master, NULL), 0, "a reload begins");
	ok(post_up(0, 2), "seat 0 has a successor, and the old one stays");
	ok(ask(2) && pids[0] != pids[1], "that is asked, too");
	kill(pids[0], SIGKILL);
	ok(post_counted(&heard, 1) && results[0] == -ENOTCONN,
	    "the old one ends: its request has failed");
	ok(cadre_mailbox_send(post_box, 0, ANSWER, NULL, 0) == 0 &&
	    post_counted(&heard, 2), "the new one answers");
	is_int(results[1], 0, "and was waited for");
	cadre_master_free(post_master);
	return done_testing();
}
