/* SPDX-License-Identifier: BSD-2-Clause */
/* Requests that are under way: whom they were sent to, who waits for what. */
#ifndef RUNTIME_PENDING_H
#define RUNTIME_PENDING_H

#include <stdint.h>

#include <cadre/mailbox.h>

struct pending {
	cadre_reply_fn	*fn;
	void		*arg;
	uint64_t	deadline_ns;	/* UINT64_MAX: none; 0: `err` is due */
	uint64_t	receipt;	/* as the side gave it: see mailbox.h */
	uint64_t	life;		/* a worker's: that generation has it;
					   0: the newest of the seat */
	uint32_t	seat;
	uint32_t	id;		/* 0: free */
	int		err;		/* when its deadline comes */
	uint32_t	next;		/* + 1: in its bucket, or among the free */
};

struct pendings {
	struct pending	*all;		/* NULL: none has been made yet */
	uint32_t	*buckets;	/* + 1 */
	uint32_t	mask, size, used, free, count;
	uint32_t	ids;		/* handed out so far */
};

int	pending_new(struct pendings *, uint32_t most, struct pending **ret_pending);
	/*
	 * With an id of its own; the rest is the caller's to fill in. 0;
	 * -EAGAIN: so many are there; -ENOMEM.
	 */
struct pending *pending_find(const struct pendings *, uint32_t id);
	/* Or NULL. */
void	pending_end(struct pendings *, struct pending *);
uint64_t pendings_deadline(const struct pendings *);
	/* The earliest; UINT64_MAX: none. */
void	pendings_free(struct pendings *);

#endif
