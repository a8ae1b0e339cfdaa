/* t/34-refusals: a request that a worker has no function for is refused, though its queue is full */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>

#include <sys/mman.h>

#include "t/lib/post.h"
#include "t/lib/tap.h"

enum { FILL = 1, NOTE, UNKNOWN };

static _Atomic int *noted;	/* shared */
static int refused, other;

static void
fill(struct cadre_mailbox *mb, struct cadre_message *message, void *arg)
{
	(void)message, (void)arg;
	while (cadre_mailbox_send(mb, CADRE_MASTER, NOTE, "x", 1) >= 0)
		;
}

static void
note(struct cadre_mailbox *mb, struct cadre_message *message, void *arg)
{
	(void)mb, (void)message, (void)arg;
	*noted = 1;
}

static void
set_up(struct cadre_worker *w, struct cadre_mailbox *mb)
{
	(void)w;
	cadre_mailbox_on(mb, FILL, fill, NULL);
	cadre_mailbox_on(mb, NOTE, note, NULL);
}

static void
config(struct cadre_master *m, void *arg)
{
	(void)arg;
	if (cadre_master_set(m, CADRE_MESSAGE_QUEUE, 4) < 0)
		exit(99);
}

static void
on_reply(struct cadre_mailbox *mb, int err, struct cadre_message *reply,
    void *arg)
{
	(void)mb, (void)reply, (void)arg;
	refused += err == -ENOSYS;
	other += err != -ENOSYS;
}

static bool
has_noted(void *arg)
{
	return arg == NULL && *noted != 0;
}

int
main(void)
{
	noted = mmap(NULL, sizeof(*noted), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	post_start(1, set_up, config);
	ok(cadre_mailbox_send(post_box, 0, FILL, NULL, 0) >= 0, "it fills");
	for (int i = 0; i < 3; i++)
		is_int(cadre_mailbox_request(post_box, 0, UNKNOWN, "x", 1, -1,
		    on_reply, NULL), 0, "it is asked");
	ok(cadre_mailbox_send(post_box, 0, NOTE, NULL, 0) >= 0 &&
	    app_until(has_noted, NULL), "it has heard that, and nobody it");
	ok(post_counted(&refused, 3) && other == 0, "all are refused");
	ok(cadre_mailbox_is_connected(post_box, 0), "it is connected");
	ok(post_stop(), "it ends");
	return done_testing();
}
