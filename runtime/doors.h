/* SPDX-License-Identifier: BSD-2-Clause */
/* The doors of a master's seats, and when they are open. */
#ifndef RUNTIME_DOORS_H
#define RUNTIME_DOORS_H

#include "runtime/master.h"

int	doors_add(struct cadre_master *, const char *address,
	    const char *options);
	/* cadre_master_seat_listen(). */
void	doors_open(struct cadre_master *);
	/* The sockets were made. */
void	doors_publish(struct cadre_master *, unsigned int seat);
	/* In the region: it is open, or not. */
void	doors_before_spawn(struct cadre_master *, struct seat *);
	/* Its worker shall find sockets that listen. */
void	doors_before_drain(struct cadre_master *, struct seat *,
	    const struct life *);
	/* Before it accepts for the last time nobody new shall come. */
void	doors_look(struct cadre_master *, uint64_t now_ns);
	/* Each turn: open and shut what the seats' states ask for. */
uint64_t doors_deadline(const struct cadre_master *);
	/* When to look again, whatever happens; UINT64_MAX: never. */
void	doors_check(struct cadre_master *);
	/* On the base tick: a worker can shut, or open, a socket. */

#endif
