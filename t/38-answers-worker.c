/* t/38-answers-worker: a worker's mailbox refuses what it cannot do, and the master's is dead there */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <string.h>

#include "t/lib/post.h"
#include "t/lib/tap.h"

enum { ANSWERS = 1 };

struct said {
	int	answer, want;
	char	what[48];
};
static struct said said[32];
static int n, came;

static void
says(int answer, int want, const char *what)
{
	said[n].answer = answer;
	said[n].want = want;
	strncpy(said[n++].what, what, sizeof(said[0].what) - 1);
}

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
try_all(struct cadre_worker *w, struct cadre_mailbox *mb)
{
	struct cadre_mailbox *dead = post_box;
	struct cadre_mailbox_counts c;
	const uint32_t far = 5000;

	(void)w;
#define SAYS(call, want, what)	says(cadre_mailbox_ ## call, want, what)
	SAYS(send(mb, 0, 1, "x", 1), -EINVAL, "to oneself");
	SAYS(send(mb, far, 1, "x", 1), -ENOENT, "a seat that is not");
	SAYS(broadcast(mb, &far, 1, 1, "x", 1), -ENOENT, "the same to several");
	SAYS(disconnect(mb, 1), -EINVAL, "another seat's channel");
	says(cadre_mailbox_is_connected(mb, 1), 0, "no seat is connected");
	says(cadre_mailbox_is_connected(mb, CADRE_MASTER), 1, "the master is");
	SAYS(counts(mb, 0, &c), -ENOENT, "counts of a seat");
	SAYS(on_worker(mb, nobody, NULL), -EPERM, "events of workers");
	SAYS(on(dead, 1, nothing, NULL), -EPERM, "the master's: a function");
	SAYS(on_disconnect(dead, NULL, NULL), -EPERM, "the master's: another");
	SAYS(on_worker(dead, nobody, NULL), -EPERM, "the master's: a third");
	SAYS(send(dead, 0, 1, "x", 1), -EPERM, "the master's: a message");
	SAYS(broadcast(dead, NULL, 0, 1, "x", 1), -EPERM, "the master's: more");
	SAYS(disconnect(dead, 0), -EPERM, "the master's: a channel");
	SAYS(counts(dead, 0, &c), -EPERM, "the master's: counts");
	says(cadre_mailbox_is_connected(dead, 0), 0, "the master's: nobody");
	SAYS(send(mb, CADRE_MASTER, ANSWERS, said, sizeof(said)), 0, "goes");
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
	for (int i = 0; said[i].what[0] != '\0'; i++)
		is_int(said[i].answer, said[i].want, "%s", said[i].what);
	ok(post_stop(), "it ends");
	return done_testing();
}
