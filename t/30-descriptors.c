/* t/30-descriptors: descriptors stay with their message, also of 800 KiB, and are closed if nobody takes them */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sys/stat.h>

#include "t/lib/post.h"
#include "t/lib/probe.h"
#include "t/lib/tap.h"

#define LONG		(800 << 10)
#define ROUNDS		20

static char bytes[LONG];
static struct stat marks[ROUNDS];
static int came, right, counted;

static void
set_up(struct cadre_worker *w, struct cadre_mailbox *mb)
{
	(void)w;
	cadre_mailbox_on(mb, CADRE_TYPE_ANY, post_echo, NULL);
}

/* The one that it went with: no other file is so. */
static bool
is_mark(int fd, const struct stat *mark)
{
	struct stat st;

	return fd >= 0 && fstat(fd, &st) == 0 && st.st_ino == mark->st_ino &&
	    st.st_dev == mark->st_dev;
}

static void
on_message(struct cadre_mailbox *mb, struct cadre_message *message, void *arg)
{
	uint32_t i = message->type;
	int fd;

	(void)mb;
	(void)arg;
	fd = cadre_message_fd(message, 0);
	right += message->nfds == 1 && is_mark(fd, &marks[i]) &&
	    message->n == (i % 2 == 0 ? LONG : i) &&
	    cadre_message_fd(message, 0) == -ENOENT &&
	    cadre_message_fd(message, 1) == -ENOENT;
	close(fd);
	came++;
}

/* A pipe each, in a row, so that many are under way at once. */
static void
send_marks(void)
{
	int p[2];

	for (uint32_t i = 0; i < ROUNDS; i++) {
		if (pipe(p) < 0 || fstat(p[0], &marks[i]) < 0)
			bail_out("no pipe");
		if (cadre_mailbox_send_fds(post_box, 0, i, bytes, i % 2 == 0 ?
		    LONG : i, p, 1) < 0)
			bail_out("message %u", i);
		close(p[0]);
		close(p[1]);
	}
}

int
main(void)
{
	int most[CADRE_MESSAGE_FDS + 1], before, closed = -1;

	post_start(1, set_up, NULL);
	before = probe_fds(0);
	cadre_mailbox_on(post_box, CADRE_TYPE_ANY, on_message, NULL);
	send_marks();
	ok(post_counted(&came, ROUNDS), "all come back");
	is_int(right, ROUNDS, "each with its own descriptor");
	for (unsigned int i = 0; i < CADRE_MESSAGE_FDS + 1; i++)
		most[i] = STDERR_FILENO;
	is_int(cadre_mailbox_send_fds(post_box, 0, 50, NULL, 0, most,
	    CADRE_MESSAGE_FDS + 1), -EINVAL, "one too many is refused");
	is_int(cadre_mailbox_send_fds(post_box, 0, 50, NULL, 0, &closed, 1),
	    -EBADF, "one that is closed is refused");
	cadre_mailbox_on(post_box, 51, post_count, &counted);
	ok(cadre_mailbox_send_fds(post_box, 0, 51, bytes, LONG, most,
	    CADRE_MESSAGE_FDS) >= 0 && post_counted(&counted, 1),
	    "as many as there may be, and who does not take them");
	is_int(probe_fds(0), before, "no descriptor is left");
	ok(post_stop(), "it ends");
	return done_testing();
}
