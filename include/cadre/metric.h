/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Counters and gauges: words of the worker's own slot.
 *
 * A handle comes from cadre_master_counter() or cadre_master_gauge() before
 * the first fork and is used, unchanged, by every worker. In the master it
 * leads to scratch memory: a call there is lost, and harmless. Handles belong
 * to the master's region; nobody frees them. After cadre_master_free() they
 * dangle. A program that attached gets its own from cadre_worker_counter() or
 * cadre_worker_gauge(), for as long as it lives.
 *
 * A slot has one writer, so the plain calls are a load and a store. They are
 * for one thread; in a signal handler, or from several threads that share a
 * metric, use the _mt calls for that metric everywhere.
 */
#ifndef CADRE_METRIC_H
#define CADRE_METRIC_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#ifndef CADRE_INLINE
#define CADRE_INLINE static inline
#endif

struct cadre_counter {		/* only ever grows; see layout.h */
	uint64_t	value;
};

struct cadre_gauge {		/* goes up and down; 0 when its worker is gone */
	int64_t		value;
};

/*
 * Relaxed: a counter tells how many, never what else is visible. A kill
 * between load and store loses this add and nothing else.
 */
CADRE_INLINE void
cadre_counter_add(struct cadre_counter *c, uint64_t n)
{
	uint64_t v = __atomic_load_n(&c->value, __ATOMIC_RELAXED);

	__atomic_store_n(&c->value, v + n, __ATOMIC_RELAXED);
}

/* The same from several threads: one locked add. */
CADRE_INLINE void
cadre_counter_add_mt(struct cadre_counter *c, uint64_t n)
{
	__atomic_fetch_add(&c->value, n, __ATOMIC_RELAXED);
}

/* The running total of this slot: of this worker and those before it. */
CADRE_INLINE uint64_t
cadre_counter_read(const struct cadre_counter *c)
{
	return __atomic_load_n(&c->value, __ATOMIC_RELAXED);
}

CADRE_INLINE void
cadre_gauge_set(struct cadre_gauge *g, int64_t v)
{
	__atomic_store_n(&g->value, v, __ATOMIC_RELAXED);
}

CADRE_INLINE void
cadre_gauge_add(struct cadre_gauge *g, int64_t n)
{
	int64_t v = __atomic_load_n(&g->value, __ATOMIC_RELAXED);

	__atomic_store_n(&g->value, v + n, __ATOMIC_RELAXED);
}

/* The same from several threads: one locked add. */
CADRE_INLINE void
cadre_gauge_add_mt(struct cadre_gauge *g, int64_t n)
{
	__atomic_fetch_add(&g->value, n, __ATOMIC_RELAXED);
}

CADRE_INLINE int64_t
cadre_gauge_read(const struct cadre_gauge *g)
{
	return __atomic_load_n(&g->value, __ATOMIC_RELAXED);
}

#ifdef __cplusplus
}
#endif
#endif
