/* t/11-magic: a region is invisible until its magic, and refused when it is not ours */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <cadre/error.h>

#include "shm/region.h"
#include "t/lib/sample.h"
#include "t/lib/tap.h"

static struct cadre__anchor *anchor;

/* Change bytes of the header, try, and put them back. */
static void
refused(const char *what, size_t at, const void *bytes, size_t n)
{
	struct cadre_region *r = NULL;
	char old[16];

	memcpy(old, anchor->map + at, n);
	memcpy(anchor->map + at, bytes, n);
	is_int(sample_reopen(anchor, &r), -EPROTO, "%s: refused", what);
	ok(r == NULL, "%s: no handle", what);
	diag("%s", cadre_error(-EPROTO));
	memcpy(anchor->map + at, old, n);
}

#define REFUSED(field, value)						\
	do {								\
		__typeof__(((struct cadre_shm_header *)0)->field) v = (value); \
		refused(#field " " #value,				\
		    offsetof(struct cadre_shm_header, field), &v, sizeof(v)); \
	} while (0)

int
main(void)
{
	const struct cadre__shape shape = { 2, 64, 1, 0 };
	struct cadre_region *r = NULL;
	struct cadre_shm_section *dir;

	if (cadre__anchor_new("early", &shape, &anchor) < 0)
		bail_out("no region can be made here");
	is_int(sample_reopen(anchor, &r), -EPROTO, "before the magic: refused");
	cadre__anchor_publish(anchor);
	is_int(sample_reopen(anchor, &r), 0, "after it: read");
	cadre_region_close(r);
	r = NULL;
	REFUSED(magic, 1);
	REFUSED(endian, 0x04030201);
	REFUSED(abi_major, 1);
	REFUSED(abi_minor, CADRE_LAYOUT_MINOR + 1);
	REFUSED(abi_minor, CADRE_LAYOUT_MINOR_LEAST - 1);
	REFUSED(feature_needed, 1);
	REFUSED(anchor_bytes, 4096);
	REFUSED(slot_bytes, 511);
	REFUSED(max_workers, 0);
	REFUSED(max_workers, 3);	/* rows for two */
	REFUSED(max_workers, UINT32_MAX);
	REFUSED(slots_per_seat, 3);
	REFUSED(sections, UINT32_MAX);
	REFUSED(sections, 9);
	REFUSED(section_bytes, 0xfffffff8);
	REFUSED(sections_offset, 0xfffffff8);
	REFUSED(header_bytes, 128);
	dir = (void *)(anchor->map + sizeof(struct cadre_shm_header));
	dir[3].records = 255;
	is_int(sample_reopen(anchor, &r), -EPROTO, "a ring of 255: refused");
	dir[3].records = 256;
	dir[1].offset = UINT64_MAX - 7;
	is_int(sample_reopen(anchor, &r), -EPROTO, "an offset that wraps");
	dir[1].offset = anchor->places.slots;
	dir[1].bytes = UINT64_C(1) << 40, dir[1].records = 1 << 30;
	is_int(sample_reopen(anchor, &r), -EPROTO, "rows beyond the object");
	dir[1].bytes = 4 * 320, dir[1].records = 4;
	((struct cadre_shm_header *)(void *)anchor->map)->feature_compat = 6;
	is_int(sample_reopen(anchor, &r), 0, "a feature to ignore: ignored");
	cadre_region_close(r);
	cadre__anchor_free(anchor);
	return done_testing();
}
