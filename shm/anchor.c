/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The making of a region: one anchor, two slots per seat and the acceptor's,
 * each an object of its own. All is there and mapped before the first fork.
 * The master gets the only writable map of the anchor and none of the others;
 * the read-only maps, which workers inherit, are of read-only descriptors, so
 * that no mprotect can turn them.
 *
 * A kill in here leaves nothing: the objects have no name but descriptors.
 */
#include "shm/export.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "shm/atomic.h"
#include "shm/clock.h"
#include "shm/fault.h"

#define LINE_BYTES	64
#define HEAD_METRICS	16	/* schema rows for words of the head */
#define SECTIONS	14
#define TOPIC_SECTIONS	4	/* the last of them */

static size_t
round_up(size_t n, size_t to)
{
	return (n + to - 1) / to * to;
}

/* Take `bytes` at the next cache line; returns where. */
static size_t
place(size_t *at, size_t bytes)
{
	size_t here = round_up(*at, LINE_BYTES);

	*at = here + bytes;
	return here;
}

/* Behind the health ring; returns where the slot ends. */
static size_t
place_topics(struct cadre__places *p, size_t publish_bytes, size_t nslots)
{
	size_t at = p->health +
	    CADRE_HEALTH_RECORDS * sizeof(struct cadre_shm_health);

	p->topics = p->cursors = p->news = 0;
	if (publish_bytes == 0)
		return at;
	p->topics = place(&at, sizeof(struct cadre_shm_topics));
	p->cursors = place(&at, nslots * sizeof(uint64_t));
	p->news = place(&at, publish_bytes);
	return at;
}

void
cadre__places_of(const struct cadre__shape *shape, struct cadre__places *p)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	size_t nslots = (size_t)CADRE_SLOTS_PER_SEAT * shape->max_workers;
	size_t at = sizeof(struct cadre_shm_header) +
	    SECTIONS * sizeof(struct cadre_shm_section);

	p->values = sizeof(struct cadre_shm_slot);
	p->front_bytes = round_up(p->values + shape->values_bytes, page);
	p->health = p->front_bytes;
	p->slot_bytes = round_up(place_topics(p, shape->publish_bytes, nslots),
	    page);
	p->metrics_max = HEAD_METRICS +
	    (unsigned int)((p->front_bytes - p->values) / sizeof(uint64_t));
	p->schema = place(&at, p->metrics_max *
	    sizeof(struct cadre_shm_metric));
	p->slots = place(&at, nslots * sizeof(struct cadre_shm_row));
	p->baselines = place(&at, nslots * p->front_bytes);
	p->events = place(&at, CADRE_EVENT_RECORDS *
	    sizeof(struct cadre_shm_event));
	p->listeners = place(&at, shape->listeners *
	    sizeof(struct cadre_shm_listener));
	p->wanted = place(&at, sizeof(struct cadre_shm_wanted));
	p->anchor_bytes = round_up(at, page);
	/* Rows of one cache line each: no thread of it slows another's. */
	p->assigned = 0;
	p->intake = nslots * sizeof(struct cadre_shm_assigned);
	p->acceptor_bytes = round_up(p->intake + shape->listeners *
	    sizeof(struct cadre_shm_intake), page);
}

size_t
cadre__region_bytes(const struct cadre__places *p, unsigned int max_workers)
{
	return p->anchor_bytes + p->acceptor_bytes +
	    (size_t)CADRE_SLOTS_PER_SEAT * max_workers * p->slot_bytes;
}

static unsigned int
sections_of(const struct cadre__anchor *a)
{
	return a->shape.publish_bytes > 0 ? SECTIONS :
	    SECTIONS - TOPIC_SECTIONS;
}

static void
fill_directory(struct cadre__anchor *a)
{
	const struct cadre__places *p = &a->places;
	const uint32_t anchor = CADRE_OBJECT_ANCHOR, slot = CADRE_OBJECT_SLOT;
	const uint32_t acceptor = CADRE_OBJECT_ACCEPTOR;
	const uint32_t nslots = (uint32_t)a->nslots;
	const struct {
		uint32_t type, object;
		size_t	offset, record_bytes, records;
	} rows[SECTIONS] = {
		{ CADRE_SECTION_SCHEMA, anchor, p->schema,
		    sizeof(struct cadre_shm_metric), p->metrics_max },
		{ CADRE_SECTION_SLOTS, anchor, p->slots,
		    sizeof(struct cadre_shm_row), nslots },
		{ CADRE_SECTION_BASELINES, anchor, p->baselines,
		    p->front_bytes, nslots },
		{ CADRE_SECTION_EVENTS, anchor, p->events,
		    sizeof(struct cadre_shm_event), CADRE_EVENT_RECORDS },
		{ CADRE_SECTION_LISTENERS, anchor, p->listeners,
		    sizeof(struct cadre_shm_listener), a->shape.listeners },
		{ CADRE_SECTION_HEAD, slot, 0,
		    sizeof(struct cadre_shm_slot), 1 },
		{ CADRE_SECTION_VALUES, slot, p->values, sizeof(uint64_t),
		    (p->front_bytes - p->values) / sizeof(uint64_t) },
		{ CADRE_SECTION_HEALTH, slot, p->health,
		    sizeof(struct cadre_shm_health), CADRE_HEALTH_RECORDS },
		{ CADRE_SECTION_ASSIGNED, acceptor, p->assigned,
		    sizeof(struct cadre_shm_assigned), nslots },
		{ CADRE_SECTION_INTAKE, acceptor, p->intake,
		    sizeof(struct cadre_shm_intake), a->shape.listeners },
		/* Those of publish and subscribe, if there is any. */
		{ CADRE_SECTION_WANTED, anchor, p->wanted,
		    sizeof(struct cadre_shm_wanted), 1 },
		{ CADRE_SECTION_TOPICS, slot, p->topics,
		    sizeof(struct cadre_shm_topics), 1 },
		{ CADRE_SECTION_CURSORS, slot, p->cursors, sizeof(uint64_t),
		    nslots },
		{ CADRE_SECTION_NEWS, slot, p->news, sizeof(uint64_t),
		    a->shape.publish_bytes / sizeof(uint64_t) },
	};
	struct cadre_shm_section *s =
	    (void *)(a->map + sizeof(struct cadre_shm_header));

	for (unsigned int i = 0; i < sections_of(a); i++)
		s[i] = (struct cadre_shm_section){
			.type = rows[i].type,
			.object = rows[i].object,
			.offset = rows[i].offset,
			.bytes = rows[i].record_bytes * rows[i].records,
			.record_bytes = (uint32_t)rows[i].record_bytes,
			.records = (uint32_t)rows[i].records,
		};
}

/* All but the magic; nobody else has the object yet, so plain stores do. */
static void
fill_header(struct cadre__anchor *a, const char *name)
{
	struct cadre_shm_header *h = (void *)a->map;
	uint64_t start = 0;

	cadre__proc_start(getpid(), &start);	/* without: 0, never alive */
	*h = (struct cadre_shm_header){
		.endian = CADRE_LAYOUT_ENDIAN,
		.abi_major = CADRE_LAYOUT_MAJOR,
		.abi_minor = CADRE_LAYOUT_MINOR,
		.header_bytes = sizeof(*h),
		.section_bytes = sizeof(struct cadre_shm_section),
		.sections = sections_of(a),
		.sections_offset = sizeof(*h),
		.anchor_bytes = a->places.anchor_bytes,
		.slot_bytes = a->places.slot_bytes,
		.max_workers = a->shape.max_workers,
		.slots_per_seat = CADRE_SLOTS_PER_SEAT,
		.master_pid = (uint64_t)getpid(),
		.master_start = start,
		.created_mono_ns = clock_now_ns(),
		.created_real_ns = clock_read(CLOCK_REALTIME),
		.state = CADRE_APP_STARTING,
		.beat_ns = clock_now_ns(),
	};
	snprintf(h->name, sizeof(h->name), "%s", name);
	cadre__proc_boot(h->boot_id);		/* without: zeros */
}

/* Make one object and map it read-only through a read-only descriptor. */
static int
object_make(const char *name, size_t bytes, int *ret_fd, const char **ret_view)
{
	void *view = NULL;
	int fd, ro, err;

	fd = cadre__object_new(name, bytes);
	if (fd < 0)
		return cadre__fail(fd, "cannot make the shared memory %s, "
		    "%zu bytes: %s", name, bytes, strerrordesc_np(-fd));
	ro = cadre__object_reopen(fd);
	err = ro < 0 ? ro :
	    cadre__object_map(ro, bytes, PROT_READ, NULL, &view);
	if (ro >= 0)
		close(ro);
	if (err < 0) {
		close(fd);
		return cadre__fail(err, "cannot map the shared memory %s: %s",
		    name, strerrordesc_np(-err));
	}
	*ret_fd = fd;
	*ret_view = view;
	return 0;
}

static int
make_objects(struct cadre__anchor *a, const char *app)
{
	char name[128];
	void *map;
	int err;

	snprintf(name, sizeof(name), "cadre:%s:anchor", app);
	err = object_make(name, a->places.anchor_bytes, &a->fd, &a->view);
	if (err < 0)
		return err;
	err = cadre__object_map(a->fd, a->places.anchor_bytes,
	    PROT_READ | PROT_WRITE, NULL, &map);
	if (err < 0)
		return err;
	a->map = map;
	if (madvise(map, a->places.anchor_bytes, MADV_DONTFORK) < 0)
		return -errno;
	for (uint64_t i = 0; err == 0 && i < a->nslots; i++) {
		snprintf(name, sizeof(name), "cadre:%s:slot:%u", app,
		    (unsigned int)i);
		err = object_make(name, a->places.slot_bytes, &a->slot_fd[i],
		    &a->slot[i]);
	}
	if (err < 0)
		return err;
	snprintf(name, sizeof(name), "cadre:%s:acceptor", app);
	return object_make(name, a->places.acceptor_bytes, &a->acceptor_fd,
	    &a->acceptor);
}

int
cadre__anchor_new(const char *name, const struct cadre__shape *shape,
    struct cadre__anchor **ret_anchor)
{
	struct cadre__anchor *a;
	int err;

	if (cadre__name_check(name) < 0 || shape->max_workers == 0 ||
	    shape->max_workers > CADRE_SEATS_MAX)
		return -EINVAL;
	a = calloc(1, sizeof(*a));
	if (a == NULL)
		return -ENOMEM;
	a->shape = *shape;
	cadre__places_of(shape, &a->places);
	a->nslots = (uint64_t)CADRE_SLOTS_PER_SEAT * shape->max_workers;
	a->fd = a->acceptor_fd = -1;
	a->slot_fd = malloc(a->nslots * sizeof(*a->slot_fd));
	a->slot = calloc(a->nslots, sizeof(*a->slot));
	for (uint64_t i = 0; a->slot_fd != NULL && i < a->nslots; i++)
		a->slot_fd[i] = -1;
	err = a->slot_fd != NULL && a->slot != NULL ?
	    make_objects(a, name) : -ENOMEM;
	if (err < 0) {
		cadre__anchor_free(a);
		return err;
	}
	CADRE_FAULT_AT("anchor.header");
	fill_header(a, name);
	CADRE_FAULT_AT("anchor.directory");
	fill_directory(a);
	*ret_anchor = a;
	return 0;
}

void
cadre__anchor_publish(struct cadre__anchor *a)
{
	struct cadre_shm_header *h = (void *)a->map;

	CADRE_FAULT_AT("anchor.magic");
	shm_fence_store();	/* all of it, then magic: region_check() */
	shm_store(&h->magic, CADRE_LAYOUT_MAGIC);
	CADRE_FAULT_AT("anchor.published");
}

static void
object_free(int fd, const void *view, size_t bytes)
{
	if (fd >= 0)
		close(fd);
	if (view != NULL)
		munmap((void *)(uintptr_t)view, bytes);
}

void
cadre__anchor_free(struct cadre__anchor *a)
{
	if (a == NULL)
		return;
	for (uint64_t i = 0; a->slot != NULL && a->slot_fd != NULL &&
	    i < a->nslots; i++)
		object_free(a->slot_fd[i], a->slot[i], a->places.slot_bytes);
	object_free(a->acceptor_fd, a->acceptor, a->places.acceptor_bytes);
	object_free(a->fd, a->view, a->places.anchor_bytes);
	object_free(-1, a->map, a->places.anchor_bytes);
	free(a->slot_fd);
	free(a->slot);
	free(a);
}
