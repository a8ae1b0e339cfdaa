/* SPDX-License-Identifier: BSD-2-Clause */
/* Who connects to the app's socket: observers, and cadre(1). */
#ifndef RUNTIME_CLIENTS_H
#define RUNTIME_CLIENTS_H

#include "runtime/master.h"

int	clients_open(struct cadre_master *);
	/* Begin to listen in the runtime directory. 0 or -errno. */
void	clients_sock(struct cadre_master *);
	/* Somebody knocks. */
void	clients_tick(struct cadre_master *);
	/* On the base tick: listen on `sock` again, after a want of
	   descriptors. */
void	client_ready(struct cadre_master *, uint32_t index, uint32_t serial,
	    uint32_t events);
	/* A request, or room for the rest of a reply. */
void	clients_reloaded(struct cadre_master *, uint32_t number, int err,
	    const char *why);
	/* That reload or restart is over: tell those who asked for it. */
void	clients_close(struct cadre_master *);

#endif
