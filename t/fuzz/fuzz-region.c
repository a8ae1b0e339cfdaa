/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Attaching to a region, and reading all of it, while a second thread changes
 * its bytes. The input is a list of words of a valid region and of what they
 * become, or bytes that stand at the anchor's beginning instead of the truth.
 *
 * Anchor, slots and the acceptor's are blocks of the heap of exactly their size,
 * so that a sanitizer sees the first byte that is read outside of them.
 */
#include <errno.h>

#include <cadre/error.h>

#include "shm/atomic.h"
#include "shm/region.h"
#include "t/fuzz/liar.h"

enum { RAW = 1, STILL = 2, SHORT = 4 };	/* bits of the first byte */

static struct small_anchor *anchor;
static struct small_slot *slots[SMALL_SLOTS];
static struct small_acceptor *acceptor;

static void
blocks_new(void)
{
	anchor = malloc(sizeof(*anchor));
	acceptor = malloc(sizeof(*acceptor));
	claim(anchor != NULL && acceptor != NULL);
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

/* Of another size than ours: as much of that, and 0xff behind it. */
static char *
resized(const void *from, size_t bytes, size_t want)
{
	char *to = malloc(want > 0 ? want : 1);

	claim(to != NULL);
	shm_copy_out(to, from, want < bytes ? want : bytes);
	if (want > bytes)
		memset(to + bytes, 0xff, want - bytes);
	return to;
}

/* A caller gives objects of the size that the handle says, and as many. */
static void
read_all(struct cadre_region *r, uint64_t next)
{
	char *slot = NULL, *intake;

	if (r->slot_bytes > 1 << 20 || r->acceptor_bytes > 1 << 20)
		return;
	if (r->slot_bytes != sizeof(struct small_slot))
		slot = resized(slots[0], sizeof(*slots[0]), r->slot_bytes);
	for (unsigned int i = 0; i < r->nslots; i++)
		r->slot[i] = slot != NULL ? slot :
		    i < SMALL_SLOTS ? (char *)slots[i] : r->zero;
	intake = r->acceptor_bytes == sizeof(*acceptor) ? NULL :
	    resized(acceptor, sizeof(*acceptor), r->acceptor_bytes);
	r->acceptor = intake != NULL ? intake : (char *)acceptor;
	small_read(r, next);
	free(intake);
	free(slot);
}

static void
attach_and_read(size_t bytes, uint64_t next)
{
	const void *none[2 * CADRE_SEATS_MAX] = { NULL };
	struct cadre_region *r = NULL;
	int err;

	err = cadre__region_wrap(anchor, bytes, none, NULL, &r);
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
	small_fill(anchor, slots, acceptor);
	if ((how & SHORT) != 0)
		bytes = input_word(&in, 2) % (sizeof(*anchor) + 1);
	if ((how & RAW) != 0)
		raw(&in, bytes);
	else
		n = small_lies(&in, anchor, slots, acceptor, lies);
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
