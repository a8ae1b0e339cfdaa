/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Topics by name. The hash only makes the search short: the whole name is
 * compared before a function is called.
 */
#include "runtime/export.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/mailbox.h"
#include "runtime/topics.h"
#include "shm/fail.h"
#include "shm/fault.h"

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

/* The name, then the payload, in one piece; type: how long the name is. */
int
topic_letter(const struct cadre_mailbox *mb, const struct topic_post *p,
    struct letter *ret_letter)
{
	size_t n = p->name_bytes + p->n;
	char *bytes;
	int err;

	if (n > mb->limits.bytes_max ||
	    (n > CADRE_MESSAGE_INLINE && !mb->limits.rights))
		return cadre__fail(-EMSGSIZE, "%s: with its topic %zu bytes "
		    "are too many for a message", p->name, n);
	bytes = CADRE_FAULT("topics.letter") < 0 ? NULL : malloc(n);
	if (bytes == NULL)
		return -ENOMEM;
	memcpy(bytes, p->name, p->name_bytes);
	if (p->n > 0)
		memcpy(bytes + p->name_bytes, p->bytes, p->n);
	*ret_letter = (struct letter){
		.frame = CADRE_FRAME_PUBLISH,
		.type = (uint32_t)p->name_bytes,
		.seat = CADRE_MASTER,
		.bytes = bytes,
		.n = n,
	};
	err = letter_seal(ret_letter);
	if (err < 0)
		free(bytes);
	return err;
}

void
topic_letter_done(struct letter *letter)
{
	letter_done(letter);
	free((void *)(uintptr_t)letter->bytes);
}

/* The same of what has come. A hash tells whether anybody wants to know. */
const char *
topic_open(struct mail *mail, char name[CADRE_TOPIC_BYTES],
    struct cadre_news *ret_news)
{
	const struct cadre_message *msg = &mail->message;
	size_t n = mail->wire.head.type;
	int err;

	if (n == 0 || n >= CADRE_TOPIC_BYTES || n > mail->wire.head.bytes ||
	    mail->nfds > (mail->wire.head.bytes > CADRE_MESSAGE_INLINE))
		return "news that are none";
	err = mail->maimed ? -EMFILE : mail_open(mail);
	if (err == -EPROTO)
		return "long news in memory that can change";
	*ret_news = (struct cadre_news){ .topic = NULL };
	if (err < 0) {
		mail->tally->unwanted++;	/* it cannot be had here */
		return NULL;
	}
	memcpy(name, msg->bytes, n);
	name[n] = '\0';
	*ret_news = (struct cadre_news){
		.topic = name,
		.seat = msg->from.seat,
		.generation = msg->from.generation,
		.bytes = (const char *)msg->bytes + n,
		.n = msg->n - n,
	};
	return NULL;
}

int
cadre_mailbox_subscribe(struct cadre_mailbox *mb, const char *topic,
    cadre_news_fn *fn, void *arg)
{
	if (*mb->foreign)
		return -EPERM;
	return mb->side->subscribe(mb, topic, fn, arg);
}

int
cadre_mailbox_unsubscribe(struct cadre_mailbox *mb, const char *topic)
{
	if (*mb->foreign)
		return -EPERM;
	return mb->side->unsubscribe(mb, topic);
}

int
cadre_mailbox_publish(struct cadre_mailbox *mb, const char *topic,
    const void *bytes, size_t n, enum cadre_scope scope)
{
	struct topic_post p = { .name = topic, .bytes = bytes, .n = n,
	    .scope = scope };
	int err;

	if (*mb->foreign)
		return -EPERM;
	err = topic_check(topic, &p.name_bytes);
	if (err < 0)
		return err;
	if ((unsigned int)scope > CADRE_SCOPE_MASTER)
		return cadre__fail(-EINVAL, "there is no scope %d",
		    (int)scope);
	p.hash = cadre__topic_hash(topic, p.name_bytes);
	return mb->side->publish(mb, &p);
}

int
cadre_mailbox_topic_counts(const struct cadre_mailbox *mb,
    struct cadre_topic_counts *ret_counts)
{
	if (*mb->foreign)
		return -EPERM;
	*ret_counts = *mb->side->topic_counts(mb);
	return 0;
}
