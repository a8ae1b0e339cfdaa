/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A second thread that changes words while the first reads them. It lives as
 * long as the process and idles between two inputs.
 */
#ifndef T_FUZZ_LIAR_H
#define T_FUZZ_LIAR_H

#include "t/fuzz/small.h"

void liar_begin(const struct small_lie *lies, unsigned int n);
	/* From here on each word is the lie and what it was, in turn. */
void liar_end(void);
	/*
	 * It will stop, and is not waited for: a last store into one of these
	 * words may still come. So they stay where they are for ever.
	 */

#endif
