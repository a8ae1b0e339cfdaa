/* t/10-layout: the bytes stand where doc/region.md says, in every object */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "t/lib/sample.h"
#include "t/lib/tap.h"

/* By numbers, not by the structs: this is what an old observer has. */
static uint64_t
u64(const char *at)
{
	uint64_t v;

	memcpy(&v, at, sizeof(v));
	return v;
}

static uint32_t
u32(const char *at)
{
	uint32_t v;

	memcpy(&v, at, sizeof(v));
	return v;
}

int
main(void)
{
	static const struct { uint32_t type, object, bytes, records; }
	want[] = {
		{ 1, 0, 256, 0 }, { 2, 0, 320, SAMPLE_SLOTS },
		{ 3, 0, 0, SAMPLE_SLOTS }, { 4, 0, 1024, 256 },
		{ 5, 0, 192, 2 }, { 16, 1, 512, 1 }, { 17, 1, 8, 0 },
		{ 18, 1, 64, 1024 }, { 32, 2, 64, SAMPLE_SLOTS },
		{ 33, 2, 64, 2 }, { 6, 0, 576, 1 }, { 19, 1, 768, 1 },
		{ 20, 1, 8, SAMPLE_SLOTS }, { 21, 1, 8, SAMPLE_PUBLISH / 8 },
	};
	struct sample *s = sample_new();
	const char *a = s->anchor->view, *dir = a + 256, *row, *slot;

	ok(memcmp(a, "CADRESHM\4\3\2\1\0\0\6\0\0\1\0\0\100\0\0\0", 24) == 0,
	    "magic, endian tag, layout 0.6, lengths");
	is_int(u32(a + 24), 14, "sections");
	is_int(u32(a + 28), 256, "the directory is behind the header");
	is_u64(u64(a + 56), s->anchor->places.anchor_bytes, "anchor bytes");
	is_u64(u64(a + 64), s->anchor->places.slot_bytes, "slot bytes");
	is_int(u32(a + 72), SAMPLE_SEATS, "seats");
	is_int(u32(a + 76), 2, "two slots each");
	ok(u64(a + 80) != 0, "boot id");
	ok(u64(a + 104) != 0, "start time of the master");
	is_str(a + 128, "sample", "name");
	is_int((intmax_t)u64(a + 224), SAMPLE_METRICS, "schema rows");
	for (int i = 0; i < 14; i++) {
		const char *e = dir + 64 * i;

		is_int(u32(e), want[i].type, "section %d: type", i);
		is_int(u32(e + 4), want[i].object, "section %d: object", i);
		if (want[i].bytes != 0)
			is_int(u32(e + 24), want[i].bytes, "record bytes");
		if (want[i].records != 0)
			is_int(u32(e + 28), want[i].records, "records");
		is_u64(u64(e + 16), (uint64_t)u32(e + 24) * u32(e + 28),
		    "section %d is its records", i);
	}
	row = a + u64(dir + 8) + 256 * SAMPLE_JOBS;
	is_str(row + 32, "jobs", "name of a metric");
	is_u64(u64(row + 16), 512 + 16, "its word");
	sample_spawn(s, 3);
	slot = s->anchor->slot[3];
	cadre_counter_add((void *)sample_word(s, 3, SAMPLE_JOBS), 5);
	is_u64(u64(slot + 528), 5, "holds its count");
	is_u64(u64(slot), 1, "generation in the slot");
	is_u64(u64(slot + 320), 1, "one health record");
	is_u64(u64(slot + u64(dir + 64 * 7 + 8) + 56), 1 << 16 | 1,
	    "numbered 1, the first of its life");
	row = a + u64(dir + 64 + 8) + 320 * 3;
	is_u64(u64(row), 1, "its row's count");
	is_u64(u64(row + 64 + 128), CADRE_STATE_UP, "state in copy 1");
	is_u64(u64(row + 64 + 128 + 8), 1, "generation in copy 1");
	sample_free(s);
	return done_testing();
}
