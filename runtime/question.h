/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What an attached program asks its master over the control channel, and waits
 * for, up to 5 s.
 */
#ifndef RUNTIME_QUESTION_H
#define RUNTIME_QUESTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "runtime/channel.h"

struct cadre_region;
struct cadre_worker;

union answer {
	struct cadre__frame_slot slot;
	struct cadre__frame_error error;
	uint64_t	offset;
	uint32_t	wakes;		/* how many there are in all */
	uint64_t	deadline_ns;	/* DRAIN, which may come before it */
};

/* A request, what its answer must look like, and what came. */
struct question {
	struct cadre__frame request;
	const void	*body;
	uint16_t	type;		/* of the answer, … */
	size_t		bytes;		/* … and its length */
	union answer	answer;
	int		fds[CADRE_FRAME_SLOT_FDS_MAX];
	unsigned int	nfds;		/* that came, whatever it says */
	struct cadre_worker *worker;	/* who asks; NULL: it is none yet */
	bool		drained;	/* a DRAIN came before it, … */
	uint64_t	drain_ns;	/* … with this deadline */
};

int	question_ask(struct channel *, struct question *);
	/*
	 * Send it and wait for its answer. What else comes meanwhile is for the
	 * worker; to who is none yet a DRAIN, which is kept for the caller. 0,
	 * the descriptors are the caller's; -ETIMEDOUT, -EPIPE, -EPROTO, what
	 * the master answers: cadre_error() says it.
	 */
uint32_t question_id(void);
	/* Another one each time: an answer too late has another id. */
void	question_close(const int *fds, unsigned int n);
void	question_drain(struct cadre_worker *, const struct question *);
	/* Tell it of a DRAIN that came before the answer. */

/* In attach.c. */
int	attach_region(const struct cadre_region **ret_region);
	/*
	 * Of the app: the others' slots, got like any observer gets them, once.
	 * 0; -errno of cadre_region_open().
	 */

#endif
