/* SPDX-License-Identifier: BSD-2-Clause */
/* A target's committed corpus, run through it once more, by any compiler. */
#ifndef T_FUZZ_REPLAY_H
#define T_FUZZ_REPLAY_H

int replay(const char *corpus);
	/*
	 * Every file of t/fuzz/corpus/NAME, whole and cut short at every byte.
	 * The exit status of a test; a finding ends it at once.
	 */

#endif
