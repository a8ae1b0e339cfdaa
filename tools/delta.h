/* SPDX-License-Identifier: BSD-2-Clause */
/* What happened between two records of a slot's health ring. */
#ifndef TOOLS_DELTA_H
#define TOOLS_DELTA_H

#include <stdbool.h>
#include <stdint.h>

#include <cadre/layout.h>

struct delta {
	uint64_t	span_ns;	/* never 0 */
	uint64_t	turns, busy_ns, accepted, requests, errors;
};

bool delta_of(const struct cadre_shm_health *before,
    const struct cadre_shm_health *now, struct delta *ret_delta);
	/*
	 * False if nothing can be said: before is NULL, or the figures do not
	 * go up, as they do in a sound ring. The first record of a life holds
	 * what the life before did after its last one.
	 */
double delta_per_s(const struct delta *, uint64_t n);

#endif
