/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The schema, compiled: each row is copied and checked once, when it appears,
 * and becomes an offset and a mode; neighbours of one mode become a run, so
 * that a snapshot is straight loops over words. Rows are only ever appended,
 * so what was compiled stays right; a handle that is const for its caller
 * still takes in the rows that came since.
 */
#include "shm/export.h"

#include <errno.h>
#include <string.h>

#include "shm/atomic.h"
#include "shm/region.h"

static void
row_copy(const struct cadre_region *r, unsigned int i,
    struct cadre_shm_metric *m)
{
	shm_copy_out(m, cadre__record(r, PART_SCHEMA, i), sizeof(*m));
	m->name[sizeof(m->name) - 1] = '\0';
	m->unit[sizeof(m->unit) - 1] = '\0';
	m->help[sizeof(m->help) - 1] = '\0';
}

static bool
kind_known(uint32_t kind)
{
	return kind == CADRE_KIND_COUNTER || kind == CADRE_KIND_GAUGE;
}

/* The row's word, or words, must lie in the slot; ours are of 8 bytes. */
static bool
row_good(const struct cadre_region *r, const struct cadre_shm_metric *m)
{
	return m->name[0] != '\0' && m->offset % sizeof(uint64_t) == 0 &&
	    m->bytes >= sizeof(uint64_t) && m->bytes <= r->slot_bytes &&
	    m->offset <= r->slot_bytes - m->bytes &&
	    (!kind_known(m->kind) || m->bytes == sizeof(uint64_t));
}

static uint32_t
row_mode(const struct cadre_region *r, const struct cadre_shm_metric *m)
{
	if (!row_good(r, m))
		return MODE_BROKEN;
	if (!kind_known(m->kind) || m->aggregate != CADRE_AGGREGATE_SUM)
		return MODE_RAW;
	return m->on_death == CADRE_ON_DEATH_ZERO ? MODE_LIVE : MODE_KEEP;
}

static void
row_compile(struct cadre__schema *s, const struct cadre_region *r)
{
	unsigned int i = s->metrics;
	struct cadre__run *run = &s->run[s->runs];
	struct cadre_shm_metric m;
	struct cadre__word *w = &s->word[i];

	row_copy(r, i, &m);
	w->mode = row_mode(r, &m);
	w->offset = w->mode == MODE_BROKEN ? 0 : m.offset;
	w->counter = m.kind == CADRE_KIND_COUNTER && w->mode != MODE_RAW;
	if (w->mode != MODE_BROKEN && strcmp(m.name, "requests") == 0)
		s->requests = w->offset;
	if (w->mode != MODE_BROKEN && strcmp(m.name, "errors") == 0)
		s->errors = w->offset;
#ifdef FUZZ_PLANT			/* fetched again, after the check */
	row_copy(r, i, &m);
	w->offset = w->mode == MODE_BROKEN ? 0 : m.offset;
#endif
	s->metrics++;
	if (s->runs > 0 && run[-1].mode == w->mode &&
	    run[-1].offset + run[-1].count * sizeof(uint64_t) == w->offset) {
		run[-1].count++;
		return;
	}
	*run = (struct cadre__run){ w->offset, i, 1, w->mode };
	s->runs++;
}

const struct cadre__schema *
cadre__schema_now(const struct cadre_region *r)
{
	struct cadre__schema *s = r->schema;
	uint64_t n = shm_load(&cadre__header(r)->metrics);

	shm_fence_load();	/* metrics, then rows: cadre__anchor_metric() */
	if (n > s->metrics_max)
		n = s->metrics_max;
	while (s->metrics < n)
		row_compile(s, r);
	return s;
}

int
cadre_region_metrics(const struct cadre_region *r)
{
	return (int)cadre__schema_now(r)->metrics;
}

int
cadre_region_metric(const struct cadre_region *r, unsigned int i,
    struct cadre_shm_metric *ret_metric)
{
	const struct cadre__schema *s = cadre__schema_now(r);
	struct cadre_shm_metric m;

	if (i >= s->metrics)
		return cadre__fail(-ENOENT, "there is no metric %u", i);
	row_copy(r, i, &m);
	if (s->word[i].mode == MODE_BROKEN || !row_good(r, &m))
		return cadre__fail(-EPROTO, "the region is broken: metric %u",
		    i);
	*ret_metric = m;
	return 0;
}

int
cadre_region_find(const struct cadre_region *r, const char *name)
{
	const struct cadre__schema *s = cadre__schema_now(r);
	struct cadre_shm_metric m;

	for (unsigned int i = 0; i < s->metrics; i++) {
		row_copy(r, i, &m);
		if (s->word[i].mode != MODE_BROKEN && strcmp(m.name, name) == 0)
			return (int)i;
	}
	return cadre__fail(-ENOENT, "there is no metric %.63s", name);
}
