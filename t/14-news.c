/* t/14-news: who reads a ring of news gets each record once and in order, and counts exactly what it lost */
/* SPDX-License-Identifier: BSD-2-Clause */
#include "t/lib/news.h"
#include "t/lib/tap.h"

static struct sample *s;
static struct cadre__reader r;
static uint64_t last, got;

static void
publish(uint64_t from, uint64_t to)
{
	for (uint64_t n = from; n <= to; n++)
		news_publish(s, 0, n);
}

/* All that is there; returns how many were torn or out of order. */
static int
read_all(void)
{
	uint64_t n, before = last;
	int bad = 0, one;

	while ((one = news_read(&r, &n)) != 0) {
		bad += one < 0 || n <= before;
		before = last = n;
		got++;
	}
	return bad;
}

/* Bursts of all lengths up to several laps, so that all places are met. */
static int
laps(void)
{
	uint64_t from = last + 1;
	int bad = 0;

	for (uint64_t burst = 1; burst < 400; burst++) {
		publish(from, from + burst - 1);
		from += burst;
		bad += read_all();
		bad += got + r.lost != from - 1 || last != from - 1;
	}
	return bad;
}

int
main(void)
{
	struct cadre_topics_view v;

	s = sample_new();
	sample_spawn(s, 0);
	news_begin(s, 0);
	ok(cadre_region_topics(s->region, 0, 0, &v) == 0 && v.published == 0 &&
	    v.topics == 0 && !v.asleep, "nothing at first");
	publish(1, 3);
	cadre__reader_begin(&r, news_head(s, 0),
	    news_publisher[0].ring, SAMPLE_PUBLISH);
	is_int(read_all(), 0, "a new reader");
	is_u64(got, 0, "gets nothing of before");
	got = last = 3;
	publish(4, 9);
	is_int(read_all(), 0, "then what is published, whole and in order");
	is_u64(got, 9, "all of it");
	is_u64(r.lost, 0, "and nothing is lost");
	is_int(laps(), 0, "lapped or not: got + lost = published, the newest "
	    "is got");
	ok(r.lost > 20000 && got > 5000, "%llu got, %llu lost",
	    (unsigned long long)got, (unsigned long long)r.lost);
	news_begin(s, 0);
	publish(last + 1, last + 5);
	is_int(read_all(), 0, "a successor goes on");
	cadre_region_topics(s->region, 0, 0, &v);
	is_u64(v.published, got + r.lost, "and nothing counted was zeroed");
	ok(v.published_bytes > 5000000, "nor was the position: %llu",
	    (unsigned long long)v.published_bytes);
	is_int(cadre_region_topics(s->region, 0, 2, &v), -2, "-ENOENT");
	sample_free(s);
	return done_testing();
}
