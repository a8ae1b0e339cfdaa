/* SPDX-License-Identifier: BSD-2-Clause */
/* News without processes; see news.h. */
#include "t/lib/news.h"

#include <stdio.h>
#include <string.h>

#include "t/lib/tap.h"

struct cadre__publisher news_publisher[SAMPLE_SLOTS];

struct cadre_shm_topics *
news_head(const struct sample *s, unsigned int slot)
{
	return (void *)(s->slot[slot] + s->anchor->places.topics);
}

void
news_begin(struct sample *s, unsigned int slot)
{
	cadre__publisher_begin(&news_publisher[slot], news_head(s, slot),
	    (void *)(s->slot[slot] + s->anchor->places.news), SAMPLE_PUBLISH,
	    s->generation);
}

/* Short ones, long ones, now and then one of no bytes. */
size_t
news_fill(uint64_t n, char topic[CADRE__TOPIC_BYTES], void *payload)
{
	size_t bytes = n % 7 == 0 ? 0 : n * 37 % (n % 5 == 0 ? NEWS_BYTES : 90);
	char *to = payload;

	snprintf(topic, CADRE__TOPIC_BYTES, "%.*s%llu", (int)(n % 43),
	    "news.of.a.topic.whose.name.is.as.long.as.it.may.be",
	    (unsigned long long)n);
	memset(to, (int)(n % 251), bytes);
	for (size_t i = 0; i + sizeof(n) <= bytes; i += 3 * sizeof(n))
		memcpy(to + i, &n, sizeof(n));
	return bytes;
}

void
news_publish(struct sample *s, unsigned int slot, uint64_t n)
{
	static char payload[NEWS_BYTES];
	char topic[CADRE__TOPIC_BYTES];
	size_t bytes = news_fill(n, topic, payload);

	(void)s;
	cadre__publish(&news_publisher[slot], topic, strlen(topic),
	    cadre__topic_hash(topic, strlen(topic)), (uint16_t)(n % 3),
	    payload, bytes);
}

int
news_read(struct cadre__reader *r, uint64_t *ret_n)
{
	static char payload[NEWS_BYTES], want[NEWS_BYTES];
	char topic[CADRE__TOPIC_BYTES], name[CADRE__TOPIC_BYTES];
	struct cadre_shm_news news;
	const char *digits;
	uint64_t n;

	do
		if (!cadre__reader_next(r, &news))
			return 0;
	while (!cadre__reader_take(r, &news, topic, payload));
	cadre__reader_pass(r, &news);
	digits = topic + strcspn(topic, "0123456789");
	if (sscanf(digits, "%llu", (unsigned long long *)&n) != 1 ||
	    news_fill(n, name, want) != news.bytes ||
	    strcmp(name, topic) != 0 || news.scope != n % 3 ||
	    news.hash != cadre__topic_hash(topic, strlen(topic)) ||
	    memcmp(want, payload, news.bytes) != 0)
		return -1;
	*ret_n = n;
	return 1;
}
