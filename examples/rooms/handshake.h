/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The HTTP request by which a WebSocket begins: RFC 6455, section 4.2, and
 * whose page it comes from.
 */
#ifndef EXAMPLES_ROOMS_HANDSHAKE_H
#define EXAMPLES_ROOMS_HANDSHAKE_H

#include <stdbool.h>

#define HANDSHAKE_ACCEPT_BYTES	29	/* with the NUL */

struct handshake {			/* header values; "": there is none */
	const char	*upgrade, *connection, *version, *key;
};

int handshake_accept(const char *key, char ret[HANDSHAKE_ACCEPT_BYTES]);
	/* Sec-WebSocket-Accept to a key. 0; -EINVAL: that is no key. */
const char *handshake_refuse(const struct handshake *);
	/* The status line's end if it is none that can be accepted, or NULL. */
bool handshake_is_own(const char *origin, const char *host,
    const char *const *others);
	/*
	 * Whether a browser shows a page of this very host, scheme apart, or of
	 * one of `others`, a NULL behind the last. No Origin: it is no browser.
	 */

#endif
