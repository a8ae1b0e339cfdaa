/* SPDX-License-Identifier: BSD-2-Clause */
/* Leave a line for cadre_error(): what failed, why, what to type. */
#ifndef SHM_FAIL_H
#define SHM_FAIL_H

int cadre__fail(int err, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
	/* Keep the line with `err` (negative) for this thread; returns err. */

#endif
