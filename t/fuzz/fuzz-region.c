/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Attaching to a region, and reading all of it, while a second thread changes
 * its bytes. The input is a list of words of a valid region and of what they
 * become, or bytes that stand at the anchor's beginning instead of the truth.
 *
 * Anchor and slots are blocks of the heap of exactly their size, so that a
 * sanitizer sees the first byte that is read outside of them.
 */
#include <errno.h>

#include <cadre/error.h>

#include "shm/atomic.h"
#include "shm/region.h"
#include "t/fuzz/liar.h"

enum { RAW = 1, STILL = 2, SHORT = 4 };	/* bits of the first byte */

static struct small_anchor *anchor;
static struct small_slot *slots[SMALL_SLOTS];

static void
blocks_new(void)
{
	anchor = malloc(sizeof(*anchor));
	claim(anchor != NULL);
	for (unsigned int i = 0; i < SMALL_SLOTS; i++) {
		slots[i] = malloc(sizeof(*slots[i]));
		claim(slots[i] != NULL);
	}
}

/* As much of the input as there is, and the truth behind it. */
static void
raw(const struct bytes *in, size_t bytes)
{
	static struct small_anchor a;
	size_t n = in->left < bytes ? in->left : bytes;

	shm_copy_out(&a, anchor, sizeof(a));
	if (n > 0)
		memcpy(&a, in->at, n);
	shm_copy_in(anchor, &a, sizeof(a));
}

/* A caller gives slots of the size that the handle says, and as many. */
static void
read_all(struct cadre_region *r, uint64_t next)
{
	char *other = NULL;

	if (r->slot_bytes > 1 << 20)
		return;
	if (r->slot_bytes != sizeof(struct small_slot)) {
		other = malloc(r->slot_bytes);
		claim(other != NULL);
		shm_copy_out(other, slots[0], r->slot_bytes <
		    sizeof(*slots[0]) ? r->slot_bytes : sizeof(*slots[0]));
		if (r->slot_bytes > sizeof(*slots[0]))
			memset(other + sizeof(*slots[0]), 0xff,
			    r->slot_bytes - sizeof(*slots[0]));
	}
	for (unsigned int i = 0; i < r->nslots; i++)
		r->slot[i] = other != NULL ? other :
		    i < SMALL_SLOTS ? (char *)slots[i] : r->zero;
	small_read(r, next);
	free(other);
}

static void
attach_and_read(size_t bytes, uint64_t next)
{
	const void *none[2 * CADRE_SEATS_MAX] = { NULL };
	struct cadre_region *r = NULL;
	int err;

	err = cadre__region_wrap(anchor, bytes, none, &r);
	claim(err == 0 || err == -EPROTO || err == -ENOMEM);
	claim((err == 0) == (r != NULL));
	if (err == 0)
		read_all(r, next);
	else
		claim(text_is_clean(cadre_error(err)));
	cadre_region_close(r);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes in = { data, size };
	struct small_lie lies[SMALL_LIES];
	unsigned int how = input_byte(&in), n = 0;
	uint64_t next = input_word(&in, 1) << input_byte(&in) % 64;
	size_t bytes = sizeof(*anchor);

	if (anchor == NULL)
		blocks_new();
	small_fill(anchor, slots);
	if ((how & SHORT) != 0)
		bytes = input_word(&in, 2) % (sizeof(*anchor) + 1);
	if ((how & RAW) != 0)
		raw(&in, bytes);
	else
		n = small_lies(&in, anchor, slots, lies);
	if (n > 0 && (how & STILL) == 0) {
		liar_begin(lies, n);
		attach_and_read(bytes, next);
		liar_end();
	} else {
		for (unsigned int i = 0; i < n; i++)
			shm_store(lies[i].at, lies[i].lie);
		attach_and_read(bytes, next);
	}
	return 0;
}
