/* t/32-answer-later: an answer finds who asked, in any order, and never its successor */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <signal.h>

#include "t/lib/post.h"
#include "t/lib/tap.h"

#define ASKED	50

enum { QUESTION = 1, DONE };

static struct cadre_sender askers[ASKED];
static int asked, right, done;

static void
on_reply(struct cadre_mailbox *mb, int err, struct cadre_message *reply,
    void *arg)
{
	static int replies;

	right += err == 0 && reply->n == sizeof(int) &&
	    *(const int *)reply->bytes == (int)(intptr_t)arg;
	if (++replies == ASKED)
		(void)cadre_mailbox_send(mb, CADRE_MASTER, DONE, &right,
		    sizeof(right));
}

/* Of the first life in seat 0; the others wait. */
static void
set_up(struct cadre_worker *w, struct cadre_mailbox *mb)
{
	for (int i = 0; i < ASKED && cadre_worker_generation(w) == 1; i++)
		(void)cadre_mailbox_request(mb, CADRE_MASTER, QUESTION, &i,
		    sizeof(i), -1, on_reply, (void *)(intptr_t)i);
}

static void
keep(struct cadre_mailbox *mb, struct cadre_message *message, void *arg)
{
	(void)mb;
	(void)arg;
	askers[asked++] = message->from;
}

static void
take(struct cadre_mailbox *mb, struct cadre_message *message, void *arg)
{
	(void)mb;
	(void)arg;
	done += *(const int *)message->bytes;
}

/* Before the start: the worker asks as soon as it lives. */
static void
config(struct cadre_master *m, void *arg)
{
	(void)m;
	(void)arg;
	cadre_mailbox_on(post_box, QUESTION, keep, NULL);
	cadre_mailbox_on(post_box, DONE, take, NULL);
}

int
main(void)
{
	int sent = 0;

	post_start(1, set_up, config);
	ok(post_counted(&asked, ASKED), "a worker has asked");
	for (int i = ASKED - 1; i >= 0; i--)
		sent += cadre_mailbox_reply(post_box, &askers[i], QUESTION, &i,
		    sizeof(i)) >= 0;
	is_int(sent, ASKED, "the last is answered first");
	ok(post_counted(&done, 1), "all answers have come");
	is_int(done, ASKED, "each to its question");
	ok(post_signal(0, SIGKILL) && post_up(0, 1), "it is killed, and replaced");
	is_int(cadre_mailbox_reply(post_box, &askers[0], QUESTION, NULL, 0),
	    -ENOTCONN, "an answer to it goes nowhere");
	is_int(cadre_mailbox_reply_error(post_box, &askers[0], -EIO),
	    -ENOTCONN, "nor does an error");
	is_int(cadre_mailbox_reply_error(post_box, &askers[0], 0), -EINVAL,
	    "0 is no error");
	is_int(cadre_mailbox_send(post_box, 0, 1, NULL, 0), 0,
	    "a message goes to whoever is there");
	ok(post_stop(), "it ends");
	return done_testing();
}
