/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * News: what the worker of a slot publishes into the ring there, and what a
 * reader gets of it. One writer, which waits for nobody; a reader believes
 * nothing that it has not copied and checked, does a bounded amount of work in
 * each call, and indexes by its own numbers alone. What it lost to a ring that
 * overwrites it counts exactly, unless the writer lies.
 */
#ifndef SHM_TOPIC_H
#define SHM_TOPIC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cadre/layout.h>

#include "shm/atomic.h"

#define CADRE__TOPIC_MAX	63	/* bytes of a name */
#define CADRE__TOPIC_BYTES	64	/* as it stands in a ring, at most */

uint64_t cadre__topic_hash(const char *topic, size_t n);
	/* Never 0. */
static inline uint64_t
cadre__topic_bit(uint64_t hash)
{
	return UINT64_C(1) << (hash >> 58);
}

struct cadre__publisher {		/* private to the worker of the slot */
	struct cadre_shm_topics *head;
	uint64_t	*ring;
	uint64_t	bytes;		/* of it */
	uint64_t	generation;
};

void cadre__publisher_begin(struct cadre__publisher *,
    struct cadre_shm_topics *, uint64_t *ring, uint64_t bytes,
    uint64_t generation);
	/*
	 * Take over what a slot's last life left: its news stay, and the next
	 * go behind them. It wants nothing yet and is awake. Kill: the same is
	 * done once more.
	 */
void cadre__publish(struct cadre__publisher *, const char *topic,
    size_t topic_bytes, uint64_t hash, uint16_t scope, const void *bytes,
    size_t n);
	/*
	 * topic_bytes: 1 to CADRE__TOPIC_MAX; n: at most a quarter of the ring.
	 * Kill: published or not, and the next goes to the same place.
	 */

/* Counts of its slot, for observers. Kill: each is old or new. */
static inline void
cadre__topics_woken(struct cadre__publisher *p)
{
	shm_bump(&p->head->woken, 1);
}
static inline void
cadre__topics_received(struct cadre__publisher *p)
{
	shm_bump(&p->head->received, 1);
}
static inline void
cadre__topics_lost(struct cadre__publisher *p, uint64_t n)
{
	shm_bump(&p->head->lost, n);
}
static inline void
cadre__topics_cursor(uint64_t *cursors, unsigned int slot, uint64_t seen)
{
	shm_store(&cursors[slot], seen);
}

struct cadre__reader {			/* of one ring, private */
	const struct cadre_shm_topics *head;
	const uint64_t	*ring;
	uint64_t	bytes;
	uint64_t	at;		/* where the next record begins */
	uint64_t	seen;		/* records before it */
	uint64_t	known;		/* records up to `end`, … */
	uint64_t	end;		/* … at the last look */
	uint64_t	lost;		/* of those seen: overwritten before */
};

void cadre__reader_begin(struct cadre__reader *,
    const struct cadre_shm_topics *, const uint64_t *ring, uint64_t bytes);
	/* What is published from now on. bytes: as the region's owner said. */
static inline uint64_t
cadre__reader_newest(const struct cadre__reader *r)
{
	return shm_load(&r->head->records);
}
bool cadre__reader_next(struct cadre__reader *,
    struct cadre_shm_news *ret_news);
	/*
	 * The head of the next record, a checked copy: its lengths are within
	 * bounds. False: there is none now; it may be that there is one at the
	 * next call, so ask cadre__reader_newest() whether it is `seen`.
	 */
bool cadre__reader_take(struct cadre__reader *, const struct cadre_shm_news *,
    char topic[CADRE__TOPIC_BYTES], void *payload);
	/*
	 * Topic, ended by NUL, and payload (room for a quarter of the ring, in
	 * whole words) of the record that next gave. False: it was overwritten
	 * meanwhile; the following next counts it as lost.
	 */
void cadre__reader_pass(struct cadre__reader *, const struct cadre_shm_news *);
	/* On, behind that record. */

/* Who publishes and who sleeps. */
void cadre__wanted_sleep(struct cadre_shm_wanted *);
	/*
	 * From here on the owner shall be woken. It then looks once more at the
	 * rings, and sleeps only if nothing is new: cadre__wanted_sleeps().
	 */
void cadre__wanted_awake(struct cadre_shm_wanted *);
void cadre__wanted_set(struct cadre_shm_wanted *, unsigned int place,
    uint64_t hash);
	/* As cadre__anchor_wanted(), in the worker's own slot. */
bool cadre__wanted_has(const struct cadre_shm_wanted *, uint64_t hash);
	/* Does its owner subscribe to that? */
static inline bool
cadre__wanted_asleep(const struct cadre_shm_wanted *w, uint64_t woken)
{
	uint64_t sleeps = shm_load(&w->sleeps);

	return (sleeps & 1) != 0 && sleeps != woken;
}
bool cadre__wanted_sleeps(const struct cadre_shm_wanted *, uint64_t hash,
    uint64_t *inout_woken);
	/*
	 * After a publish and its fence: is the owner to be woken for this, and
	 * was not yet in this sleep? Then *inout_woken is the number of it.
	 */
void cadre__publish_fence(void);
	/* Between a publish and the first look at who sleeps. */

#endif
