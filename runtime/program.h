/* SPDX-License-Identifier: BSD-2-Clause */
/* The program that workers are: its file, its arguments, its variables. */
#ifndef RUNTIME_PROGRAM_H
#define RUNTIME_PROGRAM_H

#include <cadre/master.h>

struct program {
	char		*path;		/* NULL: workers are a function */
	char		**argv;		/* ours, with the final NULL */
	char		*env[CADRE_ENV_MAX]; /* NAME=VALUE, ours */
	unsigned int	nenv;
};

int	program_set(struct program *, const char *const *argv);
	/* Find it and check it; -errno as cadre_master_program(). */
int	program_check(const struct program *);
	/* Could it be executed now? -errno as program_set(). */
int	program_assign(struct program *, const char *assignment);
	/* One variable; -errno as cadre_master_env(). */
void	program_free(struct program *);

#endif
