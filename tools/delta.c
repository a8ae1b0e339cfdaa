/* SPDX-License-Identifier: BSD-2-Clause */
/* What happened between two records of a slot's health ring. */
#include <stddef.h>

#include "tools/delta.h"

bool
delta_of(const struct cadre_shm_health *a, const struct cadre_shm_health *b,
    struct delta *ret_delta)
{
	if (a == NULL || b->mono_ns <= a->mono_ns || b->turns < a->turns ||
	    b->busy_ns < a->busy_ns || b->accepted < a->accepted ||
	    b->requests < a->requests || b->errors < a->errors)
		return false;
	*ret_delta = (struct delta){
		.span_ns = b->mono_ns - a->mono_ns,
		.turns = b->turns - a->turns,
		.busy_ns = b->busy_ns - a->busy_ns,
		.accepted = b->accepted - a->accepted,
		.requests = b->requests - a->requests,
		.errors = b->errors - a->errors,
	};
	return true;
}

double
delta_per_s(const struct delta *d, uint64_t n)
{
	return (double)n / ((double)d->span_ns / 1e9);
}
