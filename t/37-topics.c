/* t/37-topics: topics are exact, begin when they are subscribed to, end when they no longer are, and have their limits */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "t/lib/gazette.h"
#include "t/lib/tap.h"

static int
publish(const char *topic)
{
	return gazette_publish(0, topic, CADRE_SCOPE_SIBLINGS, 10, 50);
}

static uint64_t
got(void)
{
	struct gazette_tally t = { .calls = 0 };

	return gazette_tally(1, &t) == 0 && t.torn + t.astray == 0 ? t.calls :
	    UINT64_MAX;
}

static void
names(void)
{
	char longest[CADRE_TOPIC_BYTES + 1] = { 0 }, name[24];
	int err = 0;

	memset(longest, 'x', CADRE_TOPIC_BYTES - 1);
	is_int(gazette_subscribe(1, longest), 0, "63 bytes");
	publish(longest);
	is_u64(got(), 30, "come");
	longest[62] = '\0';
	publish(longest);
	is_u64(got(), 30, "62 of them are another topic");
	is_int(gazette_subscribe(1, ""), -EINVAL, "empty: -EINVAL");
	is_int(gazette_subscribe(1, "a\nb"), -EINVAL, "not text: -EINVAL");
	is_int(gazette_publish(0, "", CADRE_SCOPE_ALL, 1, 1), -EINVAL,
	    "nor can it be published");
	for (int i = 0; i < CADRE_TOPICS_MAX - 1; i++) {
		snprintf(name, sizeof(name), "topic %d", i);
		err |= gazette_subscribe(1, name);
	}
	is_int(err, 0, "%d topics can be subscribed to", CADRE_TOPICS_MAX);
	is_int(gazette_subscribe(1, "one more"), -ENOSPC, "no more: -ENOSPC");
	is_int(gazette_subscribe(1, "topic 7"), 0, "one once more");
	publish("topic 7");
	is_u64(got(), 40, "comes once, all the same");
	is_int(gazette_unsubscribe(1, "topic 7"), 0, "one is given up");
	is_int(gazette_subscribe(1, "one more"), 0, "then another can");
}

int
main(void)
{
	post_start(2, gazette_set_up, NULL);
	publish("a");
	is_int(gazette_subscribe(1, "a"), 0, "subscribed");
	is_u64(got(), 0, "nothing of before comes");
	publish("a");
	is_u64(got(), 10, "what is published from then on does");
	publish("b");
	is_int(gazette_subscribe(1, "b"), 0, "another topic");
	is_u64(got(), 10, "nothing of it that was before");
	publish("b");
	is_u64(got(), 20, "and what comes then");
	is_int(gazette_unsubscribe(1, "a"), 0, "no longer");
	is_int(gazette_unsubscribe(1, "a"), -ENOENT, "twice: -ENOENT");
	publish("a");
	is_u64(got(), 20, "none of it comes");
	is_int(gazette_unsubscribe(1, "b"), 0, "nor of the other");
	publish("b");
	is_u64(got(), 20, "none");
	names();
	is_int(gazette_publish(0, "a", (enum cadre_scope)4, 1, 1), -EINVAL,
	    "no such scope: -EINVAL");
	is_int(gazette_publish(0, "a", CADRE_SCOPE_ALL, 1, 0), 0, "all sizes");
	ok(gazette_stop(), "it ends");
	return done_testing();
}
