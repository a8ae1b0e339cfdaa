/* t/37-odd-news: news that come to nothing harm nobody, their publisher neither */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <cadre/cadre.h>

#include "t/lib/suspect.h"
#include "t/lib/tap.h"

#define NEWS(w, t, n)	.what = (w), .type = CADRE_FRAME_PUBLISH,	\
	.head = { .type = (t), .seat = CADRE_MASTER, .bytes = (n) },	\
	.payload = (n)

static const struct forge rows[] = {
	{ NEWS("of a topic that nobody wants", 5, 10) },
	{ NEWS("without bytes", 7, 7) },
	{ NEWS("of the longest topic", 63, 65536) },
	{ .what = "addressed to a seat", .type = CADRE_FRAME_PUBLISH,
	    .head = { .type = 3, .seat = 77, .bytes = 9 }, .payload = 9 },
};

int
main(void)
{
	suspect_test(rows, sizeof(rows) / sizeof(rows[0]), false);
	return done_testing();
}
