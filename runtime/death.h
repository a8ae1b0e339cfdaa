/* SPDX-License-Identifier: BSD-2-Clause */
/* The end of a life: told, and what comes of it. Actions of seat.c's table. */
#ifndef RUNTIME_DEATH_H
#define RUNTIME_DEATH_H

#include "runtime/seat.h"

enum input death_bury(struct cadre_master *, struct seat *, struct life *,
	    uint64_t now_ns);
	/* Unwanted. DUE: another at once; NOTHING: later; TOO_OFTEN; FINISHED. */
enum input death_retire(struct cadre_master *, struct seat *, struct life *,
	    uint64_t now_ns);
	/* Wanted, and so no more than told. */

#endif
