/* SPDX-License-Identifier: BSD-2-Clause */
/* Which variables of the master's a worker gets. */
#ifndef RUNTIME_ENVIRONMENT_H
#define RUNTIME_ENVIRONMENT_H

#include <stdbool.h>
#include <stddef.h>

#include <cadre/master.h>

struct identity;

struct environment {		/* all 0: all of them */
	bool		clean;		/* none but these: */
	char		*pass[CADRE_ENV_MAX];
	unsigned int	passes;
};

int	environment_clean(struct environment *, const char *pass);
	/* -errno as cadre_master_clean_env(); as before then. */
void	environment_free(struct environment *);
bool	environment_passes(const struct environment *,
	    const struct identity *, const char *variable, size_t name_bytes);
	/* Does a worker of that identity get this variable? */
int	environment_take(const struct environment *, const struct identity *,
	    const char *app_dir);
	/*
	 * In a forked worker: leave those out, add the user's and, if it is
	 * clean, where apps are found. 0, -ENOMEM.
	 */

#endif
