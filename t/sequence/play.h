/* SPDX-License-Identifier: BSD-2-Clause */
/* Lives of masters, from start to end, by dice. */
#ifndef T_SEQUENCE_PLAY_H
#define T_SEQUENCE_PLAY_H

#include <stdint.h>

int	play_all(int argc, char **argv, uint64_t n);
	/*
	 * The whole test: n sequences, or as its arguments say, SEED [HOW-MANY].
	 * Of one alone each input is told, so that it can be looked at. The
	 * first claim that is broken ends it, and names the seed.
	 */

#endif
