/* SPDX-License-Identifier: BSD-2-Clause */
/* A master at its socket, and what it may answer. */
#ifndef T_SOCK_H
#define T_SOCK_H

#include "t/lib/sample.h"

enum answer {
	ANSWER_GOOD, ANSWER_BY_ONE, ANSWER_NO_ANCHOR, ANSWER_TWICE,
	ANSWER_TOO_FEW, ANSWER_SKIPS, ANSWER_NOT_OURS, ANSWER_REFUSES,
	ANSWER_HANGS_UP,
};

void sock_answer(const struct sample *, int sock, enum answer how)
    __attribute__((noreturn));
	/* One client of the listening socket, until it goes; then exit. */

#endif
