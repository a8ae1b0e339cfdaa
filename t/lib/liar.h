/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A master made by hand, for cadre_worker_attach() in the test itself: its
 * answer waits on the channel before it is asked for.
 */
#ifndef T_LIAR_H
#define T_LIAR_H

#include <stdint.h>

struct cadre_worker;
struct liar;

struct liar_answer {		/* zero: as it should be */
	const char	*drain;	/* a DRAIN comes first, with these; NULL: none */
	uint16_t	type;
	uint32_t	id;
	int		cut;	/* bytes less */
	int64_t		slot_bytes, anchor_bytes; /* more; -1: none */
	int64_t		acceptor_bytes;	/* more */
	int		err;	/* of CADRE_FRAME_ERROR */
	const char	*fds;
	/*
	 * S the slot to write, A the anchor, R a slot to read, C the
	 * acceptor's object, P a pipe, U memory without seals, Z sealed zeros,
	 * M an anchor of layout 0.99
	 */
};

struct liar *liar_new(void);
void	liar_free(struct liar *);
int	liar_attach(struct liar *, const struct liar_answer *,
	    struct cadre_worker **ret_worker);
	/* Attach to it; if that fails, all that was opened for it is closed. */

#endif
