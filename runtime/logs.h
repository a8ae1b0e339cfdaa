/* SPDX-License-Identifier: BSD-2-Clause */
/* Workers' output: seat-N.log, written by them alone. */
#ifndef RUNTIME_LOGS_H
#define RUNTIME_LOGS_H

#include "runtime/master.h"

int	logs_open(struct cadre_master *);
	/* Find or make the directory. 0 or -errno, cadre_error() tells. */
int	log_begin(struct cadre_master *, struct seat *, struct life *);
	/* Open the seat's file if it is not, note where this life begins. */
uint32_t log_tail(const struct seat *, const struct life *, char *text,
	    size_t bytes);
	/* The last whole lines of this life that fit: a bounded read. */
void	logs_reopen(struct cadre_master *);
	/*
	 * Open the files of all seats anew, by their names. Workers that use
	 * libcadre are given the new one; others keep what they have, and an
	 * event says so.
	 */
void	logs_check(struct cadre_master *);
	/* On the base tick: cut files that grew past the limit. */
void	logs_close(struct cadre_master *);
	/* Close; remove the files if they stand in the runtime directory. */

#endif
