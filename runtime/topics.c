/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Topics by name. The hash only makes the search short: the whole name is
 * compared before a function is called.
 */
#include "runtime/export.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/topics.h"
#include "shm/fail.h"

/* Text: no control bytes; what is above ASCII is not looked at. */
int
topic_check(const char *name, size_t *ret_bytes)
{
	size_t n = name != NULL ? strnlen(name, CADRE_TOPIC_BYTES) : 0;

	if (n == 0 || n == CADRE_TOPIC_BYTES)
		return cadre__fail(-EINVAL, "the name of a topic is 1 to %d "
		    "bytes long", CADRE_TOPIC_BYTES - 1);
	for (size_t i = 0; i < n; i++)
		if ((unsigned char)name[i] < ' ' || name[i] == 0x7f)
			return cadre__fail(-EINVAL, "the name of a topic has "
			    "a control byte in it");
	*ret_bytes = n;
	return 0;
}

struct topic *
topic_find(struct topic_table *t, const char *name, size_t bytes,
    uint64_t hash)
{
	if ((t->filter & cadre__topic_bit(hash)) == 0)
		return NULL;
	for (unsigned int i = 0; i < CADRE_TOPICS_MAX; i++)
		if (t->topic[i].hash == hash && t->topic[i].bytes == bytes &&
		    memcmp(t->topic[i].name, name, bytes) == 0)
			return &t->topic[i];
	return NULL;
}

static void
filter_set(struct topic_table *t)
{
	t->filter = 0;
	for (unsigned int i = 0; i < CADRE_TOPICS_MAX; i++)
		if (t->topic[i].hash != 0)
			t->filter |= cadre__topic_bit(t->topic[i].hash);
}

int
topic_add(struct topic_table *t, const char *name, cadre_news_fn *fn,
    void *arg, struct topic **ret_topic)
{
	struct topic *at = NULL;
	uint64_t hash;
	size_t n;
	int err;

	err = topic_check(name, &n);
	if (err < 0)
		return err;
	if (fn == NULL)
		return cadre__fail(-EINVAL, "%s: the function is missing",
		    name);
	hash = cadre__topic_hash(name, n);
	*ret_topic = topic_find(t, name, n, hash);
	for (unsigned int i = 0; *ret_topic == NULL && at == NULL &&
	    i < CADRE_TOPICS_MAX; i++)
		if (t->topic[i].hash == 0)
			at = &t->topic[i];
	if (*ret_topic == NULL && at == NULL)
		return cadre__fail(-ENOSPC, "%s: %d topics are subscribed to, "
		    "and no more can be", name, CADRE_TOPICS_MAX);
	if (*ret_topic != NULL) {
		(*ret_topic)->fn = fn;
		(*ret_topic)->arg = arg;
		return 0;
	}
	*at = (struct topic){ .bytes = n, .hash = hash, .fn = fn, .arg = arg };
	memcpy(at->name, name, n);
	t->n++;
	filter_set(t);
	*ret_topic = at;
	return 1;
}

void
topic_remove(struct topic_table *t, struct topic *at)
{
	free(at->from);
	*at = (struct topic){ .hash = 0 };
	t->n--;
	filter_set(t);
}

void
topic_table_free(struct topic_table *t)
{
	for (unsigned int i = 0; i < CADRE_TOPICS_MAX; i++)
		if (t->topic[i].hash != 0)
			topic_remove(t, &t->topic[i]);
}
