/* t/34-answers-worker: a worker's mailbox refuses what it cannot do, and the master's is dead there */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <string.h>

#include "t/lib/post.h"
#include "t/lib/tap.h"

enum { ANSWERS = 1, OWN = 12, CALLS = 28 };

struct said {
	int	answer, want;
	char	what[48];
};
static struct said said[48];
static int n, came;

static void
says(int answer, int want, const char *what)
{
	said[n].answer = answer;
	said[n].want = want;
	strncpy(said[n++].what, what, sizeof(said[0].what) - 1);
}

#define SAYS(call, want, what)	says(cadre_mailbox_ ## call, want, what)

static void
nothing(struct cadre_mailbox *mb, struct cadre_message *message, void *arg)
{
	(void)mb, (void)message, (void)arg;
}

static void
nobody(struct cadre_mailbox *mb, const struct cadre_worker_event *e, void *arg)
{
	(void)mb, (void)e, (void)arg;
}

static void
no_reply(struct cadre_mailbox *mb, int err, struct cadre_message *m, void *arg)
{
	(void)mb, (void)err, (void)m, (void)arg;
}

static void
no_news(struct cadre_mailbox *mb, const struct cadre_news *news, void *arg)
{
	(void)mb, (void)news, (void)arg;
}

static void
try_own(struct cadre_mailbox *mb)
{
	static char bytes[(16 << 20) + 1];
	struct cadre_mailbox_counts c;
	const uint32_t far = 5000;

	SAYS(send(mb, 0, 1, "x", 1), -EINVAL, "to oneself");
	SAYS(send(mb, far, 1, "x", 1), -ENOENT, "a seat that is not");
	SAYS(send(mb, CADRE_MASTER, CADRE_TYPE_ANY, "x", 1), -EINVAL, "a type");
	SAYS(send(mb, CADRE_MASTER, 1, bytes, sizeof(bytes)), -EMSGSIZE,
	    "too long");
	SAYS(request(mb, CADRE_MASTER, 1, "x", 1, 1, NULL, NULL), -EINVAL,
	    "a request without a function");
	SAYS(broadcast(mb, &far, 1, 1, "x", 1), -ENOENT, "the same to several");
	SAYS(disconnect(mb, 0), -EINVAL, "its own seat's channel");
	SAYS(disconnect(mb, 1), -EINVAL, "another seat's channel");
	SAYS(is_connected(mb, 0), 0, "no seat is connected");
	SAYS(is_connected(mb, CADRE_MASTER), 1, "the master is");
	SAYS(counts(mb, 0, &c), -ENOENT, "counts of a seat");
	SAYS(on_worker(mb, nobody, NULL), -EPERM, "events of workers");
}

static void
try_dead(struct cadre_mailbox *dead)
{
	const struct cadre_sender asker = { CADRE_MASTER, 1, 1 };
	struct cadre_mailbox_counts c;
	struct cadre_topic_counts t;

	SAYS(on(dead, 1, nothing, NULL), -EPERM, "a function");
	SAYS(on_disconnect(dead, NULL, NULL), -EPERM, "another");
	SAYS(on_worker(dead, nobody, NULL), -EPERM, "a third");
	SAYS(send(dead, 0, 1, "x", 1), -EPERM, "a message");
	SAYS(broadcast(dead, NULL, 0, 1, "x", 1), -EPERM, "several");
	SAYS(request(dead, 0, 1, "x", 1, 1, no_reply, NULL), -EPERM, "one asks");
	SAYS(reply(dead, &asker, 1, "x", 1), -EPERM, "and answers");
	SAYS(reply_fds(dead, &asker, 1, "x", 1, NULL, 0), -EPERM, "again");
	SAYS(reply_error(dead, &asker, -EIO), -EPERM, "with an error");
	SAYS(disconnect(dead, 0), -EPERM, "a channel");
	SAYS(is_connected(dead, 0), 0, "nobody is connected");
	SAYS(counts(dead, 0, &c), -EPERM, "counts");
	SAYS(subscribe(dead, "t", no_news, NULL), -EPERM, "a topic");
	SAYS(unsubscribe(dead, "t"), -EPERM, "the same, given up");
	SAYS(publish(dead, "t", "x", 1, CADRE_SCOPE_ALL), -EPERM, "news");
	SAYS(topic_counts(dead, &t), -EPERM, "counts of news");
}

static void
try_all(struct cadre_worker *w, struct cadre_mailbox *mb)
{
	(void)w;
	try_own(mb);
	try_dead(post_box);
	(void)cadre_mailbox_send(mb, CADRE_MASTER, ANSWERS, said, sizeof(said));
}

static void
on_answers(struct cadre_mailbox *mb, struct cadre_message *message, void *arg)
{
	(void)mb, (void)arg;
	memcpy(said, message->bytes, sizeof(said));
	came++;
}

static void
config(struct cadre_master *m, void *arg)
{
	(void)arg;
	cadre_mailbox_on(cadre_master_mailbox(m), ANSWERS, on_answers, NULL);
}

int
main(void)
{
	post_start(1, try_all, config);
	ok(post_counted(&came, 1), "a worker has tried");
	for (; said[n].what[0] != '\0'; n++)
		is_int(said[n].answer, said[n].want, "%s%s",
		    n < OWN ? "" : "the master's: ", said[n].what);
	is_int(n, CALLS, "those are all calls");
	ok(post_stop(), "it ends");
	return done_testing();
}
