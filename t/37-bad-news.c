/* t/37-bad-news: news that are none cost their publisher its channel, and nobody else anything */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <cadre/cadre.h>

#include "t/lib/suspect.h"
#include "t/lib/tap.h"

#define LONG	100000
#define NEWS(w, t, n)	.what = (w), .type = CADRE_FRAME_PUBLISH,	\
	.head = { .type = (t), .seat = CADRE_MASTER, .bytes = (n) },	\
	.payload = (n)
#define MEMORY(w, k)	.what = (w), .type = CADRE_FRAME_PUBLISH,	\
	.head = { .type = 5, .seat = CADRE_MASTER, .bytes = LONG },	\
	.fd = (k), .nfds = 1

static const struct forge bad[] = {
	{ NEWS("of no topic", 0, 10) },
	{ NEWS("of a topic that is too long", 64, 200) },
	{ NEWS("of a topic longer than all of it", 11, 10) },
	{ NEWS("of nothing at all", 1, 0) },
	{ NEWS("with a descriptor", 4, 10), .fd = FORGE_NULL, .nfds = 1 },
	{ MEMORY("long, in memory that is not sealed", FORGE_UNSEALED) },
	{ MEMORY("long, in memory that can change", FORGE_WRITABLE) },
	{ MEMORY("long, in memory that is shorter", FORGE_SHORT) },
	{ MEMORY("long, in a pipe", FORGE_PIPE) },
	{ MEMORY("long, in memory without pages", FORGE_MEMFD) },
};

int
main(void)
{
	suspect_test(bad, sizeof(bad) / sizeof(bad[0]), true);
	return done_testing();
}
