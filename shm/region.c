/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From bytes to a handle: the header and the section directory are copied to
 * private memory, checked there, and never read again. After that a handle
 * has offsets that lie inside of its objects, whatever the bytes become.
 */
#include "shm/export.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "shm/atomic.h"
#include "shm/region.h"

#define SECTIONS_MAX	256
#define OBJECT_BYTES_MAX ((uint64_t)1 << 32)	/* but the anchor's */

/* What a section must be for this library to read the region. */
static const struct want {
	uint32_t	type, object;
	uint32_t	record_bytes;	/* at least; its tail may be newer */
	bool		ring;		/* a power of two of records */
	bool		per_slot;	/* a record for every slot */
	uint32_t	records_max;	/* 0: nobody walks through all of them */
} wants[PARTS] = {
	[PART_SCHEMA] = { CADRE_SECTION_SCHEMA, CADRE_OBJECT_ANCHOR,
	    sizeof(struct cadre_shm_metric), false, false, 1U << 18 },
	[PART_SLOTS] = { CADRE_SECTION_SLOTS, CADRE_OBJECT_ANCHOR,
	    sizeof(struct cadre_shm_row), false, true, 0 },
	[PART_BASELINES] = { CADRE_SECTION_BASELINES, CADRE_OBJECT_ANCHOR,
	    sizeof(struct cadre_shm_slot), false, true, 0 },
	[PART_EVENTS] = { CADRE_SECTION_EVENTS, CADRE_OBJECT_ANCHOR,
	    sizeof(struct cadre_shm_event), true, false, 1U << 16 },
	[PART_LISTENERS] = { CADRE_SECTION_LISTENERS, CADRE_OBJECT_ANCHOR,
	    sizeof(struct cadre_shm_listener), false, false, 1U << 10 },
	[PART_HEAD] = { CADRE_SECTION_HEAD, CADRE_OBJECT_SLOT,
	    sizeof(struct cadre_shm_slot), false, false, 0 },
	[PART_VALUES] = { CADRE_SECTION_VALUES, CADRE_OBJECT_SLOT,
	    sizeof(uint64_t), false, false, 0 },
	[PART_HEALTH] = { CADRE_SECTION_HEALTH, CADRE_OBJECT_SLOT,
	    sizeof(struct cadre_shm_health), true, false, 1U << 16 },
	[PART_ASSIGNED] = { CADRE_SECTION_ASSIGNED, CADRE_OBJECT_ACCEPTOR,
	    sizeof(struct cadre_shm_assigned), false, true, 0 },
	[PART_INTAKE] = { CADRE_SECTION_INTAKE, CADRE_OBJECT_ACCEPTOR,
	    sizeof(struct cadre_shm_intake), false, false, 1U << 10 },
	[PART_WANTED] = { CADRE_SECTION_WANTED, CADRE_OBJECT_ANCHOR,
	    sizeof(struct cadre_shm_wanted), true, false, 1 },
	[PART_TOPICS] = { CADRE_SECTION_TOPICS, CADRE_OBJECT_SLOT,
	    sizeof(struct cadre_shm_topics), true, false, 1 },
	[PART_CURSORS] = { CADRE_SECTION_CURSORS, CADRE_OBJECT_SLOT,
	    sizeof(uint64_t), false, true, 0 },
	[PART_NEWS] = { CADRE_SECTION_NEWS, CADRE_OBJECT_SLOT,
	    sizeof(uint64_t), true, false, 0 },
};
#define PARTS_NEEDED	((1U << PART_WANTED) - 1)
#define PARTS_ALL	((1U << PARTS) - 1)

static int
broken(const char *what)
{
	return cadre__fail(-EPROTO, "the region is broken: %s", what);
}

/* May this library read it at all? `h` is a private copy. */
static int
check_abi(const struct cadre_shm_header *h)
{
	if (h->magic == 0)
		return cadre__fail(-EPROTO, "the region is not finished: its "
		    "master is still starting, or died doing so");
	if (h->magic != CADRE_LAYOUT_MAGIC)
		return broken("not the region of a cadre");
	if (h->endian != CADRE_LAYOUT_ENDIAN)
		return broken("its integers are of another byte order");
	/*
	 * Until the layout is frozen a higher minor number is as good as a
	 * major; of lower ones those are read that were only added to.
	 */
	if (h->abi_major != CADRE_LAYOUT_MAJOR ||
	    h->abi_minor < CADRE_LAYOUT_MINOR_LEAST ||
	    h->abi_minor > CADRE_LAYOUT_MINOR)
		return cadre__fail(-EPROTO, "the region is of layout %u.%u, "
		    "this program reads %u.%u: use the cadre it was started "
		    "with", h->abi_major, h->abi_minor, CADRE_LAYOUT_MAJOR,
		    CADRE_LAYOUT_MINOR);
	if (h->feature_needed != 0)
		return cadre__fail(-EPROTO, "the region needs features %#llx, "
		    "which this program does not have: use the cadre it was "
		    "started with", (unsigned long long)h->feature_needed);
	return 0;
}

static int
check_header(const struct cadre_shm_header *h, size_t bytes)
{
	int err = check_abi(h);

	if (err < 0)
		return err;
	if (h->anchor_bytes != bytes || h->header_bytes < sizeof(*h) ||
	    h->header_bytes > bytes)
		return broken("lengths of the header");
	if (h->max_workers == 0 || h->max_workers > CADRE_SEATS_MAX ||
	    h->slots_per_seat != CADRE_SLOTS_PER_SEAT)
		return broken("number of seats");
	if (h->slot_bytes < sizeof(struct cadre_shm_slot) ||
	    h->slot_bytes > OBJECT_BYTES_MAX ||
	    h->slot_bytes % sizeof(uint64_t) != 0)
		return broken("size of a slot");
	if (h->sections > SECTIONS_MAX ||
	    h->section_bytes < sizeof(struct cadre_shm_section) ||
	    h->section_bytes % sizeof(uint64_t) != 0 ||
	    h->sections_offset % sizeof(uint64_t) != 0 ||
	    h->sections_offset > bytes ||
	    (uint64_t)h->sections * h->section_bytes >
	    bytes - h->sections_offset)
		return broken("section directory");
	return 0;
}

/* The acceptor's object is as long as its sections need: nobody says more. */
static uint64_t
room_of(const struct cadre_region *r, uint32_t object)
{
	if (object == CADRE_OBJECT_ANCHOR)
		return r->anchor_bytes;
	return object == CADRE_OBJECT_SLOT ? r->slot_bytes : OBJECT_BYTES_MAX;
}

/* `s` is a private copy; no sum or product here can overflow 64 bits. */
static bool
section_good(const struct cadre_region *r, const struct cadre_shm_section *s,
    const struct want *want)
{
	uint64_t room = room_of(r, want->object);

	if (s->object != want->object || s->offset > room ||
	    s->bytes > room - s->offset ||
	    s->offset % sizeof(uint64_t) != 0 ||
	    s->record_bytes < want->record_bytes ||
	    s->record_bytes % sizeof(uint64_t) != 0 ||
	    (uint64_t)s->records * s->record_bytes > s->bytes)
		return false;
	/* A sparse object may claim any number: time and memory are ours. */
	if (want->records_max != 0 && s->records > want->records_max)
		return false;
	if (want->ring && (s->records == 0 ||
	    (s->records & (s->records - 1)) != 0))
		return false;
	if (want->per_slot && s->records < r->nslots)
		return false;
	return want->type != CADRE_SECTION_HEAD ||
	    (s->offset == 0 && s->records == 1);
}

/* Fill r->part; sections of types unknown here are passed over. */
static int
take_sections(struct cadre_region *r, const struct cadre_shm_header *h)
{
	struct cadre_shm_section s;
	unsigned int seen = 0;

	for (uint32_t i = 0; i < h->sections; i++) {
		shm_copy_out(&s, r->anchor + h->sections_offset +
		    (size_t)i * h->section_bytes, sizeof(s));
		for (int p = 0; p < PARTS; p++) {
			if (s.type != wants[p].type || (seen & 1U << p) != 0)
				continue;
			if (!section_good(r, &s, &wants[p]))
				return cadre__fail(-EPROTO, "the region is "
				    "broken: section of type %u", s.type);
			seen |= 1U << p;
			r->part[p] = (struct cadre__part){ s.offset,
			    s.record_bytes, s.records };
		}
	}
	/* Those of publish and subscribe are all there, or none. */
	return seen == PARTS_ALL || seen == PARTS_NEEDED ? 0 :
	    broken("a section is missing");
}

static size_t
acceptor_need(const struct cadre_region *r)
{
	uint64_t need = 0, end;

	for (int p = 0; p < PARTS; p++) {
		end = r->part[p].offset + (uint64_t)r->part[p].record_bytes *
		    r->part[p].records;
		if (wants[p].object == CADRE_OBJECT_ACCEPTOR && end > need)
			need = end;
	}
	return (size_t)need;
}

static int
region_check(struct cadre_region *r)
{
	struct cadre_shm_header h;
	uint64_t magic;
	int err;

	if (r->anchor_bytes < sizeof(h))
		return broken("too short");
	magic = shm_load(&cadre__header(r)->magic);
	shm_fence_load();	/* magic, then all: cadre__anchor_publish() */
	shm_copy_out(&h, r->anchor, sizeof(h));
	h.magic = magic;
	err = check_header(&h, r->anchor_bytes);
	if (err < 0)
		return err;
	r->slot_bytes = h.slot_bytes;
	r->max_workers = h.max_workers;
	r->nslots = CADRE_SLOTS_PER_SEAT * h.max_workers;
	r->master_pid = h.master_pid;
	r->master_start = h.master_start;
	r->created_mono_ns = h.created_mono_ns;
	memcpy(r->name, h.name, sizeof(r->name));
	r->name[sizeof(r->name) - 1] = '\0';
	err = take_sections(r, &h);
	if (err == 0)
		r->acceptor_bytes = acceptor_need(r);
	return err;
}

static size_t
zero_bytes(const struct cadre_region *r)
{
	return r->slot_bytes > r->acceptor_bytes ? r->slot_bytes :
	    r->acceptor_bytes;
}

/* The memory follows from checked numbers: rows are at most records_max. */
static int
region_room(struct cadre_region *r)
{
	size_t n = r->part[PART_SCHEMA].records;
	void *zero;

	r->slot = calloc(r->nslots, sizeof(*r->slot));
	r->schema = calloc(1, sizeof(*r->schema));
	if (r->slot == NULL || r->schema == NULL)
		return -ENOMEM;
	r->schema->metrics_max = (unsigned int)n;
	r->schema->word = calloc(n + 1, sizeof(*r->schema->word));
	r->schema->run = calloc(n + 1, sizeof(*r->schema->run));
	if (r->schema->word == NULL || r->schema->run == NULL)
		return -ENOMEM;
	zero = mmap(NULL, zero_bytes(r), PROT_READ,
	    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (zero == MAP_FAILED)
		return -errno;
	r->zero = zero;
	for (unsigned int i = 0; i < r->nslots; i++)
		r->slot[i] = r->zero;
	r->acceptor = r->zero;
	return 0;
}

static int
region_begin(const void *anchor, size_t bytes, bool mapped,
    struct cadre_region **ret_region)
{
	struct cadre_region *r = calloc(1, sizeof(*r));
	int err;

	if (r == NULL)
		return -ENOMEM;
	r->anchor = anchor;
	r->anchor_bytes = bytes;
	err = region_check(r);
	if (err == 0)
		err = region_room(r);
	if (err < 0) {
		cadre_region_close(r);	/* leaves the anchor to the caller */
		return err;
	}
	r->mapped = mapped;
	*ret_region = r;
	return 0;
}

int
cadre__region_new(int anchor_fd, struct cadre_region **ret_region)
{
	size_t bytes;
	void *map;
	int err;

	err = cadre__object_check(anchor_fd, &bytes);
	if (err < 0)
		return broken("its anchor is not a sealed memory object");
	err = cadre__object_map(anchor_fd, bytes, PROT_READ, NULL, &map);
	if (err < 0)
		return err;
	err = region_begin(map, bytes, true, ret_region);
	if (err < 0)
		munmap(map, bytes);
	return err;
}

int
cadre__region_wrap(const void *anchor, size_t bytes, const void *const *slots,
    const void *acceptor, struct cadre_region **ret_region)
{
	struct cadre_region *r;
	int err;

	err = region_begin(anchor, bytes, false, &r);
	if (err < 0)
		return err;
	for (unsigned int i = 0; i < r->nslots; i++)
		r->slot[i] = slots[i];
	if (acceptor != NULL)
		r->acceptor = acceptor;
	*ret_region = r;
	return 0;
}

int
cadre__region_slot(struct cadre_region *r, unsigned int slot, int fd)
{
	size_t bytes;
	void *map;
	int err;

	if (slot >= r->nslots)
		return -ENOENT;
	if (r->slot[slot] != r->zero)
		return 0;
	err = cadre__object_check(fd, &bytes);
	if (err < 0 || bytes != r->slot_bytes)
		return cadre__fail(-EPROTO, "the region is broken: slot %u is "
		    "not a sealed memory object of the right size", slot);
	err = cadre__object_map(fd, bytes, PROT_READ, NULL, &map);
	if (err == 0)
		r->slot[slot] = map;
	return err;
}

int
cadre__region_acceptor(struct cadre_region *r, int fd)
{
	size_t bytes;
	void *map;
	int err;

	if (r->acceptor != r->zero)
		return 0;
	err = cadre__object_check(fd, &bytes);
	if (err < 0 || bytes < r->acceptor_bytes)
		return cadre__fail(-EPROTO, "the region is broken: the "
		    "acceptor's is not a sealed memory object of the right "
		    "size");
	err = cadre__object_map(fd, r->acceptor_bytes, PROT_READ, NULL, &map);
	if (err == 0)
		r->acceptor = map;
	return err;
}

unsigned int
cadre__region_objects(const struct cadre_region *r)
{
	return 1 + r->nslots + 1;
}

int
cadre__region_object(struct cadre_region *r, unsigned int number, int fd)
{
	return number == 1 + r->nslots ? cadre__region_acceptor(r, fd) :
	    cadre__region_slot(r, number - 1, fd);
}

unsigned int
cadre__region_missing(const struct cadre_region *r)
{
	unsigned int n = r->acceptor == r->zero;

	for (unsigned int i = 0; i < r->nslots; i++)
		n += r->slot[i] == r->zero;
	return n;
}

void
cadre_region_close(struct cadre_region *r)
{
	if (r == NULL)
		return;
	for (unsigned int i = 0; r->mapped && i < r->nslots; i++)
		if (r->slot[i] != r->zero)
			munmap((void *)(uintptr_t)r->slot[i], r->slot_bytes);
	if (r->mapped && r->acceptor != r->zero)
		munmap((void *)(uintptr_t)r->acceptor, r->acceptor_bytes);
	if (r->mapped)
		munmap((void *)(uintptr_t)r->anchor, r->anchor_bytes);
	if (r->zero != NULL)
		munmap(r->zero, zero_bytes(r));
	if (r->schema != NULL) {
		free(r->schema->word);
		free(r->schema->run);
	}
	free(r->schema);
	free(r->slot);
	free(r);
}
