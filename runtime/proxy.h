/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The header of the PROXY protocol, version 1 and 2: what a reverse proxy says
 * of its client before the first byte of it. Read from bytes that are there, as
 * far as they are: nothing here reads, waits or keeps anything.
 */
#ifndef RUNTIME_PROXY_H
#define RUNTIME_PROXY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sys/socket.h>

#define PROXY_LINE_MAX	107		/* of version 1, with its CR LF */
#define PROXY_BYTES_MAX	4096		/* of any: longer ones are refused */
#define PROXY_FIRST	256		/* most are shorter: enough for a first look */

struct proxy {
	unsigned int	version;	/* 1 or 2 */
	bool		known;		/* these are the client's addresses; else
					   (LOCAL, UNKNOWN) the socket's are */
	struct sockaddr_storage source, destination;
	socklen_t	source_bytes, destination_bytes;
	uint16_t	tlvs, end;	/* where they stand in the header */
};

int	proxy_parse(const void *bytes, size_t n, struct proxy *ret_proxy);
	/*
	 * The n bytes are the first that a connection brought. What they
	 * decide once, no byte that follows changes.
	 * > 0		there is a whole header, of so many of them; *ret_proxy
	 *		says what it says
	 * -EAGAIN	it may become one
	 * -EPROTO	it is none
	 * -EMSGSIZE	it is one that is too long
	 * -EILSEQ	its checksum is of something else
	 * -EBADMSG	it breaks the rules in another way
	 */
const void *proxy_tlv(const void *header, const struct proxy *,
	    unsigned int type, size_t *ret_bytes);
	/*
	 * The first value of that type in a header that was parsed; 0x21 to
	 * 0x2f: in its SSL value. NULL: there is none.
	 */
uint32_t proxy_crc32c(uint32_t sum, const void *bytes, size_t n);
	/* Begin with 0; the sum so far, to go on with. */

#endif
