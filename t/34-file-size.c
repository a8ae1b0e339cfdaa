/* t/34-file-size: where no file may be as long as a message, that is an error, in master and worker, and not the end by SIGXFSZ */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <string.h>

#include <sys/resource.h>

#include "t/lib/post.h"
#include "t/lib/tap.h"

#define LONG	200000
#define LIMIT	100000

enum { TRY = 1, TRIED };

static const char bytes[LONG];
static int answers[3], came;

/* Longer than a file may be, as long, and one that needs none. */
static void
try_all(struct cadre_mailbox *mb, uint32_t to, int *ret)
{
	struct rlimit before, small;

	getrlimit(RLIMIT_FSIZE, &before);
	small = before;
	small.rlim_cur = LIMIT;
	setrlimit(RLIMIT_FSIZE, &small);
	ret[0] = cadre_mailbox_send(mb, to, CADRE_TYPE_MAX, bytes, LONG);
	ret[1] = cadre_mailbox_send(mb, to, CADRE_TYPE_MAX, bytes, LIMIT);
	ret[2] = cadre_mailbox_send(mb, to, CADRE_TYPE_MAX, bytes, 1);
	setrlimit(RLIMIT_FSIZE, &before);
}

static void
on_try(struct cadre_mailbox *mb, struct cadre_message *message, void *arg)
{
	int ret[3];

	(void)message, (void)arg;
	try_all(mb, CADRE_MASTER, ret);
	(void)cadre_mailbox_send(mb, CADRE_MASTER, TRIED, ret, sizeof(ret));
}

static void
on_tried(struct cadre_mailbox *mb, struct cadre_message *message, void *arg)
{
	(void)mb, (void)arg;
	memcpy(answers, message->bytes, sizeof(answers));
	came++;
}

static void
set_up(struct cadre_worker *w, struct cadre_mailbox *mb)
{
	(void)w;
	cadre_mailbox_on(mb, TRY, on_try, NULL);
}

static void
right(const char *who)
{
	is_int(answers[0], -EFBIG, "%s: a message longer than a file", who);
	ok(answers[1] >= 0 && answers[2] >= 0, "%s: as long as one; 1", who);
}

int
main(void)
{
	post_start(1, set_up, NULL);
	cadre_mailbox_on(post_box, TRIED, on_tried, NULL);
	try_all(post_box, 0, answers);
	right("master");
	ok(cadre_mailbox_send(post_box, 0, TRY, NULL, 0) >= 0 &&
	    post_counted(&came, 1), "a worker tries the same");
	right("worker");
	ok(post_generation(0) == 1 && post_stop(), "it lives, and ends");
	return done_testing();
}
