/* SPDX-License-Identifier: BSD-2-Clause */
/* The master's end of the messages of one worker. */
#ifndef RUNTIME_LINK_H
#define RUNTIME_LINK_H

#include "runtime/master.h"

bool	link_there(const struct life *);
	/* Can it be sent anything? */
bool	link_wanted(const struct life *, const struct cadre__frame_seats *,
	    unsigned int seat);
	/* Is it meant by that list? NULL: all that are there. */
void	link_missed(struct life *, int err);
	/* It did not get, for that, what others sent to it: counted. */
int	link_post(struct cadre_master *, struct seat *, struct life *,
	    const struct letter *);
	/*
	 * As CADRE_MESSAGE_POLICY says if it is full. 0, 1, as
	 * channel_post(); -ENOTCONN: it is not there, or no longer.
	 */
int	link_pass(struct cadre_master *, struct seat *, struct life *,
	    struct mail *, const struct wire *, bool last);
	/*
	 * The same of what another worker sent, under this address; last: its
	 * descriptors may go, too.
	 */
void	link_fail(struct cadre_master *, struct seat *, struct life *,
	    const struct wire *of, int err);
	/*
	 * Its request cannot be handed on; or the answer that it waits for:
	 * told in the name of who gave that, to whom alone it can do harm.
	 */
void	link_asked(struct cadre_master *, struct seat *, struct life *,
	    const struct life *asker);
	/*
	 * It is to be handed a request, counted already: who asked another life
	 * of its seat learns that what they asked so far is that one's.
	 */
void	link_part(struct life *, const char *why);
	/*
	 * What waits is dropped, nothing more goes; when what has come was
	 * heard, it ends. why: a constant, for the event, or NULL: none.
	 */
void	link_ready(struct cadre_master *, uint32_t index, uint32_t serial,
	    uint32_t events);
	/* Frames have come, or there is room for some that wait. */
bool	link_send_now(struct cadre_master *, struct seat *, struct life *);
	/* What was corked. True: some of it waits for room. */
void	link_due(struct cadre_master *, struct seat *, struct life *);
	/* Try once more to send what could not be for another reason. */
void	link_close(struct cadre_master *, struct seat *, struct life *);
	/*
	 * Its process has ended: hear what it left, then end the link. Before
	 * spawn_close(), which does without the first.
	 */
void	link_shut(struct cadre_master *, struct life *);
	/* Close it, heard or not; nobody is told. */

#endif
