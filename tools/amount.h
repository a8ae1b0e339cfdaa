/* SPDX-License-Identifier: BSD-2-Clause */
/* Amounts as people write them: 512M, 1.5G, 50us, 90s, 12h, 1000,20%. */
#ifndef TOOLS_AMOUNT_H
#define TOOLS_AMOUNT_H

#include <stdbool.h>
#include <stdint.h>

bool	amount_bytes(const char *text, int64_t most, int64_t *ret_bytes);
	/* A number with K, M, G or T behind it, of 1,024 each, or nothing. */
bool	amount_ms(const char *text, int64_t most, int64_t *ret_ms,
	    int64_t *ret_jitter);
	/* With ms, s, m, h or d; alone it is seconds. */
bool	amount_us(const char *text, int64_t most, int64_t *ret_us);
	/* The same with us as well, and no jitter; less than 1us is none. */
bool	amount_count(const char *text, int64_t most, int64_t *ret_count,
	    int64_t *ret_jitter);
	/*
	 * Of ms and count *ret_jitter is the percentage after a comma, 0 to 100,
	 * and stays as it is without one. False: not of this kind, or more
	 * than `most`.
	 */

#endif
