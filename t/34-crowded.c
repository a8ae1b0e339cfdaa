/* t/34-crowded: descriptors that one worker sends cost no long message of another its place, with who has few of them left */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <signal.h>
#include <unistd.h>

#include <sys/resource.h>

#include "t/lib/post.h"
#include "t/lib/tap.h"

#define FEW	256		/* the receiver may have so many open */
#define SHORT	24		/* at first, so that several are read at once */
#define FRAMES	3		/* then, of so many descriptors each */
#define EACH	120
#define LONG	80000

enum { LIMIT = 1, CROWD, LETTER, SOME, HEARD, LIMITED };

static int heard, limited;
static uint64_t want;
static const char bytes[LONG];

static void
on_limit(struct cadre_mailbox *mb, struct cadre_message *message, void *arg)
{
	const struct rlimit few = { FEW, FEW };

	(void)message, (void)arg;
	if (setrlimit(RLIMIT_NOFILE, &few) == 0)
		(void)cadre_mailbox_send(mb, CADRE_MASTER, LIMITED, NULL, 0);
}

static void
on_crowd(struct cadre_mailbox *mb, struct cadre_message *message, void *arg)
{
	int fds[EACH];

	(void)message, (void)arg;
	for (int i = 0; i < EACH; i++)
		fds[i] = STDERR_FILENO;
	for (int i = 0; i < SHORT + FRAMES; i++)
		if (cadre_mailbox_send_fds(mb, 1, SOME, NULL, 0, fds,
		    i < SHORT ? 0 : EACH) < 0)
			_exit(98);
}

static void
on_letter(struct cadre_mailbox *mb, struct cadre_message *message, void *arg)
{
	(void)message, (void)arg;
	if (cadre_mailbox_send(mb, 1, SOME, bytes, LONG) < 0)
		_exit(98);
}

static void
on_some(struct cadre_mailbox *mb, struct cadre_message *message, void *arg)
{
	(void)arg;
	if (message->n == LONG)
		(void)cadre_mailbox_send(mb, CADRE_MASTER, HEARD, NULL, 0);
}

static void
set_up(struct cadre_worker *w, struct cadre_mailbox *mb)
{
	(void)w;
	cadre_mailbox_on(mb, LIMIT, on_limit, NULL);
	cadre_mailbox_on(mb, CROWD, on_crowd, NULL);
	cadre_mailbox_on(mb, LETTER, on_letter, NULL);
	cadre_mailbox_on(mb, SOME, on_some, NULL);
}

static bool
is_relayed(void *arg)
{
	struct cadre_mailbox_counts c;

	(void)arg;
	cadre_mailbox_counts(post_box, CADRE_NO_SEAT, &c);
	return c.relayed == want;
}

static bool
is_sent(uint32_t seat, uint32_t type, uint64_t relayed)
{
	want = relayed;
	return cadre_mailbox_send(post_box, seat, type, NULL, 0) == 0 &&
	    post_until(is_relayed, NULL);
}

/* What waits in the master: beside 252 descriptors, too. */
static void
waits(void)
{
	int fds[CADRE_MESSAGE_FDS], err;

	for (int i = 0; i < CADRE_MESSAGE_FDS; i++)
		fds[i] = STDERR_FILENO;
	while ((err = cadre_mailbox_send(post_box, 1, CROWD + 100, bytes,
	    1000)) == 0)
		;
	ok(err == 1 && cadre_mailbox_send_fds(post_box, 1, CROWD + 100, NULL,
	    0, fds, CADRE_MESSAGE_FDS) == 1 && cadre_mailbox_send_fds(post_box,
	    1, CROWD + 100, NULL, 0, fds, 2) == 1, "252 descriptors wait");
	is_int(cadre_mailbox_send(post_box, 1, SOME, bytes, LONG), 1,
	    "and a long message");
}

int
main(void)
{
	post_start(3, set_up, NULL);
	cadre_mailbox_on(post_box, HEARD, post_count, &heard);
	cadre_mailbox_on(post_box, LIMITED, post_count, &limited);
	ok(cadre_mailbox_send(post_box, 1, LIMIT, NULL, 0) == 0 &&
	    post_counted(&limited, 1), "seat 1 may have few descriptors");
	ok(post_signal(1, SIGSTOP), "it stands");
	ok(is_sent(0, CROWD, SHORT + FRAMES), "seat 0 sends it many");
	ok(is_sent(2, LETTER, SHORT + FRAMES + 1), "seat 2 a long message");
	waits();
	ok(post_signal(1, SIGCONT) && post_counted(&heard, 2),
	    "it goes on: both long ones are heard");
	ok(post_stop(), "it ends");
	return done_testing();
}
