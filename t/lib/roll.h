/* SPDX-License-Identifier: BSD-2-Clause */
/* Who of four workers has got what was broadcast: each tells the master. */
#ifndef T_ROLL_H
#define T_ROLL_H

#include "t/lib/post.h"

#define ROLL_WORKERS	4
#define ROLL_LONG	70000

enum { ROLL_SHORT = 1, ROLL_LARGE, ROLL_GO };

extern char roll_bytes[ROLL_LONG];	/* 3 of them are ROLL_SHORT */
extern int roll_came[ROLL_WORKERS];	/* since the last roll_each() */

void	roll_start(cadre_message_fn *go);
	/* An app; in its workers `go` is the handler of ROLL_GO. */
bool	roll_each(int a, int b, int c, int d);
	/* Dispatch until each seat has had so many, and no more. */

#endif
