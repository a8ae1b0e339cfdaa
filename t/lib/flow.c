/* SPDX-License-Identifier: BSD-2-Clause */
/* Messages each way at once; see flow.h. */
#include <string.h>
#include <unistd.h>

#include "t/lib/flow.h"
#include "t/lib/probe.h"
#include "t/lib/tap.h"

#define LENGTH_MAX	100000

enum { NUMBERED = 1, VERDICT };

static const struct flow *flow;
static uint32_t sent, came;
static int bad, bad_there;	/* there: < 0, not told yet */
static int fds[CADRE_MESSAGE_FDS];
static char bytes[LENGTH_MAX];

static void
put(struct cadre_mailbox *mb, uint32_t to)
{
	size_t n;

	if (flow->corks)
		cadre_mailbox_cork(mb);
	for (; sent < flow->messages; sent++) {
		n = flow->length(sent);
		memset(bytes, (int)sent, n);
		memcpy(bytes, &sent, sizeof(sent));
		if (cadre_mailbox_send_fds(mb, to, NUMBERED, bytes, n, fds,
		    flow->nfds) < 0)
			break;
	}
	if (sent == flow->messages)
		(void)cadre_mailbox_uncork(mb);
}

static void
take(struct cadre_mailbox *mb, struct cadre_message *message, void *arg)
{
	const unsigned char *b = message->bytes;
	uint32_t number;
	int fd = 0;

	(void)arg;
	memcpy(&number, b, sizeof(number));
	if (flow->nfds > 0)
		fd = cadre_message_fd(message, flow->nfds - 1);
	bad += number != came || message->n != flow->length(number) ||
	    b[sizeof(number)] != (number & 0xff) ||
	    b[message->n - 1] != (number & 0xff) ||
	    message->nfds != flow->nfds || fd < 0;
	if (fd > 0)
		close(fd);
	came++;
	put(mb, message->from.seat);
}

static bool
is_through(struct cadre_mailbox *mb)
{
	struct cadre_mailbox_counts c = { .queued = 1 };

	cadre_mailbox_counts(mb, CADRE_NO_SEAT, &c);
	return came == flow->messages && sent == flow->messages &&
	    c.queued == 0;
}

static int
serve(struct cadre_worker *w, void *arg)
{
	struct cadre_mailbox *mb = cadre_worker_mailbox(w);
	int epfd = epoll_create1(EPOLL_CLOEXEC), before;
	struct epoll_event e;
	bool told = false;

	(void)arg;
	cadre_mailbox_on(mb, NUMBERED, take, NULL);
	cadre_worker_ready(w);
	cadre_worker_wait(w, epfd, &e, 1, 0);
	before = probe_fds(0);
	while (!cadre_worker_draining(w)) {
		put(mb, CADRE_MASTER);
		if (is_through(mb) && !told) {
			bad += probe_fds(0) > before;
			told = cadre_mailbox_send(mb, CADRE_MASTER, VERDICT,
			    &bad, sizeof(bad)) >= 0;
		}
		cadre_worker_wait(w, epfd, &e, 1, 10);
	}
	return 0;
}

static void
on_verdict(struct cadre_mailbox *mb, struct cadre_message *message, void *arg)
{
	(void)mb;
	(void)arg;
	memcpy(&bad_there, message->bytes, sizeof(bad_there));
}

static bool
is_done(void *arg)
{
	(void)arg;
	put(post_box, 0);
	return bad_there >= 0 && is_through(post_box);
}

/* Before the start: the worker begins at once. */
static void
config(struct cadre_master *m, void *arg)
{
	struct cadre_mailbox *mb = cadre_master_mailbox(m);

	(void)arg;
	cadre_mailbox_on(mb, NUMBERED, take, NULL);
	cadre_mailbox_on(mb, VERDICT, on_verdict, NULL);
}

bool
flow_run(const struct flow *f)
{
	bool done;
	int before;

	flow = f;
	sent = came = 0;
	bad = 0;
	bad_there = -1;
	for (unsigned int i = 0; i < f->nfds; i++)
		fds[i] = STDERR_FILENO;
	post_start_with(1, serve, config);
	before = probe_fds(0);
	done = post_until(is_done, NULL);
	bad += probe_fds(0) > before;
	return done;
}

int
flow_bad(uint32_t seat)
{
	return seat == CADRE_MASTER ? bad : bad_there;
}
