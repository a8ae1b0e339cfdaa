/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Who is believed when it says whose connection it brings: the option proxy= of
 * an address, as text, and as a worker asks it. Parsed by the master, which
 * gives its workers the numbers (shm/frame.h).
 */
#ifndef RUNTIME_TRUSTED_H
#define RUNTIME_TRUSTED_H

#include <stdbool.h>

#include <cadre/worker.h>

#include "shm/frame.h"

#define TRUSTED_TIMEOUT_MS	3000	/* a retransmission, as others wait */

int	trusted_parse(struct cadre__frame_trusted *, const char *address,
	    int family, const char *list);
	/*
	 * The list of proxy=, of a listener of that address and family. 0, or
	 * -EINVAL with the reason left for cadre_error().
	 */
int	trusted_timeout(struct cadre__frame_trusted *, const char *address,
	    const char *text);
	/* The value of proxy-timeout=; the same. */
bool	trusted_is_peer(const char *word);
	/* Does it begin with an IP address, as one that is listed does? */
bool	trusted_is_whole(const struct cadre__frame_trusted *);
	/* Of a frame: is it one that these could have made? */
bool	trusted_has(const struct cadre__frame_trusted *,
	    const struct cadre_peer *);
	/* Is it in the list? One whose address is not known is. */

#endif
