/* SPDX-License-Identifier: BSD-2-Clause */
/* The acceptor as the master has it: born, told the routes, replaced, ended. */
#ifndef RUNTIME_ACCEPTOR_H
#define RUNTIME_ACCEPTOR_H

#include "runtime/master.h"

int	acceptor_open(struct cadre_master *);
	/* Make the hand-overs of all seats and fork it. 0 or -errno. */
void	acceptor_routes(struct cadre_master *, uint32_t unserved);
	/*
	 * Tell it which seats may be given connections (m->chosen), and which
	 * listeners have a queue that nobody serves, a bit each.
	 */
void	acceptor_ready(struct cadre_master *, uint32_t index, uint32_t serial,
	    uint32_t events);
	/* Its pidfd, or its control channel. */
void	acceptor_due(struct cadre_master *, uint64_t now_ns);
	/* Respawn it, or go on with a stop, when the time has come. */
void	acceptor_mend(struct cadre_master *, unsigned int seat);
	/* Before a spawn: are the seat's hand-overs whole? */
void	acceptor_tick(struct cadre_master *);
	/* On the base tick: say again what could not be said. */
uint64_t acceptor_deadline(const struct cadre_master *);
bool	acceptor_finishes(struct cadre_master *);
	/*
	 * At a stop: have it hand over what waits. True: workers shall be told
	 * when it has (master_drain()).
	 */
void	acceptor_close(struct cadre_master *);
	/* End it, and close the hand-overs. */
struct handover *acceptor_handover(const struct cadre_master *,
	    unsigned int seat, unsigned int listener);

#endif
