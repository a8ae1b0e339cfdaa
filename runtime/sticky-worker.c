/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Identifiers whose home is the worker's own seat. Most of one is drawn, and
 * cannot be guessed; the rest is tried until the home is right, as many times
 * as there are seats, on average.
 */
#include "runtime/export.h"

#include <assert.h>
#include <errno.h>

#include <sys/random.h>

#include "runtime/sticky-worker.h"
#include "runtime/sticky.h"
#include "runtime/worker.h"
#include "shm/atomic.h"
#include "shm/slot.h"

#define DRAWN		22	/* characters of 6 bits: 132 of them */
#define TRIED		4	/* 2^24 values: enough for 4,096 seats */
#define TRIES		(1U << 6 * TRIED)

static_assert(CADRE_STICKY_ID_BYTES == DRAWN + TRIED + 1, "with its NUL");

void
homes_begin(struct homes *h, const void *anchor, unsigned int seat)
{
	const struct cadre_shm_section *s =
	    cadre__section_find(anchor, CADRE_SECTION_SLOTS);

	*h = (struct homes){ .own = seat };
	if (s == NULL)
		return;
	h->rows = (const char *)anchor + s->offset;
	h->row_bytes = s->record_bytes * CADRE_SLOTS_PER_SEAT;
	h->seats = s->records / CADRE_SLOTS_PER_SEAT;
}

static bool
is_wanted(const struct homes *h, unsigned int seat)
{
	const struct cadre_shm_row *row =
	    (const void *)(h->rows + (size_t)seat * h->row_bytes);

	return shm_load(&row->wanted) != 0;
}

/* Most are not, and that shows by the first few others. */
static bool
is_ours(const struct homes *h, uint64_t key)
{
	uint64_t own = sticky_rank(key, h->own);

	for (unsigned int seat = 0; seat < h->seats; seat++)
		if (seat != h->own && sticky_rank(key, seat) > own &&
		    is_wanted(h, seat))
			return false;
	return true;
}

int
cadre_worker_sticky_id(const struct cadre_worker *w,
    char ret_id[CADRE_STICKY_ID_BYTES])
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz0123456789-_";
	const struct homes *h = worker_homes(w);
	unsigned char drawn[DRAWN + TRIED];
	uint64_t front = STICKY_SEED, key;
	unsigned int first = 0, n;
	bool home = h->rows != NULL && is_wanted(h, h->own);

	if (getrandom(drawn, sizeof(drawn), 0) != sizeof(drawn))
		return -errno;
	for (unsigned int i = 0; i < DRAWN; i++) {
		ret_id[i] = digits[drawn[i] & 63];
		front = sticky_byte(front, (unsigned char)ret_id[i]);
	}
	for (unsigned int i = 0; i < TRIED; i++)
		first = first << 6 | (drawn[DRAWN + i] & 63);
	ret_id[DRAWN + TRIED] = '\0';
	for (n = 0; n < TRIES; n++) {
		key = front;
		for (unsigned int i = 0; i < TRIED; i++) {
			ret_id[DRAWN + i] =
			    digits[(first + n) >> 6 * i & 63];
			key = sticky_byte(key,
			    (unsigned char)ret_id[DRAWN + i]);
		}
		if (!home || is_ours(h, key))
			break;
	}
	return home && n < TRIES ? 0 : 1;
}
