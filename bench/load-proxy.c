/* SPDX-License-Identifier: BSD-2-Clause */
/* Version 1 is a line, version 2 is bytes: haproxy.org, proxy-protocol.txt. */
#include "bench/load-proxy.h"

#include <stdio.h>
#include <string.h>

#define PORT	40000

size_t
load_proxy_header(char to[LOAD_PROXY_BYTES], unsigned int version,
    uint64_t number)
{
	static const unsigned char head[16] = {
		'\r', '\n', '\r', '\n', 0, '\r', '\n', 'Q', 'U', 'I', 'T', '\n',
		0x21, 0x11, 0, 12,	/* PROXY, TCP over IPv4, so long */
	};
	const unsigned char a[3] = { (unsigned char)(number >> 16),
	    (unsigned char)(number >> 8), (unsigned char)number };
	const unsigned char rest[12] = { 10, a[0], a[1], a[2], 127, 0, 0, 1,
	    PORT >> 8, PORT & 0xff, 0, 80 };

	if (version == 1)
		return (size_t)snprintf(to, LOAD_PROXY_BYTES, "PROXY TCP4 "
		    "10.%u.%u.%u 127.0.0.1 %d 80\r\n", a[0], a[1], a[2], PORT);
	memcpy(to, head, sizeof(head));
	memcpy(to + sizeof(head), rest, sizeof(rest));
	return sizeof(head) + sizeof(rest);
}
