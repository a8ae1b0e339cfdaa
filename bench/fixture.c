/* SPDX-License-Identifier: BSD-2-Clause */
/* A region without a master; see fixture.h. */
#include "bench/fixture.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <sys/mman.h>

#include "bench/measure.h"
#include "shm/clock.h"
#include "shm/object.h"
#include "shm/region.h"

/* As in an app: five of the head, mostly counters, some gauges at the end. */
static struct cadre_shm_metric
metric(unsigned int i)
{
	static const size_t head[FIXTURE_HEAD] = {
		offsetof(struct cadre_shm_slot, turns),
		offsetof(struct cadre_shm_slot, busy_ns),
		offsetof(struct cadre_shm_slot, done),
		offsetof(struct cadre_shm_slot, accepted),
		offsetof(struct cadre_shm_slot, open),
	};
	bool gauge = i == FIXTURE_HEAD - 1 || i >= FIXTURE_METRICS - 8;
	struct cadre_shm_metric m = {
		.kind = gauge ? CADRE_KIND_GAUGE : CADRE_KIND_COUNTER,
		.aggregate = CADRE_AGGREGATE_SUM,
		.on_death = gauge ? CADRE_ON_DEATH_ZERO : CADRE_ON_DEATH_KEEP,
		.offset = i < FIXTURE_HEAD ? head[i] :
		    sizeof(struct cadre_shm_slot) + 8 * (i - FIXTURE_HEAD),
		.bytes = 8,
	};

	snprintf(m.name, sizeof(m.name), "metric_%u", i);
	return m;
}

static char *
spawn(struct fixture *f, unsigned int seat)
{
	struct cadre_shm_life life = {
		.state = CADRE_STATE_UP, .generation = seat + 1, .pid = 1,
	};
	unsigned int slot = CADRE_SLOTS_PER_SEAT * seat;
	void *map;
	char *at;

	measure_check(cadre__object_map(f->anchor->slot_fd[slot],
	    f->anchor->places.slot_bytes, PROT_READ | PROT_WRITE, NULL, &map),
	    "slot");
	cadre__anchor_baseline(f->anchor, slot);
	cadre__anchor_life(f->anchor, slot, &life);
	cadre__slot_begin(&f->worker[seat], map, f->anchor->view, seat + 1,
	    NS_PER_S, clock_now_ns());
	at = map;
	for (uint64_t i = FIXTURE_HEAD; i < FIXTURE_METRICS; i++) {
		uint64_t value = i + 1;

		memcpy(at + metric((unsigned int)i).offset, &value, 8);
	}
	return at;
}

/* Through read-only descriptors of its own, as an observer gets them. */
static void
attach(struct fixture *f)
{
	int fd = cadre__object_reopen(f->anchor->fd);

	measure_check(fd, "anchor");
	measure_check(cadre__region_new(fd, &f->region), "region");
	close(fd);
	for (unsigned int i = 0; i < f->anchor->nslots; i++) {
		fd = cadre__object_reopen(f->anchor->slot_fd[i]);
		measure_check(fd, "slot");
		measure_check(cadre__region_slot(f->region, i, fd), "slot");
		close(fd);
	}
}

void
fixture_make(struct fixture *f)
{
	const struct cadre__shape shape = { FIXTURE_SEATS,
		8 * FIXTURE_METRICS, 1, 0 };
	struct cadre_shm_metric m;
	char *map = NULL;

	signal(SIGXFSZ, SIG_IGN);
	measure_check(cadre__anchor_new("bench", &shape, &f->anchor), "anchor");
	for (unsigned int i = 0; i < FIXTURE_METRICS; i++) {
		m = metric(i);
		measure_check(cadre__anchor_metric(f->anchor, &m), "metric");
	}
	cadre__anchor_publish(f->anchor);
	for (unsigned int i = FIXTURE_SEATS; i-- > 0;)
		map = spawn(f, i);
	f->counter = (void *)(map + metric(FIXTURE_HEAD).offset);
	f->gauge = (void *)(map + metric(FIXTURE_METRICS - 1).offset);
	attach(f);
}
