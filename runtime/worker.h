/* SPDX-License-Identifier: BSD-2-Clause */
/* The worker's own state, and what it is born with. */
#ifndef RUNTIME_WORKER_H
#define RUNTIME_WORKER_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#include <sys/types.h>

#include <cadre/master.h>

#include "runtime/channel.h"
#include "runtime/intake.h"
#include "runtime/mailbox.h"
#include "runtime/sticky-worker.h"

#define EXIT_SETUP	71	/* EX_OSERR: the runtime's part failed */

struct worker_birth {
	unsigned int	seat;
	uint64_t	generation;
	void		*slot;		/* mapped read-write */
	const void	*anchor;	/* mapped read-only */
	const struct cadre_shm_assigned *assigned; /* the row of its slot */
	const char	*table;		/* the anchor of these slots, … */
	size_t		rows;		/* … and its slot table there */
	const char	*const *slots;	/* of all, read-only; NULL: not at hand */
	unsigned int	nslots, slot_number, which;
	const int	*cords;		/* of seats; ncords 0: not at hand */
	unsigned int	ncords;
	int		bell;		/* of ours */
	struct intake_birth listeners[CADRE_LISTENERS_MAX];
	struct intake_limits limits;
	unsigned int	nlisteners;
	int		control;	/* the worker's ends */
	int		messages;
	size_t		slot_bytes;
	uint64_t	health_interval_ns;
	uint64_t	drain_ns;	/* 0: no drain timeout */
	uint64_t	busy_poll_ns;	/* it looks, before it sleeps */
	struct cadre__frame_limits messages_limits;
	sigset_t	mask;		/* the application's */
	pid_t		master;
	bool		exec;		/* it attached, it was not forked */
	bool		held;		/* it takes only what it is given alone */
	struct cadre_worker *worker;	/* set by worker_begin() */
};

int	worker_begin(struct worker_birth *);
	/*
	 * In the worker, when only what it may keep is open: signals, timer,
	 * the slot's begin, the handle. 0 or -errno.
	 */
struct channel *worker_control(struct cadre_worker *);
struct cadre__slot *worker_slot(struct cadre_worker *);
struct topics *worker_topics(struct cadre_worker *);
const struct intakes *worker_intakes(const struct cadre_worker *);
bool	worker_attached(const struct cadre_worker *);
const struct homes *worker_homes(const struct cadre_worker *);
int	worker_word(struct cadre_worker *, uint64_t offset, void **ret_word);
	/* The word at this offset of its slot; -EPROTO: there is none. */
void	worker_frame(struct cadre_worker *, const struct cadre__frame *,
	    const void *body);
	/* A frame of the master's that nobody asked for. */
void	worker_hears(struct cadre_worker *, const struct cadre__frame *,
	    const void *body, const int *fds, unsigned int nfds);
	/* The same, with the descriptors that came: used or closed. */

#endif
