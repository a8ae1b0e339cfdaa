/* t/36-odd-messages: a frame that comes to nothing harms nobody, its sender neither */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <cadre/cadre.h>

#include "t/lib/suspect.h"
#include "t/lib/tap.h"

#define FRAME(w, t, s)	.what = (w), .type = (t),			\
	.head = { .type = SUSPECT_TAKE, .seat = (s) }
#define MASTER	CADRE_MASTER

static const struct forge rows[] = {
	{ FRAME("a reply that nobody asked for", CADRE_FRAME_REPLY, MASTER),
	    .id = 777 },
	{ FRAME("a failure that nobody asked for", CADRE_FRAME_FAILED, MASTER),
	    .id = 777 },
	{ FRAME("a reply for another worker", CADRE_FRAME_REPLY, BYSTANDER),
	    .id = 1 },
	{ FRAME("a message to a seat without a worker", CADRE_FRAME_MESSAGE,
	    9) },
	{ FRAME("a message to itself", CADRE_FRAME_MESSAGE, SUSPECT) },
	{ .what = "a message to a worker of long ago",
	    .type = CADRE_FRAME_MESSAGE,
	    .head = { .type = SUSPECT_TAKE, .seat = BYSTANDER, .generation = 99 } },
	{ FRAME("16 messages at once", CADRE_FRAME_MESSAGE, MASTER),
	    .times = 16 },
	{ FRAME("16 for another", CADRE_FRAME_MESSAGE, BYSTANDER),
	    .times = 16 },
	{ FRAME("a request without a number", CADRE_FRAME_REQUEST, MASTER) },
	{ FRAME("a message with 250 descriptors", CADRE_FRAME_MESSAGE,
	    MASTER), .fd = FORGE_NULL, .nfds = 250 },
	{ FRAME("a message to another with 250", CADRE_FRAME_MESSAGE,
	    BYSTANDER), .fd = FORGE_NULL, .nfds = 250 },
};

int
main(void)
{
	suspect_test(rows, sizeof(rows) / sizeof(rows[0]), false);
	return done_testing();
}
