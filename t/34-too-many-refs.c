/* t/34-too-many-refs: more descriptors on their way than the kernel allows wait, and none is lost */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <grp.h>
#include <signal.h>
#include <unistd.h>

#include <sys/resource.h>
#include <sys/socket.h>

#include "shm/frame.h"
#include "t/lib/post.h"
#include "t/lib/probe.h"
#include "t/lib/tap.h"

#define USER		54321
#define NOFILE		500
#define EACH		20

static int came, bad;

static void
set_up(struct cadre_worker *w, struct cadre_mailbox *mb)
{
	(void)w;
	cadre_mailbox_on(mb, 1, post_echo, NULL);
}

static void
take(struct cadre_mailbox *mb, struct cadre_message *message, void *arg)
{
	(void)mb;
	(void)arg;
	bad += message->nfds != EACH || *(const int *)message->bytes != came;
	came++;
}

/* Root may have as many as it likes on their way. */
static void
be_nobody(void)
{
	const struct rlimit few = { NOFILE, NOFILE };

	if (geteuid() == 0 && (setgroups(0, NULL) < 0 ||
	    setgid(USER) < 0 || setuid(USER) < 0))
		bail_out("not another user");
	if (setrlimit(RLIMIT_NOFILE, &few) < 0)
		bail_out("no limit");
}

/* So many pass the kernel; more than that are refused, whatever the room. */
static int
kernel_takes(void)
{
	struct cadre__frame f = { .type = 1 };
	int fds[EACH], pair[2], n = 0, err;

	for (int i = 0; i < EACH; i++)
		fds[i] = STDERR_FILENO;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair) < 0)
		bail_out("no sockets");
	while ((err = cadre__frame_send(pair[0], &f, NULL, fds, EACH)) == 0)
		n++;
	close(pair[0]);
	close(pair[1]);
	return err == -ETOOMANYREFS ? n : -1;
}

int
main(void)
{
	int fds[EACH], sent = 0, waits = 0, err, limit;

	be_nobody();
	limit = kernel_takes();
	if (limit < 0)
		skip_all("this kernel refuses none");
	for (int i = 0; i < EACH; i++)
		fds[i] = STDERR_FILENO;
	post_start(1, set_up, NULL);
	cadre_mailbox_on(post_box, 1, take, NULL);
	ok(post_signal(0, SIGSTOP), "a worker is stopped");
	while ((err = cadre_mailbox_send_fds(post_box, 0, 1, &sent,
	    sizeof(sent), fds, EACH)) >= 0) {
		sent++;
		waits += err;
	}
	is_int(err, -ENOBUFS, "there is an end to it");
	ok(sent - waits <= limit + 1 && waits > 0, "%d go, %d wait", sent -
	    waits, waits);
	ok(post_signal(0, SIGCONT) && post_counted(&came, sent),
	    "it goes on: all %d come back", sent);
	is_int(bad, 0, "in order, with their descriptors");
	ok(post_stop(), "it ends");
	return done_testing();
}
