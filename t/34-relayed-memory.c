/* t/34-relayed-memory: a long message of another worker whose memory turns out bad is declined, and costs who gets it nothing */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <sys/epoll.h>
#include <sys/socket.h>

#include "runtime/mailbox.h"
#include "runtime/worker.h"
#include "shm/frame.h"
#include "t/lib/tap.h"

#define LONG		100000
#define OTHER		1
#define ID		77

static int came, ended, answered;

static void
count(struct cadre_mailbox *mb, struct cadre_message *message, void *arg)
{
	(void)mb, (void)message, (void)arg;
	came++;
}

static void
end(struct cadre_mailbox *mb, uint32_t seat, uint64_t generation, void *arg)
{
	(void)mb, (void)seat, (void)generation, (void)arg;
	ended++;
}

static void
answer(struct cadre_mailbox *mb, int err, struct cadre_message *message,
    void *arg)
{
	(void)mb, (void)message, (void)arg;
	answered = err;
}

/* As the master would hand it on: here its memory is a pipe. */
static void
hand_on(int master, struct cadre_mailbox *mb, uint16_t type, uint32_t seat,
    uint32_t id)
{
	struct wire wire = { .frame = { CADRE_FRAME_VERSION, type, id,
	    sizeof(wire.head), 0 }, .head = { 5, seat, 9, LONG } };
	struct iovec part = { &wire, sizeof(wire) };
	int p[2];

	if (pipe(p) < 0 || cadre__frame_put(master, &part, 1, p, 1) < 0)
		bail_out("cannot send");
	close(p[0]);
	close(p[1]);
	mailbox_ready(mb, EPOLLIN);
}

static bool
is_told(int master, struct wire *wire)
{
	return recv(master, wire, sizeof(*wire), MSG_DONTWAIT) ==
	    sizeof(*wire);
}

int
main(void)
{
	struct worker_birth birth = { .messages_limits = { .bytes_max = 1 << 20,
	    .queue_bytes = 1 << 20, .queue = 64, .requests = 64, .seats = 2,
	    .rights = true } };
	struct cadre_mailbox_counts counts;
	struct cadre_mailbox mb;
	struct wire wire;
	int sp[2];

	memset(&mb, 0, sizeof(mb));
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0, sp) < 0)
		bail_out("socketpair");
	birth.messages = sp[1];
	is_int(mailbox_open(&mb, NULL, &birth, epoll_create1(EPOLL_CLOEXEC)),
	    0, "a worker's mailbox");
	ok(is_told(sp[0], &wire), "is online");
	cadre_mailbox_on(&mb, CADRE_TYPE_ANY, count, NULL);
	cadre_mailbox_on_disconnect(&mb, end, NULL);
	hand_on(sp[0], &mb, CADRE_FRAME_MESSAGE, OTHER, 0);
	hand_on(sp[0], &mb, CADRE_FRAME_REQUEST, OTHER, ID);
	ok(is_told(sp[0], &wire) && wire.frame.type == CADRE_FRAME_FAILED &&
	    wire.frame.id == ID && wire.head.type == EPROTO &&
	    wire.head.seat == OTHER && wire.head.generation == 9,
	    "a request is declined");
	is_int(cadre_mailbox_request(&mb, OTHER, 5, NULL, 0, -1, answer, NULL),
	    0, "it asks itself");
	ok(is_told(sp[0], &wire), "that goes out");
	hand_on(sp[0], &mb, CADRE_FRAME_REPLY, OTHER, wire.frame.id);
	is_int(answered, -EPROTO, "the answer is none");
	is_int(came, 0, "nothing has come");
	cadre_mailbox_counts(&mb, CADRE_MASTER, &counts);
	is_int((long)counts.unwanted, 2, "what was declined is counted");
	ok(ended == 0 && cadre_mailbox_is_connected(&mb, CADRE_MASTER),
	    "the channel is whole");
	hand_on(sp[0], &mb, CADRE_FRAME_MESSAGE, CADRE_MASTER, 0);
	is_int(ended, 1, "of the master itself it would have ended");
	mailbox_free(&mb);
	return done_testing();
}
