/* SPDX-License-Identifier: BSD-2-Clause */
/* A probe as it is typed: a command, or http:PATH. */
#ifndef TOOLS_PROBE_H
#define TOOLS_PROBE_H

#include <cadre/master.h>

#include "tools/verb.h"

int probe_parse(const struct verb *, const char *text,
    char command[CADRE_PROBE_BYTES]);
	/*
	 * The command, as cadre_master_probe() takes it: of http:PATH that is
	 * the http-probe that belongs to this cadre. 0, or EXIT_USAGE or
	 * EXIT_FAILED, said.
	 */

#endif
