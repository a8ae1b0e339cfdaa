/* t/30-descriptors: descriptors stay with their message, also of 800 KiB, and are whoever's takes them */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <unistd.h>

#include <sys/stat.h>

#include "t/lib/post.h"
#include "t/lib/probe.h"
#include "t/lib/tap.h"

#define LONG		(800 << 10)
#define ROUNDS		20

static char bytes[LONG];
static struct stat marks[ROUNDS];
static int came, right;

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

int
main(void)
{
	int before, p[2], sent = 0;

	post_start(1, set_up, NULL);
	before = probe_fds(0);
	cadre_mailbox_on(post_box, CADRE_TYPE_ANY, on_message, NULL);
	for (uint32_t i = 0; i < ROUNDS; i++) {
		if (pipe(p) < 0 || fstat(p[0], &marks[i]) < 0)
			bail_out("no pipe");
		sent += cadre_mailbox_send_fds(post_box, 0, i, bytes,
		    i % 2 == 0 ? LONG : i, p, 1) >= 0;
		close(p[0]);
		close(p[1]);
	}
	is_int(sent, ROUNDS, "pipes are sent, each with a message");
	ok(post_counted(&came, ROUNDS), "all come back");
	is_int(right, ROUNDS, "each with its own pipe");
	is_int(probe_fds(0), before, "no descriptor is left");
	ok(post_stop(), "it ends");
	return done_testing();
}
