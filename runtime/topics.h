/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Publish and subscribe: a table of topics, the same on both sides; in a worker
 * the rings of all slots, and who sleeps; in a master frames, as it reads no
 * ring.
 */
#ifndef RUNTIME_TOPICS_H
#define RUNTIME_TOPICS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cadre/topic.h>

#include "shm/topic.h"

struct cadre_master;
struct life;
struct worker_birth;

struct topic {
	char		name[CADRE_TOPIC_BYTES];
	size_t		bytes;		/* of the name */
	uint64_t	hash;		/* 0: this place is free */
	cadre_news_fn	*fn;
	void		*arg;
	uint64_t	*from;		/* in a worker: what each ring had when
					   it was subscribed to */
};

struct topic_table {
	struct topic	topic[CADRE_TOPICS_MAX];
	unsigned int	n;
	uint64_t	filter;		/* their bits */
};

int	topic_check(const char *name, size_t *ret_bytes);
	/* 0, -EINVAL. */
struct topic *topic_find(struct topic_table *, const char *name,
	    size_t bytes, uint64_t hash);
	/* By hash and name; NULL: none. */
int	topic_add(struct topic_table *, const char *name, cadre_news_fn *,
	    void *arg, struct topic **ret_topic);
	/* 1: a new one; 0: it was there, and has another function; -errno. */
void	topic_remove(struct topic_table *, struct topic *);
void	topic_table_free(struct topic_table *);

/* In a worker. */
struct topics {
	struct cadre__publisher publisher;	/* head NULL: nobody can */
	const char	*const *slots;	/* of all, read-only; NULL: not at hand */
	unsigned int	nslots, own;
	size_t		head_at, news_at;	/* in each slot */
	uint64_t	*cursors;	/* in the own slot */
	const int	*wakes;		/* eventfds of the seats, … */
	unsigned int	nwakes;		/* … which share them, if there are more */
	struct topic_table table;
	struct cadre__reader *readers;	/* of all slots */
	uint64_t	*woken;		/* the sleep in which we woke each */
	uint64_t	*payload;	/* room for one */
	unsigned int	turn;		/* whose ring is first */
	bool		reads;		/* a handler runs */
	bool		asleep;
	uint64_t	own_all, own_seen; /* of our own, those that are for us, too */
	struct cadre_topic_counts counts;
};

void	topics_begin(struct topics *, const struct worker_birth *);
	/* Take over the slot's; nothing is subscribed to yet. */
int	topics_subscribe(struct topics *, const char *name, cadre_news_fn *,
	    void *arg);
int	topics_unsubscribe(struct topics *, const char *name);
int	topics_publish(struct topics *, const char *name, size_t name_bytes,
	    const void *bytes, size_t n, enum cadre_scope);
	/*
	 * To other workers, and ourselves. As cadre_mailbox_publish(); the
	 * scope is not of the master alone.
	 */
bool	topics_master_wants(const struct topics *, uint64_t hash);
	/* Does the master subscribe to it? As it said in the anchor. */
void	topics_news(struct topics *, struct cadre_mailbox *,
	    const struct cadre_news *);
	/* What came as a message. */
void	topics_turn(struct topics *, struct cadre_mailbox *);
	/* Hand out what is new: a bounded number of records. */
int	topics_before_wait(struct topics *, int timeout_ms);
	/* 0 if there is more, else timeout_ms: it is woken from now on. */
bool	topics_pend(struct topics *);
	/*
	 * The same where the wait is another's: make our own eventfd readable
	 * if there is more. False: there is not.
	 */
void	topics_after_wait(struct topics *);
int	topics_wake_fd(const struct topics *);
	/* Our seat's; edge-triggered, since nobody reads it. -1: none. */
void	topics_end(struct topics *);

/* In a master. */
int	wakes_open(struct cadre_master *);
	/* An eventfd for each seat, up to WAKES_MAX. 0, -errno. */
void	wakes_close(struct cadre_master *);
void	topics_died(struct cadre_master *, const struct life *);
	/*
	 * It may have published and not woken anybody: each worker that sleeps
	 * is told to look, once a sleep.
	 */

#endif
