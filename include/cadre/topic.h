/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Publish and subscribe, between the workers of one app, without a broker: what
 * is published is written once, into the ring of the publisher's own slot, and
 * each subscriber reads it there, with a cursor in its own slot. Nobody waits
 * for anybody: a ring overwrites its oldest, and who comes too late counts
 * exactly how many records it lost. Only a subscriber that sleeps is woken, by
 * a byte on a socket of its seat.
 */
#ifndef CADRE_TOPIC_H
#define CADRE_TOPIC_H

#include <stddef.h>
#include <stdint.h>

#include <cadre/mailbox.h>

#ifdef __cplusplus
extern "C" {
#endif

#define CADRE_TOPIC_BYTES	64	/* a name, with the final NUL */
#define CADRE_TOPICS_MAX	64	/* that one mailbox can subscribe to */

enum cadre_scope {	/* never renumbered: it stands in the region */
	CADRE_SCOPE_OTHERS = 0,	/* all but the publisher: workers and master */
	CADRE_SCOPE_ALL = 1,	/* the publisher, too */
	CADRE_SCOPE_SIBLINGS = 2, /* other workers, not the master */
	CADRE_SCOPE_MASTER = 3,	/* the master alone */
};

struct cadre_news {		/* the mailbox's, while the function runs */
	const char	*topic;
	uint32_t	seat;		/* of the publisher; CADRE_MASTER */
	uint64_t	generation;
	const void	*bytes;		/* our own copy */
	size_t		n;
};
typedef void cadre_news_fn(struct cadre_mailbox *, const struct cadre_news *,
    void *arg);

int cadre_mailbox_subscribe(struct cadre_mailbox *, const char *topic,
    cadre_news_fn *fn, void *arg);
	/*
	 * Call fn, from the loop, for what is published to exactly this topic
	 * from now on; a second time replaces fn. What one publisher publishes
	 * comes in its order. 0; -EINVAL: a name that is empty, too long or
	 * with a control byte, or no fn; -ENOSPC: CADRE_TOPICS_MAX;
	 * -EOPNOTSUPP: nobody can publish, see CADRE_PUBLISH_BYTES; -ENOMEM;
	 * -EPERM. In a program the first call of this or publish asks the
	 * master for the rings, and may block for up to 5 s: -ETIMEDOUT,
	 * -EPIPE, -EPROTO, others.
	 */
int cadre_mailbox_unsubscribe(struct cadre_mailbox *, const char *topic);
	/* 0; -ENOENT: not subscribed; -EPERM. */
int cadre_mailbox_publish(struct cadre_mailbox *, const char *topic,
    const void *bytes, size_t n, enum cadre_scope);
	/*
	 * Written once, whoever subscribes; no system call but one for each
	 * subscriber of that topic who sleeps and has not been woken. What the
	 * master publishes, and what it subscribes to, travels as messages.
	 * 0		published
	 * -EMSGSIZE	more than a quarter of CADRE_PUBLISH_BYTES; or too long
	 *		for a message, topic and all, where one is to be sent
	 * -EINVAL	topic, or scope
	 * -EOPNOTSUPP, -ENOMEM, others  as above
	 * -EPERM	this is the master's mailbox in a worker
	 * -ENOBUFS	in the master: too many of its own wait for it already,
	 *		bounded as CADRE_MESSAGE_QUEUE and _QUEUE_BYTES say
	 *		After all these nothing was published, nor after what
	 *		the memfd of a long message fails with.
	 * others of cadre_mailbox_send(), in a worker, where it is for the
	 *		master, too: other workers have it all the same
	 */
struct cadre_topic_counts {	/* of this life */
	uint64_t	published;	/* calls that did, in any scope */
	uint64_t	received;	/* of topics subscribed to */
	uint64_t	lost;		/* records that were overwritten before they
					   were looked at, of whatever topic,
					   while any is subscribed to */
	uint64_t	woken;		/* others, a system call each */
};
int cadre_mailbox_topic_counts(const struct cadre_mailbox *,
    struct cadre_topic_counts *ret_counts);
	/* 0; -EPERM. */

#ifdef __cplusplus
}
#endif
#endif
