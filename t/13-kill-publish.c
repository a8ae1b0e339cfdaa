/* t/13-kill-publish: a publisher killed at any instruction has published its record whole or not at all, and its successor goes on there */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <string.h>

#include "shm/region.h"
#include "t/lib/news.h"
#include "t/lib/step.h"
#include "t/lib/tap.h"

static struct sample *s;
static struct cadre__reader place;	/* of a reader that knows the ring */
static uint64_t value;

static void
begin(void)
{
	news_begin(s, 0);
}

static void
set(uint64_t n)
{
	value = n;
}

static void
publish(void)
{
	news_publish(s, 0, value);
}

/*
 * One that was there before finds each record in order, and what it lost; one
 * who is lapped, as this one was at the first, finds its way by the marks.
 */
static int
read_news(const struct cadre_region *r, uint64_t *ret_n)
{
	struct cadre__reader reader = place;
	uint64_t last = 0, n = 0;

	reader.head = (const void *)(r->slot[0] + r->part[PART_TOPICS].offset);
	reader.ring = (const void *)(r->slot[0] + r->part[PART_NEWS].offset);
	for (int i = 0; i < 1000; i++)
		switch (news_read(&reader, &last)) {
		case 0:
			*ret_n = last;
			return cadre__reader_newest(&reader) == reader.seen &&
			    reader.seen == place.seen + n + reader.lost &&
			    n > 4 && reader.lost > 4 ? 0 : -EPROTO;
		case 1:
			n++;
			break;
		default:
			return -EPROTO;
		}
	return -EAGAIN;
}

int
main(void)
{
	static const struct step_op op = {
		"publish", begin, set, publish, read_news
	};
	uint64_t records = step_all() ? 4 : 3;

	s = sample_new();
	sample_spawn(s, 0);
	begin();
	cadre__region_reader(s->region, 0, &place);
	/* At several places of the ring; one begins an eighth. */
	for (uint64_t n = 1; n < 100 + records; n++) {
		set(n);
		publish();
		if (n >= 100)
			step_test(s, &op);
	}
	sample_free(s);
	return done_testing();
}
