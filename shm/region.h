/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The observer's side: what a handle keeps in private memory. All that is
 * used as an index, a bound or an offset was copied from the region once,
 * checked, and is read from here; the shared bytes may change at any time.
 */
#ifndef SHM_REGION_H
#define SHM_REGION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cadre/region.h>

#include "shm/topic.h"

#define READ_TRIES	16	/* for a record that changes under the reader */

enum {
	PART_SCHEMA,
	PART_SLOTS,
	PART_BASELINES,
	PART_EVENTS,
	PART_LISTENERS,
	PART_HEAD,
	PART_VALUES,
	PART_HEALTH,
	PART_ASSIGNED,
	PART_INTAKE,
	PART_WANTED,		/* from here on not in every region: no records */
	PART_TOPICS,
	PART_CURSORS,
	PART_NEWS,
	PARTS,
};

struct cadre__part {		/* a checked section */
	uint64_t	offset;
	uint32_t	record_bytes, records;
};

enum {				/* how a metric's word counts over slots */
	MODE_KEEP,		/* always */
	MODE_LIVE,		/* while the slot's writer lives */
	MODE_RAW,		/* the newest slot's word as it is */
	MODE_BROKEN,		/* never: its row makes no sense */
	MODES,
};

struct cadre__word {		/* one metric, compiled */
	uint64_t	offset;		/* in the slot; word aligned, inside */
	uint32_t	mode;
	bool		counter;	/* its life's own value: - baseline */
};

struct cadre__run {		/* metrics side by side, of one mode */
	uint64_t	offset;
	uint32_t	first, count;
	uint32_t	mode;
};

struct cadre__schema {		/* grows when the region's does */
	unsigned int	metrics, metrics_max;
	unsigned int	runs;
	uint64_t	requests, errors;	/* offsets of the words, or 0 */
	struct cadre__word *word;	/* metrics_max of each */
	struct cadre__run *run;
};

struct cadre_region {
	const char	*anchor;
	size_t		anchor_bytes, slot_bytes;
	unsigned int	max_workers, nslots;
	struct cadre__part part[PARTS];
	char		name[CADRE_NAME_BYTES];
	uint64_t	master_pid, master_start, created_mono_ns;
	const char	**slot;		/* nslots; `zero` where nobody has it */
	const char	*acceptor;	/* its object; zeros where nobody has it */
	size_t		acceptor_bytes;	/* what its sections need */
	char		*zero;		/* a slot of zeros, or the acceptor's object */
	bool		mapped;		/* all objects are ours to unmap */
	struct cadre__schema *schema;	/* not part of what const promises */
};

int cadre__region_new(int anchor_fd, struct cadre_region **ret_region);
	/* Map and check; all other objects read as zeros until they are given. */
int cadre__region_slot(struct cadre_region *, unsigned int slot, int fd);
	/* Map one more. 0, also when it is there; -ENOENT; -EPROTO; -errno. */
int cadre__region_acceptor(struct cadre_region *, int fd);
	/* The same for the acceptor's object. */
unsigned int cadre__region_objects(const struct cadre_region *);
	/* How many the app's socket hands out: anchor, slots, acceptor's. */
int cadre__region_object(struct cadre_region *, unsigned int number, int fd);
	/* By its number there, which is not 0: 1 + i is slot i. */
int cadre__region_wrap(const void *anchor, size_t bytes,
    const void *const *slots, const void *acceptor,
    struct cadre_region **ret_region);
	/*
	 * The same over memory of the caller, which stays the caller's.
	 * acceptor: NULL, which reads as zeros, or as long as acceptor_bytes.
	 */
unsigned int cadre__region_missing(const struct cadre_region *);
	/* How many slots, and the acceptor's object, nobody has given. */

int cadre__holders_take(int dirfd, const char *name,
    struct cadre_region **ret_region);
	/*
	 * Open the region with descriptors of any living process that has the
	 * app's `alive` open. 0; -ESRCH: there is none that we may look into.
	 */

const struct cadre__schema *cadre__schema_now(const struct cadre_region *);
	/* With every row that the region has now. */
bool cadre__region_reader(const struct cadre_region *, unsigned int slot,
    struct cadre__reader *ret_reader);
	/* Of what that slot's worker publishes; false: it cannot. */
uint64_t cadre__life_read(const struct cadre_region *, unsigned int slot,
    struct cadre_shm_life *ret_life);
	/* The row, whole, and its count; UINT64_MAX: changed at every try. */
bool cadre__slot_lives(const struct cadre_region *, unsigned int slot,
    uint64_t *ret_generation);
	/* Has a live writer, says its row; and the row's generation. */

static inline const uint64_t *
cadre__word_at(const char *object, uint64_t offset)
{
	return (const void *)(object + offset);
}

static inline const struct cadre_shm_header *
cadre__header(const struct cadre_region *r)
{
	return (const void *)r->anchor;
}

/* Of the acceptor's object: PART_ASSIGNED, PART_INTAKE. */
static inline const void *
cadre__acceptor_record(const struct cadre_region *r, int part, unsigned int i)
{
	return r->acceptor + r->part[part].offset +
	    (size_t)i * r->part[part].record_bytes;
}

static inline const char *
cadre__record(const struct cadre_region *r, int part, unsigned int i)
{
	return r->anchor + r->part[part].offset +
	    (size_t)i * r->part[part].record_bytes;
}

static inline const struct cadre_shm_slot *
cadre__head(const struct cadre_region *r, unsigned int slot)
{
	return (const void *)r->slot[slot];
}

#endif
