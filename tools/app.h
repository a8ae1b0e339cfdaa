/* SPDX-License-Identifier: BSD-2-Clause */
/* An app as it is typed: flags and a program, and the master they make. */
#ifndef TOOLS_APP_H
#define TOOLS_APP_H

#include <stdbool.h>
#include <stdint.h>

#include <cadre/cadre.h>

#include "tools/intake.h"
#include "tools/privileges.h"
#include "tools/verb.h"

struct app {
	const struct verb *verb;
	const char	*name;
	int		instances;	/* as cadre_master_program() takes it */
	const char	*listen[CADRE_LISTENERS_MAX]; /* ADDRESS[,OPTION]... */
	unsigned int	listens;
	const char	*env[CADRE_ENV_MAX];
	unsigned int	envs;
	int64_t		value[CADRE_OPTIONS];
	bool		given[CADRE_OPTIONS];	/* value[] counts */
	struct intake	intake;		/* the same of connections */
	char		probe[CADRE_PROBE_BYTES]; /* "": none */
	const char	*stop_codes;	/* NULL: none but the library's */
	struct privileges_flags privileges;
	const char	*log_dir;	/* NULL: the usual one */
	char		**argv;		/* the program and its arguments */
	bool		help;		/* was asked for, and printed */
};

int app_flags(struct app *, const struct verb *, int argc, char **argv);
	/*
	 * Read the command line into it; the texts stay argv's. 0, or
	 * EXIT_USAGE, and what is wrong is said. With `help` set the rest is
	 * not there.
	 */
int app_make(const struct app *, struct cadre_master **ret_master);
	/* A master for it, not started. 0, or an exit code, said. */
int app_exit(int err);
	/*
	 * The exit code for what the library refuses: EXIT_USAGE for -EINVAL
	 * and -EOPNOTSUPP (a mode that the program cannot do), else
	 * EXIT_FAILED.
	 */

#endif
