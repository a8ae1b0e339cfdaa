/* SPDX-License-Identifier: BSD-2-Clause */
/* A small region without a master. */
#include "t/lib/sample.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cadre/error.h>

#include "shm/object.h"
#include "shm/region.h"
#include "t/lib/tap.h"

#define VALUE(i)	(sizeof(struct cadre_shm_slot) + 8 * (i))

static const struct cadre_shm_metric rows[SAMPLE_METRICS] = {
#define COUNTER(name, at)						\
	{ CADRE_KIND_COUNTER, CADRE_AGGREGATE_SUM, CADRE_ON_DEATH_KEEP, 0, \
	    (at), 8, (name), "", "a test's", { 0 } }
#define GAUGE(name, at)							\
	{ CADRE_KIND_GAUGE, CADRE_AGGREGATE_SUM, CADRE_ON_DEATH_ZERO, 0, \
	    (at), 8, (name), "", "a test's", { 0 } }
	[SAMPLE_TURNS] = COUNTER("turns",
	    offsetof(struct cadre_shm_slot, turns)),
	[SAMPLE_OPEN] = GAUGE("open", offsetof(struct cadre_shm_slot, open)),
	[SAMPLE_REQUESTS] = COUNTER("requests", VALUE(0)),
	[SAMPLE_ERRORS] = COUNTER("errors", VALUE(1)),
	[SAMPLE_JOBS] = COUNTER("jobs", VALUE(2)),
	[SAMPLE_DEPTH] = GAUGE("depth", VALUE(3)),
};

int
sample_fd(const struct cadre__anchor *a, unsigned int number)
{
	if (number == 0)
		return a->fd;
	return number <= a->nslots ? a->slot_fd[number - 1] : a->acceptor_fd;
}

int
sample_reopen(const struct cadre__anchor *a, struct cadre_region **ret_region)
{
	struct cadre_region *r = NULL;
	int fd, err;

	fd = cadre__object_reopen(a->fd);
	err = fd < 0 ? fd : cadre__region_new(fd, &r);
	close(fd);
	for (unsigned int i = 1; err == 0 && i < 1 + a->nslots + 1; i++) {
		fd = cadre__object_reopen(sample_fd(a, i));
		err = fd < 0 ? fd : cadre__region_object(r, i, fd);
		close(fd);
	}
	if (err == 0)
		*ret_region = r;
	else
		cadre_region_close(r);
	return err;
}

struct sample *
sample_new(void)
{
	const struct cadre__shape shape = { SAMPLE_SEATS, 256,
	    SAMPLE_LISTENERS, SAMPLE_PUBLISH };
	struct sample *s = calloc(1, sizeof(*s));
	void *map;

	if (s == NULL || cadre__anchor_new("sample", &shape, &s->anchor) < 0)
		bail_out("no region can be made here");
	for (unsigned int i = 0; i < SAMPLE_METRICS; i++)
		cadre__anchor_metric(s->anchor, &rows[i]);
	cadre__anchor_listener(s->anchor, 0, "tcp:127.0.0.1:8080", "spread");
	cadre__anchor_publish(s->anchor);
	for (unsigned int i = 0; i < SAMPLE_SLOTS; i++) {
		if (cadre__object_map(s->anchor->slot_fd[i],
		    s->anchor->places.slot_bytes, PROT_READ | PROT_WRITE, NULL,
		    &map) < 0)
			bail_out("a slot cannot be mapped");
		s->slot[i] = map;
	}
	if (cadre__object_map(s->anchor->acceptor_fd,
	    s->anchor->places.acceptor_bytes, PROT_READ | PROT_WRITE, NULL,
	    &map) < 0)
		bail_out("the acceptor's object cannot be mapped");
	s->acceptor_map = map;
	cadre__acceptor_open(&s->acceptor, map, &s->anchor->places);
	if (sample_reopen(s->anchor, &s->region) < 0)
		bail_out("the region cannot be read: %s", cadre_error(-EPROTO));
	return s;
}

void
sample_free(struct sample *s)
{
	cadre_region_close(s->region);
	for (unsigned int i = 0; i < SAMPLE_SLOTS; i++)
		munmap(s->slot[i], s->anchor->places.slot_bytes);
	munmap(s->acceptor_map, s->anchor->places.acceptor_bytes);
	cadre__anchor_free(s->anchor);
	free(s);
}

void
sample_state(struct sample *s, unsigned int slot, uint64_t state)
{
	s->life[slot].state = state;
	cadre__anchor_life(s->anchor, slot, &s->life[slot]);
}

void
sample_spawn(struct sample *s, unsigned int slot)
{
	cadre__anchor_baseline(s->anchor, slot);
	s->life[slot] = (struct cadre_shm_life){
		.generation = ++s->generation,
		.pid = 1000 + s->generation,
		.spawned_ns = 1,
	};
	sample_state(s, slot, CADRE_STATE_UP);
	cadre__slot_begin(&s->worker[slot], s->slot[slot], s->anchor->view,
	    s->generation, 0, 1);
}

void
sample_end(struct sample *s, unsigned int slot, uint64_t state)
{
	s->life[slot].ended_ns = 2;
	sample_state(s, slot, state);
}

uint64_t *
sample_word(struct sample *s, unsigned int slot, unsigned int metric)
{
	return (void *)(s->slot[slot] + rows[metric].offset);
}

uint64_t
sample_random(uint64_t *state)
{
	uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}
