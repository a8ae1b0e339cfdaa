/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Frames that no mailbox would send, with descriptors that nobody asked for,
 * written by hand to the message socket of a worker.
 */
#ifndef T_FORGE_H
#define T_FORGE_H

#include <stddef.h>
#include <stdint.h>

#include "shm/frame.h"

enum forge_fd {
	FORGE_NONE,
	FORGE_NULL,		/* /dev/null, as often as it says */
	FORGE_PIPE,
	FORGE_MEMFD,		/* as a mailbox makes it */
	FORGE_UNSEALED,
	FORGE_WRITABLE,		/* sealed, but for writing */
	FORGE_SHORT,		/* sealed, a byte shorter than it says */
};

struct forge {
	const char	*what;
	uint16_t	type;		/* CADRE_FRAME_… */
	uint32_t	id;
	struct cadre__frame_message head;
	size_t		payload;	/* bytes behind it */
	long		cut;		/* so many bytes fewer are sent, … */
	long		lie;		/* … so many more are said to be sent, … */
	uint16_t	version;	/* … of that version; 0: ours */
	enum forge_fd	fd;
	unsigned int	nfds;
	unsigned int	times;		/* it goes so often, at once; 0: 1 */
};

int	forge_send(int fd, const struct forge *);
	/* What it says, by one sendmsg(2). 0 or -errno of that. */
int	forge_find(void);
	/*
	 * The message socket of this worker, which was forked and has no
	 * listener; -ENOENT.
	 */

void	forge_door(void);
	/* In who forks them: where the others connect to. */
int	forge_lingering(int seconds);
	/*
	 * A connection full of bytes that nobody reads, and whose last close
	 * waits for so long.
	 */

#endif
