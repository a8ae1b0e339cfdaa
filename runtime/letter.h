/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A message as it travels: one frame of a SOCK_SEQPACKET socket, with header,
 * address and bytes in it, or, if they are many, in a memfd that nobody can
 * change and that is the first of its descriptors.
 */
#ifndef RUNTIME_LETTER_H
#define RUNTIME_LETTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cadre/mailbox.h>

#include "runtime/channel.h"
#include "shm/frame.h"

/* Of the memfd: neither its bytes nor its length change any more. */
#define LETTER_SEALS	(F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL)
#define LETTER_FDS_MAX	(1 + CADRE_MESSAGE_FDS)

enum {				/* what the type of a GONE says */
	GONE_ALL,		/* with all that its seat had been asked */
	GONE_OVERTAKEN,		/* not gone: another life is asked from now on */
	GONE_LAST,		/* that one, with what it had until then */
};

struct wire {			/* what each begins with */
	struct cadre__frame frame;
	struct cadre__frame_message head;
};

#define LETTER_BYTES_MAX (sizeof(struct wire) +				\
	    sizeof(struct cadre__frame_seats) + CADRE_MESSAGE_INLINE)

struct letter {			/* to be sent */
	uint16_t	frame;		/* CADRE_FRAME_… */
	uint32_t	id;
	uint32_t	type;
	uint32_t	seat;
	uint64_t	generation;
	const struct cadre__frame_seats *seats;	/* of a BROADCAST, or NULL */
	const void	*bytes;
	size_t		n;
	const int	*fds;		/* the caller's */
	unsigned int	nfds;
	int		memfd;		/* of the bytes, if they are many; -1 */
	bool		kept;		/* as struct sending has it */
	uint64_t	receipt;	/* filled in for a REQUEST: see mailbox.h */
};

int	letter_seal(struct letter *);
	/*
	 * Before the first post: a memfd for what is too long. 0; -EFBIG:
	 * RLIMIT_FSIZE forbids it; -EMFILE, -ENOMEM, others of
	 * memfd_create(2), write(2).
	 */
void	letter_done(struct letter *);
	/* Close that, when it has been posted to all. */
int	letter_post(struct channel *, const struct letter *);
	/* As channel_post(). */

#endif
