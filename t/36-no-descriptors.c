/* t/36-no-descriptors: a master without free descriptors goes on, whatever it is sent */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include <sys/resource.h>

#include "t/lib/forge.h"
#include "t/lib/post.h"
#include "t/lib/probe.h"
#include "t/lib/tap.h"

#define LONG	100000
#define FDS_MAX	4096

enum { DO = 1, AFTER, ASK };

#define ROW(t, s, n) { .type = (t), .id = 1, .nfds = (n),		\
	.fd = FORGE_MEMFD, .head = { .type = DO, .seat = (s),		\
	.generation = (t) == CADRE_FRAME_REPLY ? 2 : 0, .bytes = LONG } }
static const struct forge rows[] = {
	ROW(CADRE_FRAME_MESSAGE, CADRE_MASTER, 1),
	ROW(CADRE_FRAME_MESSAGE, 1, 9),
	ROW(CADRE_FRAME_REQUEST, CADRE_MASTER, 1),
	ROW(CADRE_FRAME_REQUEST, 1, 1),
	ROW(CADRE_FRAME_REPLY, CADRE_MASTER, 2),
	ROW(CADRE_FRAME_REPLY, 1, 1),
	ROW(CADRE_FRAME_BROADCAST, CADRE_NO_SEAT, 1),
};
enum { ROWS = sizeof(rows) / sizeof(rows[0]) };

static int after, answered, failed;

static void
on_do(struct cadre_mailbox *mb, struct cadre_message *msg, void *arg)
{
	(void)msg;
	(void)arg;
	for (int i = 0; i < ROWS; i++)
		if (forge_send(forge_find(), &rows[i]) < 0)
			_exit(98);
	(void)cadre_mailbox_send(mb, CADRE_MASTER, AFTER, NULL, 0);
}

static void
set_up(struct cadre_worker *w, struct cadre_mailbox *mb)
{
	(void)cadre_mailbox_on(mb, ASK, post_echo, NULL);
	if (cadre_worker_seat(w) == 0)
		(void)cadre_mailbox_on(mb, DO, on_do, NULL);
}

static void
on_answer(struct cadre_mailbox *mb, int err, struct cadre_message *reply,
    void *arg)
{
	(void)mb;
	(void)reply;
	(void)arg;
	answered++;
	failed += err < 0;
}

int
main(void)
{
	struct cadre_mailbox_counts c = { .bad = 1 };
	int fds[FDS_MAX], n = 0, before;
	struct rlimit few, all;

	post_start(2, set_up, NULL);
	(void)cadre_mailbox_on(post_box, AFTER, post_count, &after);
	getrlimit(RLIMIT_NOFILE, &all);
	few = all;
	few.rlim_cur = (rlim_t)probe_fds(0) + 64;
	before = probe_fds(0);
	setrlimit(RLIMIT_NOFILE, &few);
	while (n < FDS_MAX && (fds[n] = open("/dev/null", O_RDONLY)) >= 0)
		n++;
	is_int(errno, EMFILE, "there is no descriptor left");
	ok(cadre_mailbox_send(post_box, 0, DO, NULL, 0) == 0 &&
	    post_counted(&after, 1), "long messages come, and then a short one");
	for (uint32_t seat = 0; seat < 2; seat++)
		(void)cadre_mailbox_request(post_box, seat, ASK, "?", 1, -1,
		    on_answer, NULL);
	ok(post_counted(&answered, 2) && failed == 0, "all workers answer");
	while (n > 0)
		close(fds[--n]);
	setrlimit(RLIMIT_NOFILE, &all);
	is_int(probe_fds(0), before, "nothing is left open");
	(void)cadre_mailbox_counts(post_box, CADRE_NO_SEAT, &c);
	is_u64(c.bad, 0, "nobody is to blame");
	ok(post_stop(), "the app ends");
	return done_testing();
}
