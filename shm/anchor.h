/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The master's side of a region: the one object it writes, and the creation
 * of all. Nothing here reads a word that a worker can write, but the bounded
 * uninterpreted copies made at a spawn and at a death.
 */
#ifndef SHM_ANCHOR_H
#define SHM_ANCHOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cadre/layout.h>

struct cadre__shape {			/* what the sizes follow from */
	unsigned int	max_workers;
	size_t		values_bytes;	/* metrics' room in a slot */
	unsigned int	listeners;
	size_t		publish_bytes;	/* ring of a slot, a power of two; 0: no
					   publish and subscribe */
};

/* Where things stand, computed once from the shape, in private memory. */
struct cadre__places {
	size_t		schema, slots, baselines, events, listeners, wanted;
	size_t		anchor_bytes;
	size_t		values, front_bytes;	/* front = head + values */
	size_t		health;
	size_t		topics, cursors, news;	/* 0: none */
	size_t		slot_bytes;
	size_t		assigned, intake;	/* in the acceptor's object */
	size_t		acceptor_bytes;
	unsigned int	metrics_max;
};

struct cadre__anchor {
	struct cadre__shape shape;
	struct cadre__places places;
	char		*map;		/* read-write, MADV_DONTFORK: master only */
	const char	*view;		/* read-only, inherited by workers */
	int		fd;		/* read-write */
	unsigned int	metrics;
	uint64_t	events;
	uint64_t	beats;
	uint64_t	nslots;		/* 2 * max_workers */
	int		*slot_fd;	/* read-write, one per slot */
	const char	**slot;		/* read-only maps, inherited */
	int		acceptor_fd;	/* read-write: for the acceptor alone */
	const char	*acceptor;	/* read-only map, inherited */
};

void cadre__places_of(const struct cadre__shape *, struct cadre__places *);
size_t cadre__region_bytes(const struct cadre__places *, unsigned int max_workers);
	/* Of all objects: what must fit into memory. */

int cadre__anchor_new(const char *name, const struct cadre__shape *,
    struct cadre__anchor **ret_anchor);
	/*
	 * Create and map all objects; header and directory are filled but not
	 * valid: no magic yet. 0 or -errno, then nothing is left.
	 */
void cadre__anchor_publish(struct cadre__anchor *);
	/* Store the magic, last: from here on readers accept the region. */
void cadre__anchor_free(struct cadre__anchor *);
	/* Unmap and close all. NULL is fine. */

int cadre__anchor_metric(struct cadre__anchor *, const struct cadre_shm_metric *);
	/* Append a schema row. ≥ 0: its number; -ENOSPC. */
void cadre__anchor_listener_flags(struct cadre__anchor *, unsigned int i,
    uint32_t flags);
	/* CADRE_LISTENER_…, before the publish too. */
void cadre__anchor_listener(struct cadre__anchor *, unsigned int i,
    const char *address, const char *mode);
void cadre__anchor_life(struct cadre__anchor *, unsigned int slot,
    const struct cadre_shm_life *);
	/* Publish what the master says of a slot (2 * seat + 0 or 1), whole. */
void cadre__anchor_messages(struct cadre__anchor *, unsigned int slot,
    uint64_t sent, uint64_t received, uint64_t dropped, uint64_t queued);
	/* Four words of that row, each by itself. */
void cadre__anchor_baseline(struct cadre__anchor *, unsigned int slot);
	/* Copy the slot's front: before a spawn, when it has no writer. */
void cadre__anchor_state(struct cadre__anchor *, uint64_t state, uint64_t workers);
void cadre__anchor_beat(struct cadre__anchor *, uint64_t now_ns);
void cadre__anchor_event(struct cadre__anchor *, struct cadre_shm_event *);
	/* Push; fills in number (the only field it changes). */
uint64_t cadre__anchor_busy_word(const struct cadre__anchor *, unsigned int slot);
uint64_t cadre__anchor_accepted_word(const struct cadre__anchor *,
    unsigned int slot);
uint64_t cadre__anchor_gate_word(const struct cadre__anchor *,
    unsigned int slot);
uint64_t cadre__anchor_open_word(const struct cadre__anchor *,
    unsigned int slot);
uint64_t cadre__anchor_deadline_word(const struct cadre__anchor *,
    unsigned int slot);
uint64_t cadre__anchor_word(const struct cadre__anchor *, unsigned int slot,
    uint64_t offset);
	/* offset: of a metric the master declared, from its private memory. */
	/* The one word per decision that the master reads of a worker (M4). */
void cadre__anchor_request(const struct cadre__anchor *, unsigned int slot,
    uint64_t *ret_begun_ns, char ret_tag[CADRE_TAG_BYTES]);
	/*
	 * For the event of a request that is overdue: what the worker says of
	 * it, uninterpreted but for the NUL at the end. If it goes on meanwhile
	 * this may be of its next one.
	 */
void cadre__anchor_seat(struct cadre__anchor *, unsigned int seat,
    bool wanted);
	/* Shall it have a worker? Sticky keys are at home where that is so. */
void cadre__anchor_door(struct cadre__anchor *, unsigned int seat,
    uint64_t door);
	/* CADRE_DOOR_…: can one come in at the address of its own? */
void cadre__anchor_wanted(struct cadre__anchor *, unsigned int place,
    uint64_t hash);
	/*
	 * The master subscribes to a topic of this hash, 0: no longer, and keeps
	 * that in one of CADRE_WANTED_MAX places. Kill: no master is left.
	 */
void cadre__anchor_used(struct cadre__anchor *, unsigned int seat);
	/* Before a worker of that seat is forked: others look there, too. */
uint64_t cadre__anchor_filter_word(const struct cadre__anchor *,
    unsigned int slot);
uint64_t cadre__anchor_sleeps_word(const struct cadre__anchor *,
    unsigned int slot);
	/* Of its worker's struct cadre_shm_wanted, where there are rings. */
void cadre__anchor_queue(struct cadre__anchor *, unsigned int listener,
    uint64_t queue, uint64_t queue_since_ns);
	/* What waits on a listener: two words, each for itself. */
void cadre__anchor_acceptor(struct cadre__anchor *, uint64_t pid,
    uint64_t restarts);
	/* Of the acceptor that runs now; pid 0: none. */
unsigned int cadre__anchor_last_health(const struct cadre__anchor *,
    unsigned int slot, struct cadre_shm_health *records, unsigned int n);
	/*
	 * For the event of a death: the newest whole records, oldest first.
	 * The head is masked by the ring's size (the exception of M1).
	 */

#endif
