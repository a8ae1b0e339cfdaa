/* SPDX-License-Identifier: BSD-2-Clause */
/* An app whose program has versions: see t/lib/web.c. */
#ifndef T_DEPLOY_H
#define T_DEPLOY_H

#include "t/lib/app.h"

void	web_deploy(const char *what);
	/* Put that version in the place of the program, by rename(2). */
struct app *web_start(int workers, const char *options);
	/*
	 * In probe_dir(), the working directory from then on: deploy "ok-a",
	 * and start it with a listener of these options, min_uptime 100 ms,
	 * ready timeout 1 s and probe timeout 1 s. All workers are ready.
	 */
bool	web_answers(const struct app *, const char *what);
	/* Does one connection get that for its answer? */
const char *web_probe(void);
	/* The command that asks for / over HTTP. */

#endif
