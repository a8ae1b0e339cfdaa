/* t/34-rights: both sides send descriptors at once, thousands, and neither waits for the other */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include <sys/resource.h>

#include "t/lib/post.h"
#include "t/lib/probe.h"
#include "t/lib/tap.h"

#define MESSAGES	3000
#define EACH		20

enum { MARKED = 1, DONE };

static int sent, came, bad, done;

static void
put(struct cadre_mailbox *mb, uint32_t to)
{
	static int fds[EACH];

	if (fds[0] == 0)
		for (int i = 0; i < EACH; i++)
			fds[i] = STDERR_FILENO;
	while (sent < MESSAGES && cadre_mailbox_send_fds(mb, to, MARKED, &sent,
	    sizeof(sent), fds, EACH) >= 0)
		sent++;
}

static void
take(struct cadre_mailbox *mb, struct cadre_message *message, void *arg)
{
	int fd = cadre_message_fd(message, EACH - 1);

	(void)arg;
	bad += message->nfds != EACH || fd < 0 ||
	    *(const int *)message->bytes != came;
	close(fd);
	came++;
	put(mb, message->from.seat);
}

static int
serve(struct cadre_worker *w, void *arg)
{
	struct cadre_mailbox *mb = cadre_worker_mailbox(w);
	int epfd = epoll_create1(EPOLL_CLOEXEC), before;
	struct cadre_mailbox_counts c;
	struct epoll_event e;
	bool told = false;

	(void)arg;
	cadre_mailbox_on(mb, MARKED, take, NULL);
	cadre_worker_ready(w);
	cadre_worker_wait(w, epfd, &e, 1, 0);
	before = probe_fds(0);
	while (!cadre_worker_draining(w)) {
		put(mb, CADRE_MASTER);
		cadre_mailbox_counts(mb, CADRE_MASTER, &c);
		if (came == MESSAGES && sent == MESSAGES && c.queued == 0 &&
		    !told) {
			bad += probe_fds(0) > before;
			told = cadre_mailbox_send(mb, CADRE_MASTER, DONE, &bad,
			    sizeof(bad)) >= 0;
		}
		cadre_worker_wait(w, epfd, &e, 1, 10);
	}
	return 0;
}

static void
on_done(struct cadre_mailbox *mb, struct cadre_message *message, void *arg)
{
	(void)mb;
	(void)arg;
	bad += *(const int *)message->bytes;
	done++;
}

static bool
all_done(void *arg)
{
	(void)arg;
	put(post_box, 0);
	return done > 0 && came == MESSAGES;
}

/* None may be sent then, and long messages go that way too. */
static void
without(struct cadre_master *m, void *arg)
{
	(void)arg;
	if (cadre_master_set(m, CADRE_MESSAGE_RIGHTS, 0) < 0)
		exit(99);
}

int
main(void)
{
	static char bytes[CADRE_MESSAGE_INLINE + 1];
	int fds, one = STDERR_FILENO;

	post_start_with(1, serve, NULL);
	fds = probe_fds(0);
	cadre_mailbox_on(post_box, MARKED, take, NULL);
	cadre_mailbox_on(post_box, DONE, on_done, NULL);
	ok(post_until(all_done, NULL), "all have come, both ways");
	is_int(bad, 0, "each whole, in order, with all of its descriptors");
	is_int(probe_fds(0), fds, "no descriptor is left");
	ok(post_stop(), "it ends");
	sent = came = 0;
	post_start_with(1, app_idle, without);
	is_int(cadre_mailbox_send_fds(post_box, 0, 1, NULL, 0, &one, 1), -EPERM,
	    "without the right to: EPERM");
	is_int(cadre_mailbox_send(post_box, 0, 1, bytes, sizeof(bytes)),
	    -EMSGSIZE, "nor what does not fit a frame");
	is_int(cadre_mailbox_send(post_box, 0, 1, bytes, sizeof(bytes) - 1), 0,
	    "64 KiB do");
	ok(post_stop(), "it ends");
	return done_testing();
}
