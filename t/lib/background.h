/* SPDX-License-Identifier: BSD-2-Clause */
/* An app under test that `cadre start` has put into the background; app.h. */
#ifndef T_BACKGROUND_H
#define T_BACKGROUND_H

#include "t/lib/app.h"

struct app *background_new(void);
	/*
	 * Its directory alone, for a program to be written there; its name
	 * will be `app`.
	 */
void	background_start(struct app *, const char *const words[]);
	/*
	 * `cadre start -n app -l tcp:127.0.0.1:0 WORDS…`; bails out if that
	 * fails. The test becomes a subreaper, so that the master is a child
	 * of it as in other tests.
	 */
#define BACKGROUND_START(a, ...)					\
	background_start((a), (const char *const[]){ __VA_ARGS__, NULL })

#endif
