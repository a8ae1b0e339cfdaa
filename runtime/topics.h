/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Publish and subscribe: a table of topics, the same on both sides; in a worker
 * the rings of all slots, and who sleeps; in a master frames, as it reads no
 * ring.
 */
#ifndef RUNTIME_TOPICS_H
#define RUNTIME_TOPICS_H

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cadre/topic.h>

#include "runtime/inbox.h"
#include "shm/topic.h"

static_assert(CADRE_TOPIC_BYTES == CADRE__TOPIC_BYTES &&
    CADRE_TOPIC_BYTES == CADRE__TOPIC_MAX + 1, "a name, and its NUL");
static_assert(CADRE_TOPICS_MAX == CADRE_WANTED_MAX, "a place for each");

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

struct topic_post {			/* to be published; checked */
	const char	*name;
	size_t		name_bytes;
	uint64_t	hash;
	const void	*bytes;
	size_t		n;
	enum cadre_scope scope;
};

int	topic_letter(const struct cadre_mailbox *, const struct topic_post *,
	    struct letter *ret_letter);
	/*
	 * As it travels: a PUBLISH frame, to CADRE_MASTER, sealed. 0, or why
	 * there is none; else topic_letter_done().
	 */
void	topic_letter_done(struct letter *);
const char *topic_open(struct mail *, char name[CADRE_TOPIC_BYTES],
	    struct cadre_news *ret_news);
	/* What is wrong, or NULL; no topic: it could not be had. */

/* In a worker. */
int	topics_ask(struct cadre_worker *, const char *const **ret_slots,
	    const int **ret_cords, unsigned int *ret_ncords, int *ret_bell);
	/*
	 * What a forked worker inherits a program asks for, when it first needs
	 * it: all slots, the cords, its bell. In topics-program.c; may block for
	 * up to 5 s.
	 */

struct topics {
	struct cadre__publisher publisher;	/* head NULL: nobody can */
	const char	*const *slots;	/* of all; NULL: not at hand */
	struct cadre_worker *exec;	/* a program: it may ask for them */
	unsigned int	nslots, own;
	size_t		head_at, news_at;	/* in each slot */
	uint64_t	*cursors;	/* in the own slot */
	const struct cadre_shm_wanted *master;	/* what the master wants */
	const int	*cords;		/* of the seats, … */
	unsigned int	ncords;		/* … which share them if more */
	int		bell;		/* of our own, or a clock in its place */
	bool		shut;		/* a clock */
	bool		deaf;		/* neither can wake it: it looks */
	struct topic_table table;
	struct cadre__reader *readers;	/* of all slots */
	uint64_t	*woken;		/* the sleep in which we woke each */
	uint64_t	*payload;	/* room for one */
	unsigned int	turn;		/* whose ring is first */
	bool		reads;		/* a handler runs */
	bool		asleep;
	int		epoll;		/* where it is woken; -1: nowhere yet */
	uint64_t	own_all, own_seen; /* of ours, those for us, too */
	struct cadre_topic_counts counts;
};

void	topics_begin(struct topics *, struct cadre_worker *,
	    const struct worker_birth *);
	/* Take over the slot's; nothing is subscribed to yet. */
int	topics_subscribe(struct cadre_mailbox *, const char *name,
	    cadre_news_fn *, void *arg);
int	topics_unsubscribe(struct cadre_mailbox *, const char *name);
int	topics_publish(struct cadre_mailbox *, const struct topic_post *);
const struct cadre_topic_counts *topics_counts(const struct cadre_mailbox *);
	/* These are rows of struct mailbox_side. */
const char *topics_mail(struct cadre_mailbox *, struct mail *);
	/* What the master published: a mail_fn. */
static inline bool
topics_listen(const struct topics *t)
{
	return t->table.n > 0;
}

/* Those above have had no worker: after a full fence that is so, too. */
static inline unsigned int
topics_slots(const struct topics *t)
{
	uint64_t n = CADRE_SLOTS_PER_SEAT * shm_load(&t->master->seats);

	return n < t->nslots ? (unsigned int)n : t->nslots;
}

bool	topics_wake(const struct topics *, unsigned int seat);
	/* Pull its cord. False: that could not be. */
void	topics_turn(struct topics *, struct cadre_mailbox *);
	/* Hand out what is new: a bounded number of records. */
bool	topics_new(const struct topics *);
	/* There is something to hand out, or to pass over. */
int	topics_before_wait(struct topics *, int timeout_ms);
	/* 0 if there is more, else timeout_ms: it is woken from now on. */
bool	topics_pend(struct topics *);
	/*
	 * The same where the wait is another's: pull our own cord if there is
	 * more. False: there is not.
	 */
void	topics_after_wait(struct topics *);
void	topics_join(struct topics *, int epfd);
	/* Be woken there, for edges, tagged with its own address: … */
void	topics_rung(struct topics *, uint32_t events);
	/* … which came. */

/* In a master. */
struct own_news;
struct master_topics {
	struct topic_table table;
	struct own_news	*first, *last;	/* its own, that are for itself, too */
	unsigned int	nown;		/* that wait there, and their bytes */
	uint64_t	own_bytes;
	struct cadre_topic_counts counts;
};

int	master_subscribe(struct cadre_mailbox *, const char *name,
	    cadre_news_fn *, void *arg);
int	master_unsubscribe(struct cadre_mailbox *, const char *name);
int	master_publish(struct cadre_mailbox *, const struct topic_post *);
const struct cadre_topic_counts *master_topic_counts(
	    const struct cadre_mailbox *);
	/* These are rows of struct mailbox_side. */
void	master_topics_show(struct cadre_master *);
	/* In the anchor that there is now: what was subscribed to before. */
void	master_topics_due(struct cadre_master *);
	/* Hand out its own. */
const char *master_topics_mail(struct cadre_mailbox *, struct mail *);
	/* What a worker published: a mail_fn. */
void	master_topics_close(struct cadre_master *);
int	wakes_open(struct cadre_master *);
	/* A cord and a bell for each seat, up to WAKES_MAX. 0, -errno. */
void	wakes_close(struct cadre_master *);
void	topics_silent(struct cadre_master *, const struct life *);
	/*
	 * Dead or stopped, it may have published and not woken anybody: each
	 * worker that sleeps is told to look, once a sleep.
	 */

#endif
