/* t/30-sizes: any bytes, of any length, come whole, on either side, and go back so */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "t/lib/post.h"
#include "t/lib/tap.h"

static const size_t sizes[] = { 0, 1, 511, 512, 513, 4096, 65535, 65536, 65537,
	819200, 16 << 20 };
enum { SIZES = sizeof(sizes) / sizeof(sizes[0]) };

static unsigned char *sent;
static int came, answered;
static bool right;

static void
set_up(struct cadre_worker *w, struct cadre_mailbox *mb)
{
	(void)w;
	cadre_mailbox_on(mb, CADRE_TYPE_ANY, post_echo, NULL);
}

static void
compare(const struct cadre_message *message)
{
	right = message->n == sizes[message->type] && message->nfds == 0 &&
	    message->from.seat == 0 && message->from.generation == 1 &&
	    memcmp(message->bytes, sent, message->n) == 0;
}

static void
on_message(struct cadre_mailbox *mb, struct cadre_message *message, void *arg)
{
	(void)mb;
	(void)arg;
	compare(message);
	came++;
}

static void
on_reply(struct cadre_mailbox *mb, int err, struct cadre_message *reply,
    void *arg)
{
	(void)mb;
	right = false;
	if (err == 0 && arg == &came)
		compare(reply);
	answered++;
}

int
main(void)
{
	struct cadre_mailbox_counts c = { .sent = 0 };

	sent = malloc((16 << 20) + 1);
	for (size_t i = 0; i < (16 << 20) + 1; i++)
		sent[i] = (unsigned char)(i * 2654435761U >> 13);
	post_start(1, set_up, NULL);
	cadre_mailbox_on(post_box, CADRE_TYPE_ANY, on_message, NULL);
	for (uint32_t i = 0; i < SIZES; i++) {
		ok(cadre_mailbox_send(post_box, 0, i, sent, sizes[i]) >= 0 &&
		    post_counted(&came, (int)i + 1) && right,
		    "%zu bytes go and come back", sizes[i]);
		ok(cadre_mailbox_request(post_box, 0, i, sent, sizes[i], -1,
		    on_reply, &came) >= 0 &&
		    post_counted(&answered, (int)i + 1) && right,
		    "and are answered with themselves");
	}
	is_int(cadre_mailbox_send(post_box, 0, 1, sent, (16 << 20) + 1),
	    -EMSGSIZE, "more than the limit are refused");
	is_int(cadre_mailbox_counts(post_box, 0, &c), 0, "counts are there");
	is_u64(c.sent, 2 * SIZES, "so many were sent");
	is_u64(c.received, 2 * SIZES, "so many came");
	is_u64(c.queued + c.unwanted + c.late + c.bad, 0, "and nothing else");
	ok(post_stop(), "it ends");
	free(sent);
	return done_testing();
}
