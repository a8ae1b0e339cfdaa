/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Figures: plain sums over slots, whose words nobody ever zeroes, so totals
 * do not fall. What ends with a life (a gauge) counts only where the slot's
 * writer lives, by the master's row and the slot's own generation. Loads
 * only; a reader leaves no trace.
 */
#include "shm/export.h"

#include <errno.h>
#include <string.h>

#include "shm/atomic.h"
#include "shm/region.h"

/*
 * Copy a row without waiting. The master fills the other copy and only then
 * moves `count`, so ours is whole unless it moved meanwhile.
 */
uint64_t
cadre__life_read(const struct cadre_region *r, unsigned int slot,
    struct cadre_shm_life *ret_life)
{
	const struct cadre_shm_row *row =
	    (const void *)cadre__record(r, PART_SLOTS, slot);
	struct cadre_shm_life life;
	uint64_t n;

	for (int i = 0; i < READ_TRIES; i++) {
		n = shm_load(&row->count);
		shm_fence_load();	/* count, then copy: anchor_life() B */
		shm_copy_out(&life, &row->life[n & 1], sizeof(life));
		shm_fence_load();	/* copy, then count: anchor_life() A */
		if (shm_load(&row->count) == n && n != UINT64_MAX) {
			*ret_life = life;
			return n;
		}
	}
	return UINT64_MAX;
}

static bool
state_lives(uint64_t state)
{
	return state == CADRE_STATE_STARTING || state == CADRE_STATE_UP ||
	    state == CADRE_STATE_DRAINING;
}

/* As cadre__life_read(), but two words of it: snapshots are in a hurry. */
bool
cadre__slot_lives(const struct cadre_region *r, unsigned int slot,
    uint64_t *ret_generation)
{
	const struct cadre_shm_row *row =
	    (const void *)cadre__record(r, PART_SLOTS, slot);
	uint64_t n, state, generation, writer;

	for (int i = 0; i < READ_TRIES; i++) {
		n = shm_load(&row->count);
		shm_fence_load();	/* count, then copy: anchor_life() B */
		state = shm_load(&row->life[n & 1].state);
		generation = shm_load(&row->life[n & 1].generation);
		shm_fence_load();	/* copy, then count: anchor_life() A */
		if (shm_load(&row->count) != n)
			continue;
		*ret_generation = generation;
		writer = shm_load(&cadre__head(r, slot)->generation);
		shm_fence_load();	/* life, then gauges: slot_begin() */
		return state_lives(state) && generation == writer;
	}
	*ret_generation = 0;
	return false;
}

/* Where a seat's words are taken from, by mode and slot. */
struct sources {
	const char	*from[MODES][CADRE_SLOTS_PER_SEAT];
};

/*
 * A slot whose words do not count is replaced by one of zeros: adding them is
 * faster than deciding. False: neither slot ever had a worker.
 */
static bool
seat_sources(const struct cadre_region *r, unsigned int seat, bool raw,
    struct sources *ret)
{
	uint64_t generation[CADRE_SLOTS_PER_SEAT] = { 0, 0 };
	unsigned int first = seat * CADRE_SLOTS_PER_SEAT, used = 0;

	for (unsigned int k = 0; k < CADRE_SLOTS_PER_SEAT; k++) {
		const char *slot = r->slot[first + k];
		bool lives = false;

		/* Before its first life a slot is all zeros. */
		if (shm_load(&cadre__head(r, first + k)->generation) == 0)
			slot = r->zero;
		else
			lives = cadre__slot_lives(r, first + k, &generation[k]);
		used += slot != r->zero;
		ret->from[MODE_KEEP][k] = slot;
		ret->from[MODE_LIVE][k] = lives ? slot : r->zero;
		ret->from[MODE_RAW][k] = raw ? slot : r->zero;
		ret->from[MODE_BROKEN][k] = r->zero;
	}
	/* A raw word has no sum: the newest slot's. */
	ret->from[MODE_RAW][generation[1] <= generation[0]] = r->zero;
	return used > 0;
}

/* Add a seat's figures to values[0 … n), n ≤ metrics. */
static void
seat_sum(const struct cadre_region *r, const struct cadre__schema *s,
    unsigned int seat, bool raw, uint64_t *values, unsigned int n)
{
	struct sources src;

	if (!seat_sources(r, seat, raw, &src))
		return;
	for (unsigned int i = 0; i < s->runs && s->run[i].first < n; i++) {
		const struct cadre__run *run = &s->run[i];
		const char **from = src.from[run->mode];
		const uint64_t *a = cadre__word_at(from[0], run->offset);
		const uint64_t *b = cadre__word_at(from[1], run->offset);
		uint64_t *value = values + run->first;
		unsigned int count = run->count;

		if (count > n - run->first)
			count = n - run->first;
		for (unsigned int j = 0; j < count; j++)
			value[j] += shm_load(&a[j]) + shm_load(&b[j]);
	}
}

static unsigned int
stored(const struct cadre__schema *s, unsigned int n)
{
	return n < s->metrics ? n : s->metrics;
}

static int
no_seat(unsigned int seat)
{
	return cadre__fail(-ENOENT, "there is no seat %u", seat);
}

int
cadre_region_values(const struct cadre_region *r, unsigned int seat,
    uint64_t *values, unsigned int n)
{
	const struct cadre__schema *s = cadre__schema_now(r);

	if (seat >= r->max_workers)
		return no_seat(seat);
	n = stored(s, n);
	memset(values, 0, n * sizeof(*values));
	seat_sum(r, s, seat, true, values, n);
	return (int)n;
}

int
cadre_region_totals(const struct cadre_region *r, uint64_t *values,
    unsigned int n)
{
	const struct cadre__schema *s = cadre__schema_now(r);

	n = stored(s, n);
	memset(values, 0, n * sizeof(*values));
	for (unsigned int seat = 0; seat < r->max_workers; seat++)
		seat_sum(r, s, seat, false, values, n);
	return (int)n;
}

int
cadre_region_snapshot(const struct cadre_region *r, uint64_t *values,
    unsigned int n)
{
	const struct cadre__schema *s = cadre__schema_now(r);
	unsigned int have = stored(s, n);

	memset(values, 0, (size_t)r->max_workers * n * sizeof(*values));
	for (unsigned int seat = 0; seat < r->max_workers; seat++)
		seat_sum(r, s, seat, true, values + (size_t)seat * n, have);
	return (int)have;
}

/* The figures of one life; `lives` and the baseline are of this life. */
static void
life_sum(const struct cadre_region *r, const struct cadre__schema *s,
    unsigned int slot, bool lives, uint64_t *values, unsigned int n)
{
	const char *base = cadre__record(r, PART_BASELINES, slot);
	uint64_t front = r->part[PART_BASELINES].record_bytes;

	for (unsigned int i = 0; i < n; i++) {
		const struct cadre__word *w = &s->word[i];

		values[i] = 0;
		if (w->mode == MODE_BROKEN || (w->mode == MODE_LIVE && !lives))
			continue;
		values[i] = shm_load(cadre__word_at(r->slot[slot], w->offset));
		if (w->counter && w->offset <= front - sizeof(uint64_t))
			values[i] -= shm_load(cadre__word_at(base, w->offset));
	}
}

/*
 * A baseline is renewed when the slot has no writer, shortly before the row
 * tells of the next life. In that moment its first word equals the row's
 * generation; then, and when the row moved meanwhile, the figures are of two
 * lives and are read again.
 */
int
cadre_region_life(const struct cadre_region *r, unsigned int seat,
    unsigned int slot, uint64_t *values, unsigned int n)
{
	const struct cadre__schema *s = cadre__schema_now(r);
	unsigned int i = seat * CADRE_SLOTS_PER_SEAT + slot;
	struct cadre_shm_life life = { 0 };
	const uint64_t *base;
	uint64_t count, generation;

	if (seat >= r->max_workers)
		return no_seat(seat);
	if (slot >= CADRE_SLOTS_PER_SEAT)
		return cadre__fail(-ENOENT, "there is no slot %u", slot);
	n = stored(s, n);
	base = (const void *)cadre__record(r, PART_BASELINES, i);
	for (int try = 0;; try++) {
		if (try == READ_TRIES)
			return cadre__fail(-EAGAIN, "slot %u of seat %u is "
			    "between two lives", slot, seat);
		count = cadre__life_read(r, i, &life);
		if (count != UINT64_MAX && life.generation == 0)
			return cadre__fail(-ENOENT, "slot %u of seat %u never "
			    "had a worker", slot, seat);
		shm_fence_load();	/* row, then baseline: its publisher */
		life_sum(r, s, i, cadre__slot_lives(r, i, &generation), values,
		    n);
		shm_fence_load();	/* figures, then generation */
		if (count != UINT64_MAX && shm_load(base) != life.generation &&
		    cadre__life_read(r, i, &life) == count)
			break;
	}
	if (r->slot[i] == r->zero)	/* nobody has it: no figures */
		memset(values, 0, n * sizeof(*values));
	return (int)n;
}
