/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * JSON out of shared memory: counts stay whole numbers, untrusted bytes become
 * valid text, what is not known is null. One object, one line.
 */
#ifndef TOOLS_JSON_H
#define TOOLS_JSON_H

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

#include <cadre/region.h>

json_t *json_u64(uint64_t);
	/* Exact up to 2^63 - 1, which also stands for all above. */
json_t *json_u64_if(bool known, uint64_t);
json_t *json_part_if(bool known, double part, double scale);
	/* part * scale with two decimals. */
json_t *json_bytes(const char *bytes, size_t n);
	/* Text that a NUL or n ends; what is not UTF-8 is escaped as \xNN. */
json_t *json_values(const struct cadre_region *, const uint64_t *values,
    unsigned int n, bool totals);
	/*
	 * { name: value, … } of the first n metrics; as totals without those
	 * that have no meaning over slots.
	 */
json_t *json_unknown(json_t *values);
	/* The same names with null each: figures that nobody gave. */
json_t *json_listeners(const struct cadre_region *, uint64_t now_ns);
json_t *json_health(const struct cadre_shm_health *,
    const struct cadre_shm_health *before, bool live);
	/*
	 * One record; before may be NULL, then its difference is null. live: it
	 * is made of live words.
	 */
bool json_set(json_t *object, const char *key, json_t *value);
	/* Takes the value; NULL fails, and leaves the object unusable. */
int json_print(json_t *);
	/* On standard output, then let go of it. 0, or -ENOMEM if NULL. */

#endif
