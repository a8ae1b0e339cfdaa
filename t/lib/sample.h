/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A small region without a master: made by the calls that a master makes,
 * written by those that workers make, read through a handle as from outside.
 */
#ifndef T_SAMPLE_H
#define T_SAMPLE_H

#include <stdbool.h>
#include <stdint.h>

#include <cadre/metric.h>
#include <cadre/region.h>

#include "shm/acceptor.h"
#include "shm/anchor.h"
#include "shm/slot.h"

#define SAMPLE_SEATS	4
#define SAMPLE_SLOTS	(2 * SAMPLE_SEATS)
#define SAMPLE_OBJECTS	(1 + SAMPLE_SLOTS + 1)
#define SAMPLE_LISTENERS 2	/* the first is used */
#define SAMPLE_PUBLISH	4096	/* bytes of a ring */

enum {				/* its metrics */
	SAMPLE_TURNS,
	SAMPLE_OPEN,		/* a gauge of the head */
	SAMPLE_REQUESTS,
	SAMPLE_ERRORS,
	SAMPLE_JOBS,
	SAMPLE_DEPTH,		/* a gauge */
	SAMPLE_METRICS,
};

struct sample {
	struct cadre__anchor *anchor;
	struct cadre_region *region;
	struct cadre__slot worker[SAMPLE_SLOTS];
	char		*slot[SAMPLE_SLOTS];	/* read-write maps */
	struct cadre__acceptor acceptor;
	char		*acceptor_map;		/* the same of its object */
	struct cadre_shm_life life[SAMPLE_SLOTS];
	uint64_t	generation;	/* the last one given */
};

struct sample *sample_new(void);
	/* Published and opened; nobody in any slot. Bails out on failure. */
void sample_free(struct sample *);
void sample_spawn(struct sample *, unsigned int slot);
	/* As a master and its new worker do: the slot's next life is UP. */
void sample_end(struct sample *, unsigned int slot, uint64_t state);
	/* Its writer is gone; its row says `state`. */
void sample_state(struct sample *, unsigned int slot, uint64_t state);
uint64_t *sample_word(struct sample *, unsigned int slot, unsigned int metric);
int sample_fd(const struct cadre__anchor *, unsigned int number);
	/* The writer's descriptor of an object, by its number on the socket. */
int sample_reopen(const struct cadre__anchor *, struct cadre_region **);
	/* Another handle, from read-only descriptors. */
uint64_t sample_read_all(const struct cadre_region *, uint64_t *random);
	/* Every reading call there is, with odd arguments too; some sum. */
struct hostile {		/* its bytes in the heap, where ASan sees */
	struct cadre_region *region;	/* over the copies below */
	char		*anchor, *slot[SAMPLE_SLOTS], *acceptor;
	size_t		anchor_bytes, slot_bytes, acceptor_bytes;
};
void sample_copy(const struct sample *, struct hostile *ret_copy);
void sample_copy_free(struct hostile *);
int sample_wrap(const struct hostile *, struct cadre_region **ret_region);
	/* Another handle over the copies. */
bool sample_fits(const struct hostile *, const struct cadre_region *);
	/* The copies are as large as that handle was told: it may be read. */
uint64_t *sample_target(struct hostile *, uint64_t *random);
	/* A word of them, mostly one that readers use for more than figures. */
uint64_t sample_lie(uint64_t word, uint64_t *random);
	/* What to put there: near the truth, at a limit, or anything. */
uint64_t sample_random(uint64_t *state);
	/* The same numbers in every run. */

#endif
