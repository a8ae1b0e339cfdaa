/* SPDX-License-Identifier: BSD-2-Clause */
/* The socket on which a program says READY=1, as sd_notify(3) does. */
#ifndef RUNTIME_NOTIFY_H
#define RUNTIME_NOTIFY_H

#include <stddef.h>
#include <stdint.h>

struct cadre_master;
struct life;
struct seat;

int	notify_open(struct cadre_master *, struct seat *, struct life *);
	/*
	 * A socket of this life's own in the runtime directory, or an abstract
	 * one where that path is too long for an address. 0 or -errno.
	 */
void	notify_close(struct cadre_master *, struct seat *, struct life *);
int	notify_address(const struct cadre_master *, const struct life *,
	    char *text, size_t bytes);
	/* For NOTIFY_SOCKET; 0 or -errno. */
void	notify_tick(struct cadre_master *);
	/* On the base tick: listen again where a stranger had spoken. */
void	notify_ready(struct cadre_master *, struct seat *, struct life *);
	/* Read one message; only the worker's process group is believed. */

#endif
