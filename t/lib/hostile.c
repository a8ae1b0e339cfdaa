/* SPDX-License-Identifier: BSD-2-Clause */
/* Regions with wrong bytes, and a reader that looks at all of them. */
#include <stdlib.h>
#include <string.h>

#include "shm/region.h"
#include "t/lib/sample.h"
#include "t/lib/tap.h"

#define ROOM	32

/* As a worker does, of a ring that may be of any size now. */
static uint64_t
read_news(const struct cadre_region *r, unsigned int slot)
{
	char topic[CADRE__TOPIC_BYTES], *payload;
	struct cadre__reader reader;
	struct cadre_shm_news news;
	uint64_t sum = 0;

	if (slot >= r->nslots || !cadre__region_reader(r, slot, &reader))
		return 0;
	reader.seen -= 3;		/* it was there before */
	payload = malloc(reader.bytes / 4 + 8);
	for (int i = 0; i < 5 && cadre__reader_next(&reader, &news); i++) {
		if (cadre__reader_take(&reader, &news, topic, payload))
			sum += news.bytes + strlen(topic);
		cadre__reader_pass(&reader, &news);
	}
	free(payload);
	return sum + reader.lost;
}

static uint64_t
read_seat(const struct cadre_region *r, unsigned int seat, uint64_t *random)
{
	struct cadre_shm_health h[64];
	struct cadre_shm_status st = { 0 };
	struct cadre_topics_view topics;
	struct cadre_seat_view v = { 0 };
	uint64_t values[ROOM] = { 0 };
	struct cadre_cursor c;

	cadre_region_seat(r, seat, &v);
	cadre_region_values(r, seat, values, ROOM);
	for (unsigned int k = 0; k < 3; k++) {
		cadre_region_life(r, seat, k, values, ROOM);
		cadre_region_status(r, seat, k, &st);
		if (cadre_region_topics(r, seat, k, &topics) == 0)
			values[0] += topics.received;
		values[0] += read_news(r, 2 * seat + k);
		cadre_region_health_now(r, seat, k, h);
		c.next = sample_random(random) >> sample_random(random) % 64;
		c.lost = 0;
		for (int i = 0; i < 4; i++)
			cadre_region_health(r, seat, k, &c, h, 64);
	}
	return values[0] + st.open + v.state + h[0].turns + v.newest.assigned +
	    (uint64_t)v.newest.load +
	    (uint64_t)cadre_state_name(v.state)[0];
}

uint64_t
sample_read_all(const struct cadre_region *r, uint64_t *random)
{
	static struct cadre_shm_event e[16];
	struct cadre_cursor c = { sample_random(random) % 300, 0 };
	struct cadre_shm_listener l = { .mode = "" };
	struct cadre_shm_intake in = { 0 };
	struct cadre_shm_metric m = { 0 };
	uint64_t values[ROOM * SAMPLE_SEATS], sum = 0;
	char text[256];
	int n;

	for (unsigned int i = 0; i < 4; i++) {
		cadre_region_listener(r, i, &l);
		if (cadre_region_intake(r, i, &in) == 0)
			sum += in.accepted;
	}
	for (int i = cadre_region_metrics(r); i >= 0; i--)
		cadre_region_metric(r, (unsigned int)i, &m);
	cadre_region_find(r, "jobs");
	for (unsigned int seat = 0; seat <= SAMPLE_SEATS; seat++)
		sum += read_seat(r, seat, random);
	cadre_region_totals(r, values, ROOM);
	if (r->max_workers <= SAMPLE_SEATS)
		cadre_region_snapshot(r, values, ROOM);
	for (int k = 0; k < 4; k++) {
		n = cadre_region_events(r, &c, e, 16);
		for (int i = 0; i < n; i++)
			sum += (uint64_t)cadre_event_text(&e[i], text,
			    sample_random(random) % sizeof(text)) +
			    strlen(cadre_event_name(e[i].kind));
	}
	return sum + strlen(l.mode) + strlen(m.help) + values[0];
}

static char *
copy_of(const void *bytes, size_t n)
{
	char *copy = malloc(n);

	if (copy == NULL)
		bail_out("no memory");
	return memcpy(copy, bytes, n);
}

/* The acceptor's is as long as its sections, and not rounded to pages. */
void
sample_copy(const struct sample *s, struct hostile *ret_copy)
{
	struct hostile h = { .anchor_bytes = s->anchor->places.anchor_bytes,
	    .slot_bytes = s->anchor->places.slot_bytes,
	    .acceptor_bytes = s->region->acceptor_bytes };

	h.anchor = copy_of(s->anchor->view, h.anchor_bytes);
	for (int i = 0; i < SAMPLE_SLOTS; i++)
		h.slot[i] = copy_of(s->slot[i], h.slot_bytes);
	h.acceptor = copy_of(s->acceptor_map, h.acceptor_bytes);
	if (sample_wrap(&h, &h.region) < 0)
		bail_out("the copy cannot be read");
	*ret_copy = h;
}

void
sample_copy_free(struct hostile *h)
{
	cadre_region_close(h->region);
	for (int i = 0; i < SAMPLE_SLOTS; i++)
		free(h->slot[i]);
	free(h->acceptor);
	free(h->anchor);
}

int
sample_wrap(const struct hostile *h, struct cadre_region **ret_region)
{
	return cadre__region_wrap(h->anchor, h->anchor_bytes,
	    (const void *const *)h->slot, h->acceptor, ret_region);
}

bool
sample_fits(const struct hostile *h, const struct cadre_region *r)
{
	return r->slot_bytes <= h->slot_bytes && r->nslots <= SAMPLE_SLOTS &&
	    r->acceptor_bytes <= h->acceptor_bytes;
}

uint64_t *
sample_target(struct hostile *h, uint64_t *random)
{
	const struct cadre__part *p = h->region->part;
	uint64_t any = sample_random(random), slot = any >> 8;
	const struct { char *object; uint64_t offset, bytes; } areas[] = {
		{ h->anchor, 0, 256 },
		{ h->anchor, 256, 14 * 64 },
		{ h->anchor, p[PART_SCHEMA].offset, 256 * SAMPLE_METRICS },
		{ h->anchor, p[PART_SLOTS].offset, 320 * SAMPLE_SLOTS },
		{ h->anchor, p[PART_EVENTS].offset, 4 * 1024 },
		{ h->anchor, p[PART_LISTENERS].offset, 2 * 192 },
		{ h->anchor, 0, h->anchor_bytes },
		{ h->slot[slot % SAMPLE_SLOTS], 0, 512 },
		{ h->slot[slot % SAMPLE_SLOTS], p[PART_HEALTH].offset, 1024 },
		{ h->slot[slot % SAMPLE_SLOTS], p[PART_TOPICS].offset, 192 },
		{ h->slot[slot % SAMPLE_SLOTS], p[PART_NEWS].offset,
		    SAMPLE_PUBLISH },
		{ h->slot[slot % SAMPLE_SLOTS], 0, h->slot_bytes },
		{ h->acceptor, 0, h->acceptor_bytes },
	};
	size_t i = any % (sizeof(areas) / sizeof(areas[0]));

	return (void *)(areas[i].object + areas[i].offset +
	    sample_random(random) % (areas[i].bytes / 8) * 8);
}

uint64_t
sample_lie(uint64_t word, uint64_t *random)
{
	uint64_t any = sample_random(random);

	switch (any % 8) {
	case 0: return word ^ UINT64_C(1) << (any >> 8) % 64;
	case 1: return word + (any >> 8) % 9 - 4;
	case 2: return UINT64_MAX - (any >> 8) % 9;
	case 3: return word | UINT64_C(0xffffffff) << 32 * (any >> 8 & 1);
	case 4: return word & UINT64_C(0xffffffff) << 32 * (any >> 8 & 1);
	case 5: return any >> (any >> 8) % 64;
	case 6: return word * ((any >> 8) % 1024);
	default: return any;
	}
}
