/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Workers that publish and subscribe as they are told, by requests of the
 * master, which is in the test: see post.h. Each piece of news says who wrote
 * it, its number, and a sum over its bytes; who gets one checks it.
 */
#ifndef T_GAZETTE_H
#define T_GAZETTE_H

#include <cadre/cadre.h>

#include "t/lib/post.h"

#define GAZETTE_SEATS	64
#define GAZETTE_BYTES	4096		/* of a piece, at most */

struct gazette_order {
	uint32_t	scope, count, bytes;	/* of each; 0: all lengths */
	int32_t		err;			/* the answer */
	char		topic[CADRE_TOPIC_BYTES];
};

struct gazette_tally {			/* of one worker, or of the master */
	uint64_t	calls;		/* of its function */
	uint64_t	torn;		/* bytes other than their sum says */
	uint64_t	astray;		/* out of order, twice, not who it says */
	uint64_t	from[GAZETTE_SEATS]; /* by publisher */
	uint64_t	behind;		/* it has not read all yet */
	struct cadre_topic_counts counts;
};

void	gazette_set_up(struct cadre_worker *, struct cadre_mailbox *);
	/* For post_start(). */
void	gazette_news(struct cadre_mailbox *, const struct cadre_news *,
	    void *arg);
	/* A function for subscribe; arg: a struct gazette_tally. */
size_t	gazette_write(void *piece, uint64_t number, uint32_t seat,
	    size_t bytes);
	/* One of that many bytes, or more; how many. */

bool	gazette_stop(void);
	/* post_stop(). */

/* Told to a worker, and waited for; what it answered, or -ETIMEDOUT. */
int	gazette_subscribe(uint32_t seat, const char *topic);
int	gazette_unsubscribe(uint32_t seat, const char *topic);
int	gazette_publish(uint32_t seat, const char *topic,
	    enum cadre_scope scope, uint32_t count, uint32_t bytes);
int	gazette_hold(uint32_t seat, uint32_t pieces);
	/*
	 * Be busy until workers have been told to publish so many more, and
	 * have, or until it is released; answered when it has begun to be.
	 */
#define GAZETTE_HELD	UINT32_MAX
void	gazette_release(void);
int	gazette_tally(uint32_t seat, struct gazette_tally *ret_tally);
	/* When it has read all. */

/* As an observer sees it, who wakes nobody. */
struct cadre_region *gazette_region(void);
bool	gazette_asleep(uint32_t seat);
	/* Until it sleeps, with all read. */
bool	gazette_received(uint32_t seat, uint64_t n);
	/* Until it has got that many, in all its lives. */
uint64_t gazette_woken(uint32_t seat);
	/* How often it woke others. */
uint64_t gazette_total(const char *metric, unsigned int seat);
	/* CADRE_NO_SEAT: of all. */

bool	gazette_flows(unsigned int seats, unsigned int least);
	/*
	 * Until each of the first seats that is up counts 1,000 more as `got`,
	 * a counter of the test's; and so many are, at least.
	 */
void	gazette_kill_some(unsigned int seats);
	/* Every other one of these. */

#endif
