/* SPDX-License-Identifier: BSD-2-Clause */
/* The life of a seat: states, and what happens to a worker in each. */
#ifndef RUNTIME_SEAT_H
#define RUNTIME_SEAT_H

#include "runtime/master.h"

enum input {
	NOTHING,
	DUE,			/* a worker is wanted, or its backoff is over */
	READY,
	EXITED,
	LATE,			/* the deadline of its state has passed */
	STOP,
	HUNG,			/* stalled past the hang limit */
	OVERDUE,		/* a request of it is past its deadline */
	FELLED,			/* over a limit that allows no delay */
	KILL,
	ASK,			/* from `join`: a probe comes first */
	UNFIT,			/* from `join`: its listeners need libcadre */
	TOO_OFTEN,		/* from death_bury(): no further try */
	FINISHED,		/* from death_bury(): its code asks for none */
	FAILED,			/* from `begin`: it could not be forked */
	INPUTS
};

/* The life that stands for the seat. */
static inline struct life *
seat_newest(struct seat *s)
{
	return &s->lives[s->newest];
}

/* The life of this generation; NULL: it is over. */
static inline struct life *
seat_life(struct seat *s, uint64_t generation)
{
	for (int k = 0; k < CADRE_SLOTS_PER_SEAT; k++)
		if (s->lives[k].row.generation == generation)
			return &s->lives[k];
	return NULL;
}

/* In the other slot: who comes, or who goes. */
static inline struct life *
seat_other(struct seat *s)
{
	return &s->lives[1 - s->newest];
}

/*
 * It has another worker that is up: in a reload or a recycling the two are for
 * a moment, or as long as the canary proves itself.
 */
static inline bool
seat_spares(const struct seat *s, const struct life *l)
{
	return s->lives[1 - (l - s->lives)].row.state == CADRE_STATE_UP;
}

/* It is beside the one that serves, and not ready yet. */
static inline bool
seat_awaits(const struct seat *s, const struct life *l)
{
	return s->successor && l != &s->lives[s->newest];
}

void	seat_input(struct cadre_master *, struct seat *, struct life *,
	    enum input, uint64_t now_ns);
	/* Do what the table says; the region gets a copy of the new state. */
void	seat_attached(struct cadre_master *, struct seat *, struct life *);
	/* It uses libcadre: it says itself when it is ready. */
void	seat_say_drain(struct cadre_master *, struct seat *, struct life *);
	/* The DRAIN frame, with the deadline of its state. */
void	seats_due(struct cadre_master *, uint64_t now_ns);
	/* Inputs that time alone brings: DUE and LATE. */
uint64_t seats_deadline(const struct cadre_master *);
	/* When that will be next; UINT64_MAX: never. */
int	seats_signal(struct cadre_master *, uint32_t seat, int number);
	/*
	 * Send it to the worker that stands for the seat, or, CADRE_NO_SEAT,
	 * to every one. 0; -EINVAL: no such signal; -ENOENT: no such seat;
	 * -ESRCH: it has no worker; -errno of pidfd_send_signal(2), the last
	 * of several: the others got it.
	 */
int	seats_drain(struct cadre_master *);
	/*
	 * All workers finish and end, and the master stays: a reload or restart
	 * brings others, a scaling only those that it adds, a reset none. Ends
	 * the reload that runs. 0; -EBUSY: it stops; -EINVAL: not started;
	 * -EPERM: in a worker.
	 */
unsigned int seats_living(const struct cadre_master *);
	/* Workers that are not reaped yet, in whatever state. */

#endif
