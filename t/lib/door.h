/* SPDX-License-Identifier: BSD-2-Clause */
/* A master's door and what may stand behind it. */
#ifndef T_DOOR_H
#define T_DOOR_H

#include "t/lib/sample.h"

enum door {
	DOOR_GOOD, DOOR_BY_ONE, DOOR_NO_ANCHOR, DOOR_TWICE, DOOR_TOO_FEW,
	DOOR_SKIPS, DOOR_NOT_OURS, DOOR_REFUSES, DOOR_HANGS_UP,
};

void door_answer(const struct sample *, int door, enum door how)
    __attribute__((noreturn));
	/* One client of the listening socket, until it goes; then exit. */

#endif
