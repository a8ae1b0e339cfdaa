/* t/34-loops: messages and time-outs reach a worker in whatever loop it waits */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>

#include "t/lib/post.h"
#include "t/lib/tap.h"

#define PINGS	200

enum { PING = 1, SILENT, LATE };
enum { OWN, TWO, GATE, LOOPS };	/* by seat */

static const char *const loops[] = { "with a poll of its own",
	"with two epolls in turn", "in the line of mode gate" };
static int pings[LOOPS], late[LOOPS];

static void
on_reply(struct cadre_mailbox *mb, int err, struct cadre_message *reply,
    void *arg)
{
	(void)reply;
	(void)arg;
	if (err == -ETIMEDOUT)
		(void)cadre_mailbox_send(mb, CADRE_MASTER, LATE, NULL, 0);
}

static void
turn(struct cadre_worker *w, int epfd[2], unsigned int turns)
{
	struct pollfd p = { .fd = cadre_worker_fd(w), .events = POLLIN };
	struct epoll_event e[4];

	if (cadre_worker_seat(w) != OWN) {
		(void)cadre_worker_wait(w, cadre_worker_seat(w) == TWO ?
		    epfd[turns % 2] : epfd[0], e, 4, -1);
		return;
	}
	cadre_worker_turn_end(w);
	if (!cadre_worker_draining(w))
		(void)poll(&p, 1, -1);
	cadre_worker_turn_begin(w);
}

static int
serve(struct cadre_worker *w, void *arg)
{
	int epfd[2] = { epoll_create1(EPOLL_CLOEXEC),
	    epoll_create1(EPOLL_CLOEXEC) };
	struct epoll_event e = { .events = EPOLLIN };
	struct cadre_mailbox *mb = cadre_worker_mailbox(w);

	(void)arg;
	epoll_ctl(epfd[0], EPOLL_CTL_ADD, cadre_worker_listener_fd(w, 0), &e);
	cadre_mailbox_on(mb, PING, post_echo, NULL);
	cadre_worker_ready(w);
	for (int ms = 0; ms < 50; ms += 25)
		(void)cadre_mailbox_request(mb, CADRE_MASTER, SILENT, NULL, 0,
		    ms, on_reply, NULL);
	for (unsigned int i = 0; !cadre_worker_draining(w); i++)
		turn(w, epfd, i);
	return 0;
}

static void
on_message(struct cadre_mailbox *mb, struct cadre_message *message, void *arg)
{
	uint32_t seat = message->from.seat;

	(void)arg;
	if (message->type == LATE)
		late[seat]++;
	if (message->type == PING && ++pings[seat] < PINGS)
		(void)cadre_mailbox_send(mb, seat, PING, NULL, 0);
}

static void
config(struct cadre_master *m, void *arg)
{
	(void)arg;
	cadre_master_listen(m, "tcp:127.0.0.1:0", "mode=gate");
	cadre_mailbox_on(post_box, CADRE_TYPE_ANY, on_message, NULL);
}

int
main(void)
{
	post_start_with(LOOPS, serve, config);
	for (uint32_t i = 0; i < LOOPS; i++) {
		ok(cadre_mailbox_send(post_box, i, PING, NULL, 0) >= 0 &&
		    post_counted(&pings[i], PINGS), "%s: messages", loops[i]);
		ok(post_counted(&late[i], 2), "%s: time-outs", loops[i]);
	}
	ok(post_stop(), "it ends");
	return done_testing();
}
