/* SPDX-License-Identifier: BSD-2-Clause */
/* Who asks, said as a reverse proxy says it. */
#ifndef BENCH_LOAD_PROXY_H
#define BENCH_LOAD_PROXY_H

#include <stddef.h>
#include <stdint.h>

#define LOAD_PROXY_BYTES	64

size_t load_proxy_header(char to[LOAD_PROXY_BYTES], unsigned int version,
    uint64_t number);
	/*
	 * A PROXY header of version 1 or 2, of the client 10.0.0.0 + number,
	 * which begins again after 2^24. Its length.
	 */

#endif
