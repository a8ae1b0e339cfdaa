/* SPDX-License-Identifier: BSD-2-Clause */
/* What `cadre doctor` says of a machine, or an app, that a test made ill. */
#ifndef T_DOCTOR_H
#define T_DOCTOR_H

#include <jansson.h>

#include "t/lib/command.h"

int	doctor(struct command *, void (*prepare)(void), const char *app,
	    json_t **ret_report);
	/*
	 * Run it with -j in a child that has called prepare() first. Its exit
	 * code, or -1 if that is not what the report's counts say, or there is
	 * none. Both `prepare` and `app` may be NULL.
	 */
const char *doctor_found(json_t *report, const char *check);
	/* What was found, or NULL. */
void	doctor_is(json_t *report, const char *check, const char *state,
	    const char *found, const char *remedy);
	/*
	 * One result: its state, and parts of its texts. remedy NULL: none is
	 * given.
	 */
int	doctor_worse(json_t *before, json_t *report, const char *but);
	/* How many checks but that one fail, and did not before. */
void	doctor_refuse(long call, long arg, long value);
	/*
	 * For prepare(): from here on a seccomp filter refuses this system call
	 * (EPERM), or with arg ≥ 0 only if that argument has this value.
	 */

#endif
