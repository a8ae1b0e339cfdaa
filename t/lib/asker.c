/* SPDX-License-Identifier: BSD-2-Clause */
/* One worker asks another; see asker.h. */
#include <string.h>

#include "t/lib/asker.h"

enum { ASK = 100, HEARD };

struct asker_heard asker_heard;
int asker_times, asker_silent;

static int wanted;		/* in the worker */

static void
on_reply(struct cadre_mailbox *mb, int err, struct cadre_message *reply,
    void *arg)
{
	(void)arg;
	if (asker_heard.answers++ == 0)
		asker_heard.first = err;
	asker_heard.last = err;
	asker_heard.replies += err == 0 && reply->n == 5 &&
	    memcmp(reply->bytes, "bytes", 5) == 0;
	if (asker_heard.answers < wanted)
		return;
	(void)cadre_mailbox_send(mb, CADRE_MASTER, HEARD, &asker_heard,
	    sizeof(asker_heard));
	memset(&asker_heard, 0, sizeof(asker_heard));
	wanted = 0;
}

static void
on_ask(struct cadre_mailbox *mb, struct cadre_message *message, void *arg)
{
	uint32_t what[3];

	(void)arg;
	memcpy(what, message->bytes, sizeof(what));
	for (uint32_t i = 0; i < what[2]; i++)
		wanted += cadre_mailbox_request(mb, what[0], what[1], "bytes",
		    5, -1, on_reply, NULL) >= 0;
}

static void
keep(struct cadre_mailbox *mb, struct cadre_message *message, void *arg)
{
	(void)message;
	(void)arg;
	(void)cadre_mailbox_send(mb, CADRE_MASTER, ASKER_SILENT, NULL, 0);
}

static void
set_up(struct cadre_worker *w, struct cadre_mailbox *mb)
{
	(void)w;
	cadre_mailbox_on(mb, ASK, on_ask, NULL);
	cadre_mailbox_on(mb, ASKER_ECHOED, post_echo, NULL);
	cadre_mailbox_on(mb, ASKER_SILENT, keep, NULL);
}

static void
on_heard(struct cadre_mailbox *mb, struct cadre_message *message, void *arg)
{
	(void)mb;
	(void)arg;
	memcpy(&asker_heard, message->bytes, sizeof(asker_heard));
	asker_times++;
}

void
asker_start(int workers, app_config_fn *config)
{
	post_start(workers, set_up, config);
	cadre_mailbox_on(post_box, HEARD, on_heard, NULL);
	cadre_mailbox_on(post_box, ASKER_SILENT, post_count, &asker_silent);
}

bool
asker_ask(uint32_t seat, uint32_t type, uint32_t times)
{
	const uint32_t what[3] = { seat, type, times };

	return cadre_mailbox_send(post_box, 0, ASK, what, sizeof(what)) >= 0;
}
