/* SPDX-License-Identifier: BSD-2-Clause */
/* Chance that a number can bring back: the same seed, the same throws. */
#ifndef T_SEQUENCE_DICE_H
#define T_SEQUENCE_DICE_H

#include <stdbool.h>
#include <stdint.h>

extern uint64_t dice_state;	/* the seed, before the first throw */

/* splitmix64: any seed is a good one. */
static inline uint64_t
dice_word(void)
{
	uint64_t z = dice_state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

/* 0 … n - 1. */
static inline unsigned int
dice(unsigned int n)
{
	return (unsigned int)(dice_word() % n);
}

static inline bool
dice_once_in(unsigned int n)
{
	return dice(n) == 0;
}

#endif
