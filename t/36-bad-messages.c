/* t/36-bad-messages: a frame that is wrong costs its worker the channel, and nobody else anything */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <cadre/cadre.h>

#include "t/lib/suspect.h"
#include "t/lib/tap.h"

#define LONG	100000
#define TO(n)	{ .type = SUSPECT_TAKE, .seat = CADRE_MASTER, .bytes = (n) }
#define SENT(w, n)	.what = (w), .type = CADRE_FRAME_MESSAGE, .head = TO(n)
#define MEMORY(w, n, k)	SENT(w, n), .fd = (k), .nfds = 1
#define OTHER(w, k)	.what = (w), .type = CADRE_FRAME_MESSAGE, .nfds = 1, \
	.head = { .type = SUSPECT_TAKE, .seat = BYSTANDER, .bytes = LONG }, .fd = (k)
#define FAILED(w, e)	.what = (w), .type = CADRE_FRAME_FAILED, .id = 1, \
	.head = { .type = (e), .seat = BYSTANDER, .generation = 2 }
#define FRAME(w, t)	.what = (w), .type = (t), .head = TO(0)

static const struct forge rows[] = {
	{ SENT("of which there are 17 at once", 0), .times = 17 },
	{ SENT("of which there are two, with a descriptor", 0), .times = 2,
	    .fd = FORGE_NULL, .nfds = 1 },
	{ SENT("of which there are two, each shorter than it says", 8),
	    .payload = 8, .lie = 16, .times = 2 },
	{ SENT("cut in its header", 0), .cut = 33 },
	{ SENT("cut in its address", 0), .cut = 1 },
	{ SENT("cut in its bytes", 9), .payload = 9, .cut = 1 },
	{ SENT("of a version to come", 0), .version = 2 },
	{ FRAME("of an unknown type", 79) },
	{ FRAME("of a type far off", 999) },
	{ FRAME("of control", CADRE_FRAME_READY) },
	{ FRAME("that only a master sends", CADRE_FRAME_GONE) },
	{ SENT("shorter than it says", 0), .lie = 8 },
	{ SENT("longer than it says", 8), .payload = 8, .lie = -8 },
	{ SENT("that says 4 GiB", 0), .lie = UINT32_MAX - 24L },
	{ SENT("with fewer bytes than it says", 100), .payload = 50 },
	{ SENT("with more bytes than it says", 50), .payload = 100 },
	{ SENT("of 64 KiB and a byte", 65537), .payload = 65537 },
	{ SENT("longer than a frame can be", 90000), .payload = 90000 },
	{ .what = "of a type there is not", .type = CADRE_FRAME_MESSAGE,
	    .head = { .type = CADRE_TYPE_ANY, .seat = CADRE_MASTER } },
	{ SENT("long, without its memory", LONG) },
	{ MEMORY("long, whose memory is a device", LONG, FORGE_NULL) },
	{ MEMORY("long, whose memory is a pipe", LONG, FORGE_PIPE) },
	{ MEMORY("long, whose memory is not sealed", LONG, FORGE_UNSEALED) },
	{ MEMORY("long, whose memory can change", LONG, FORGE_WRITABLE) },
	{ MEMORY("long, whose memory is shorter", LONG, FORGE_SHORT) },
	{ MEMORY("longer than is allowed", 17 << 20, FORGE_MEMFD) },
	{ MEMORY("of 2^63 bytes", UINT64_C(1) << 63, FORGE_NULL) },
	{ MEMORY("of all bytes there are", UINT64_MAX, FORGE_NULL) },
	{ SENT("with 253 descriptors", 0), .fd = FORGE_NULL, .nfds = 253 },
	{ FRAME("that says it is online again", CADRE_FRAME_ONLINE) },
	{ .what = "to a seat that there is not", .type = CADRE_FRAME_MESSAGE,
	    .head = { .type = SUSPECT_TAKE, .seat = 4000 } },
	{ .what = "an answer to a seat far off", .type = CADRE_FRAME_REPLY,
	    .head = { .type = SUSPECT_TAKE, .seat = 1U << 31 }, .id = 1 },
	{ FAILED("a failure of no errno, for another", 0) },
	{ FAILED("a failure of none that there can be", 4096) },
	{ OTHER("for another, whose memory is a pipe", FORGE_PIPE) },
	{ OTHER("for another, whose memory is not sealed", FORGE_UNSEALED) },
	{ OTHER("for another, whose memory can change", FORGE_WRITABLE) },
	{ OTHER("for another, whose memory is shorter", FORGE_SHORT) },
	{ .what = "to several, with descriptors", .fd = FORGE_NULL, .nfds = 2,
	    .type = CADRE_FRAME_BROADCAST,
	    .head = { .type = SUSPECT_TAKE, .seat = CADRE_NO_SEAT } },
	{ .what = "to several, whose list is cut", .payload = 100,
	    .type = CADRE_FRAME_BROADCAST, .head = { .type = SUSPECT_TAKE } },
};

int
main(void)
{
	suspect_test(rows, sizeof(rows) / sizeof(rows[0]), true);
	return done_testing();
}
