/* SPDX-License-Identifier: BSD-2-Clause */
/* Long messages made by hand, in memory of any kind. */
#ifndef T_SEALED_H
#define T_SEALED_H

#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>

#include <cadre/mailbox.h>

#include <sys/types.h>

#define SEALED_ALL	(F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL)
#define SEALED_BYTES	100000

struct sealed {
	const char	*what;
	int		seals;		/* 0: no memory at all, but a pipe */
	off_t		there;		/* bytes in it */
	uint64_t	said;		/* bytes, by the frame */
	bool		filled;		/* else all of it is a hole */
	bool		behind;		/* blocks there are, behind its end */
};

void	sealed_send(struct cadre_mailbox *, uint32_t to, uint32_t type,
	    const struct sealed *);
	/* Of a worker. Ends the process, if the kernel refuses. */

#endif
