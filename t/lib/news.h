/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * News without processes: a worker of a sample publishes numbers, each in a
 * record of a length, a topic and bytes that follow from it; so a reader knows
 * a whole one.
 */
#ifndef T_NEWS_H
#define T_NEWS_H

#include "shm/topic.h"
#include "t/lib/sample.h"

#define NEWS_BYTES	(SAMPLE_PUBLISH / 4)	/* of one, at most */

extern struct cadre__publisher news_publisher[SAMPLE_SLOTS];

struct cadre_shm_topics *news_head(const struct sample *, unsigned int slot);
	/* The worker's own, to write. */
void	news_begin(struct sample *, unsigned int slot);
	/* Take it over. */
void	news_publish(struct sample *, unsigned int slot, uint64_t n);
	/* Number n; of its generation the slot is believed. */
size_t	news_fill(uint64_t n, char topic[CADRE__TOPIC_BYTES], void *payload);
	/* What it looks like; the payload's length. */
int	news_read(struct cadre__reader *, uint64_t *ret_n);
	/*
	 * The next record, and which number it bears. 1; 0: none is there now;
	 * -1: it is torn. Records overwritten meanwhile are passed over.
	 */

#endif
