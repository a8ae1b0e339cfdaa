/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Workers without a process. A program that links puppet.c has the master's
 * fork, kill and wait replaced by the linker (puppet_calls in sequence.mk),
 * and its clock, its timer and its dice besides: a master then is a function
 * of what the test does, and an hour of its life takes a millisecond. All else
 * is real: the epoll, the channels, the signals, the region, the files.
 */
#ifndef T_SEQUENCE_PUPPET_H
#define T_SEQUENCE_PUPPET_H

#include "runtime/master.h"

#define PUPPETS_MAX	32

struct puppet {
	unsigned int	slot;
	uint64_t	generation;	/* 0: there is none */
	int		pidfd;		/* the master's: an eventfd, 1 at the end */
	int		control;	/* its own end; -1: closed */
	bool		dead;		/* and not reaped */
	bool		killed;		/* it will end, whatever it wants */
	bool		told;		/* to finish */
	bool		immune;		/* to signals: it has another uid */
	int		status;		/* of its end: code, or -signal */
};

extern struct puppet puppets[PUPPETS_MAX];
extern uint64_t puppet_now_ns;	/* CLOCK_MONOTONIC */
extern bool puppet_calm;	/* no fork and no kill fails */

void	puppets_begin(void);
	/* None is there; time goes on from where it was. */
struct puppet *puppet_any(bool (*is)(const struct puppet *));
	/* One of those that live and are so; NULL: none. */
struct puppet *puppet_of(const struct life *);
	/* The one whose pidfd that is; NULL: none. */
void	puppet_ready(struct puppet *);
void	puppet_attach(struct puppet *);
void	puppet_babble(struct puppet *);
	/* A frame that no worker sends. */
void	puppet_end(struct puppet *, int status);
	/* The master learns of it in its next turn. */
void	puppets_listen(void);
	/* Read what they were told. */

#endif
