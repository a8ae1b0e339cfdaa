/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Metrics are declared before there is a region, and their handles are plain
 * pointers all the same: into a window that is reserved here, is scratch
 * memory in the master, and has the worker's slot mapped over it after a fork.
 */
#include "runtime/export.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <sys/mman.h>

#include "runtime/metrics.h"
#include "runtime/size.h"
#include "shm/fail.h"
#include "shm/fault.h"

#define VALUES_BYTES_MAX	1048576

static const struct builtin {
	const char	*name, *unit, *help;
	uint32_t	kind;
	uint32_t	on_death;
	size_t		offset;
} builtins[] = {
	{ "turns", "", "passes of the event loop", CADRE_KIND_COUNTER,
	    CADRE_ON_DEATH_KEEP, offsetof(struct cadre_shm_slot, turns) },
	{ "busy_ns", "ns", "time spent in turns", CADRE_KIND_COUNTER,
	    CADRE_ON_DEATH_KEEP, offsetof(struct cadre_shm_slot, busy_ns) },
	{ "accepted", "", "connections accepted", CADRE_KIND_COUNTER,
	    CADRE_ON_DEATH_KEEP, offsetof(struct cadre_shm_slot, accepted) },
	{ "done", "", "connections closed", CADRE_KIND_COUNTER,
	    CADRE_ON_DEATH_KEEP, offsetof(struct cadre_shm_slot, done) },
	{ "shed", "", "connections turned away at a limit", CADRE_KIND_COUNTER,
	    CADRE_ON_DEATH_KEEP, offsetof(struct cadre_shm_slot, shed) },
	{ "refused", "", "connections closed for what their peers sent",
	    CADRE_KIND_COUNTER, CADRE_ON_DEATH_KEEP,
	    offsetof(struct cadre_shm_slot, refused) },
	{ "open", "", "connections open now", CADRE_KIND_GAUGE,
	    CADRE_ON_DEATH_ZERO, offsetof(struct cadre_shm_slot, open) },
};

static const struct app_builtin {
	const char	*name, *help;
} app_builtins[] = {
	{ "requests", "requests answered" },
	{ "errors", "requests answered with an error" },
};

int
metrics_window(struct cadre_master *m)
{
	struct cadre__shape shape;
	struct cadre__places places;
	void *map;

	if (m->window != NULL)
		return 0;
	metrics_shape(m, &shape);
	/* Handles stay at a later start, whatever that makes room for. */
	shape.publish_bytes = PUBLISH_BYTES_MAX;
	shape.max_workers = PUBLISH_SEATS_MAX;
	cadre__places_of(&shape, &places);
	map = CADRE_FAULT("metrics.window") < 0 ? MAP_FAILED :
	    mmap(NULL, places.slot_bytes, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (map == MAP_FAILED)
		return -errno;
	m->window = map;
	m->window_bytes = places.slot_bytes;
	/* What the rounding to pages added is room too. */
	m->values_bytes = places.front_bytes - places.values;
	return 0;
}

static bool
name_good(const char *name)
{
	size_t n = name != NULL ? strlen(name) : 0;

#ifdef FUZZ_PLANT			/* a name of any length */
	n %= CADRE_NAME_BYTES;
#endif
	if (n == 0 || n >= CADRE_NAME_BYTES)
		return false;
	for (; *name != '\0'; name++)
		if (!isascii(*name) || (!isalnum(*name) && *name != '_'))
			return false;
	return true;
}

static int
metric_find(const struct cadre_master *m, const char *name)
{
	for (unsigned int i = 0; i < m->nmetrics; i++)
		if (strcmp(m->metrics[i].name, name) == 0)
			return (int)i;
	return -ENOENT;
}

static int
metric_append(struct cadre_master *m, const struct builtin *b)
{
	struct cadre_shm_metric *all, *row;

	all = realloc(m->metrics, (m->nmetrics + 1) * sizeof(*all));
	if (all == NULL)
		return -ENOMEM;
	m->metrics = all;
	row = &all[m->nmetrics++];
	memset(row, 0, sizeof(*row));
	row->kind = b->kind;
	row->aggregate = CADRE_AGGREGATE_SUM;
	row->on_death = b->on_death;
	row->offset = b->offset;
	row->bytes = sizeof(uint64_t);
	strncpy(row->name, b->name, sizeof(row->name) - 1);
	strncpy(row->unit, b->unit, sizeof(row->unit) - 1);
	strncpy(row->help, b->help, sizeof(row->help) - 1);
	return 0;
}

static int
value_append(struct cadre_master *m, struct builtin *b, void **ret_word)
{
	int err;

	err = metrics_window(m);
	if (err < 0)
		return err;
	if (m->values_used + sizeof(uint64_t) > m->values_bytes)
		return cadre__fail(-ENOSPC, "no room for metric %s: the slot "
		    "holds %zu; call cadre_master_slot_bytes() first", b->name,
		    m->values_bytes / sizeof(uint64_t));
	b->offset = sizeof(struct cadre_shm_slot) + m->values_used;
	err = metric_append(m, b);
	if (err < 0)
		return err;
	m->values_used += sizeof(uint64_t);
	*ret_word = m->window + b->offset;
	return 0;
}

/* Find it, or give it a word; ret_word is in the window. */
static int
word_of(struct cadre_master *m, struct builtin *b, void **ret_word)
{
	const struct cadre_shm_metric *old;
	int err, i;

	if (!name_good(b->name) ||
	    strlen(b->unit) >= sizeof(((struct cadre_shm_metric *)0)->unit))
		return cadre__fail(-EINVAL, "a metric's name is 1 to 63 "
		    "letters, digits or _, its unit up to 15 bytes");
	i = metric_find(m, b->name);
	if (i < 0)
		return value_append(m, b, ret_word);
	err = metrics_window(m);
	if (err < 0)
		return err;
	old = &m->metrics[i];
	if (old->kind != b->kind || strcmp(old->unit, b->unit) != 0 ||
	    old->offset < sizeof(struct cadre_shm_slot))
		return cadre__fail(-EEXIST, "metric %s exists as something "
		    "else; choose another name", b->name);
	*ret_word = m->window + old->offset;
	return 0;
}

static int
declare(struct cadre_master *m, struct builtin *b, void **ret_word)
{
	if (m->in_worker)
		return -EPERM;
	if (m->started)
		return cadre__fail(-EBUSY, "metric %s: declare it before the "
		    "start", b->name != NULL ? b->name : "");
	return word_of(m, b, ret_word);
}

/*
 * Rows are never taken back, so a worker that declares without end uses them
 * up: others keep what they have, and new names are refused.
 */
int
metrics_add(struct cadre_master *m, const struct cadre__frame_declare *d,
    uint64_t *ret_offset)
{
	struct builtin b = {
		.name = d->name,
		.unit = d->unit,
		.help = d->help,
		.kind = d->kind,
		.on_death = d->kind == CADRE_KIND_GAUGE ? CADRE_ON_DEATH_ZERO :
		    CADRE_ON_DEATH_KEEP,
	};
	unsigned int before = m->nmetrics;
	void *word = NULL;
	int err;

	if (d->kind != CADRE_KIND_COUNTER && d->kind != CADRE_KIND_GAUGE)
		return cadre__fail(-EINVAL, "metric %s: no kind %u can be "
		    "declared", d->name, d->kind);
	err = word_of(m, &b, &word);
	if (err == 0 && m->nmetrics > before)
		err = cadre__anchor_metric(m->anchor, &m->metrics[before]);
	if (err < 0)
		return err;
	*ret_offset = (uint64_t)((char *)word - m->window);
	return 0;
}

static void *
declare_as(struct cadre_master *m, const char *name, const char *unit,
    const char *help, uint32_t kind, uint32_t on_death, int *ret_err)
{
	struct builtin b = {
		.name = name,
		.unit = unit != NULL ? unit : "",
		.help = help != NULL ? help : "",
		.kind = kind,
		.on_death = on_death,
	};
	void *word = NULL;

	*ret_err = declare(m, &b, &word);
	return word;
}

int
cadre_master_counter(struct cadre_master *m, const char *name,
    const char *unit, const char *help, struct cadre_counter **ret_counter)
{
	int err;
	void *word = declare_as(m, name, unit, help, CADRE_KIND_COUNTER,
	    CADRE_ON_DEATH_KEEP, &err);

	if (err == 0)
		*ret_counter = word;
	return err;
}

int
cadre_master_gauge(struct cadre_master *m, const char *name,
    const char *unit, const char *help, struct cadre_gauge **ret_gauge)
{
	int err;
	void *word = declare_as(m, name, unit, help, CADRE_KIND_GAUGE,
	    CADRE_ON_DEATH_ZERO, &err);

	if (err == 0)
		*ret_gauge = word;
	return err;
}

int
cadre_master_slot_bytes(struct cadre_master *m, size_t values_bytes)
{
	if (m->in_worker)
		return -EPERM;
	if (values_bytes < sizeof(app_builtins) / sizeof(app_builtins[0]) *
	    sizeof(uint64_t) || values_bytes > VALUES_BYTES_MAX)
		return cadre__fail(-EINVAL, "a slot's values are 16 bytes to "
		    "%d", VALUES_BYTES_MAX);
	if (m->window != NULL)
		return cadre__fail(-EBUSY, "the size of a slot is set before "
		    "the first metric is declared");
	m->values_bytes = values_bytes;
	return 0;
}

/* requests and errors are the first two words, whenever the window comes. */
int
metrics_begin(struct cadre_master *m)
{
	int err = 0;

	m->values_bytes = VALUES_BYTES;
	for (size_t i = 0; i < sizeof(builtins) / sizeof(builtins[0]) &&
	    err == 0; i++)
		err = metric_append(m, &builtins[i]);
	for (size_t i = 0; i < sizeof(app_builtins) / sizeof(app_builtins[0]) &&
	    err == 0; i++) {
		struct builtin b = { app_builtins[i].name, "",
			app_builtins[i].help, CADRE_KIND_COUNTER,
			CADRE_ON_DEATH_KEEP,
			sizeof(struct cadre_shm_slot) + m->values_used };

		err = metric_append(m, &b);
		m->values_used += sizeof(uint64_t);
	}
	return err;
}

void
metrics_shape(const struct cadre_master *m, struct cadre__shape *shape)
{
	shape->max_workers = m->nseats;
	shape->values_bytes = m->values_bytes;
	shape->listeners = CADRE_LISTENERS_MAX;
	shape->publish_bytes = m->nseats > PUBLISH_SEATS_MAX ? 0 :
	    (size_t)option(m, CADRE_PUBLISH_BYTES);
}

int
metrics_publish(struct cadre_master *m)
{
	int err = 0;

	for (unsigned int i = 0; i < m->nmetrics && err >= 0; i++)
		err = cadre__anchor_metric(m->anchor, &m->metrics[i]);
	return err < 0 ? cadre__fail(err, "too many metrics for the schema") : 0;
}

void
metrics_free(struct cadre_master *m)
{
	if (m->window != NULL)
		munmap(m->window, m->window_bytes);
	m->window = NULL;
	free(m->metrics);
	m->metrics = NULL;
}

uint64_t
metrics_offset(const struct cadre_master *m, const char *name)
{
	int i = metric_find(m, name);

	return i < 0 ? 0 : m->metrics[i].offset;
}
