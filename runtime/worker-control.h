/* SPDX-License-Identifier: BSD-2-Clause */
/* A worker's handle, and its end of the channel: worker.c and -control.c. */
#ifndef RUNTIME_WORKER_CONTROL_H
#define RUNTIME_WORKER_CONTROL_H

#include <sys/stat.h>

#include "runtime/topics.h"
#include "runtime/worker.h"

struct cadre_worker {
	unsigned int	seat;
	uint64_t	generation;
	struct cadre__slot slot;
	size_t		slot_bytes;
	struct intakes	intakes;
	struct channel	control;	/* closed: the master is gone */
	struct cadre_mailbox mailbox;
	struct topics	topics;
	struct homes	homes;
	int		epoll;		/* control and wake, for others to poll */
	int		joined;		/* the epoll that `epoll` was added to */
	bool		ready;
	bool		left;		/* the accept set, and said so */
	bool		in_turn;
	bool		lively;		/* its last wait ended by an event of the
					   application, a message or news, … */
	uint64_t	busy_poll_ns;	/* … and so long it looks for more */
	bool		exec;		/* not forked */
	struct stat	log;		/* the file of our standard error */
};

void	worker_control_read(struct cadre_worker *);
	/* Whatever waits there. */
void	worker_say_left(struct cadre_worker *);
	/* After its last accept: from then on nothing new can come to it. */
int	worker_say_refused(struct cadre_worker *, uint64_t now_ns);
	/* How long it may sleep before it has more to say of whom it refused. */

#endif
