/* SPDX-License-Identifier: BSD-2-Clause */
/* Headers of the PROXY protocol, as a proxy sends them, or as none should. */
#ifndef T_PREFACE_H
#define T_PREFACE_H

#include <stddef.h>
#include <stdint.h>

#define PREFACE_LOCAL	0x20		/* version 2 and its command */
#define PREFACE_PROXY	0x21

struct proxy;

struct preface {
	size_t		n;
	unsigned char	bytes[16 + 65535];
};

void	preface_line(struct preface *, const char *line);
	/* Version 1: these words, then CR LF. */
void	preface_begin(struct preface *, int command, int family,
	    const void *addresses, size_t bytes);
	/* Version 2: whatever these are. */
void	preface_tcp(struct preface *, const char *from, unsigned int from_port,
	    const char *to, unsigned int to_port);
	/* Version 2, command PROXY; IPv6 if there is a colon in `from`. */
void	preface_add(struct preface *, const void *bytes, size_t n);
	/* More of it; its length says so. */
void	preface_tlv(struct preface *, int type, const void *value, size_t n);
void	preface_crc32c(struct preface *);
	/* The checksum of all there is, at the end. */
void	preface_lie(struct preface *, int by);
	/* Its length is so much more than it should be, or less. */
void	preface_usual(struct preface *);
	/* preface_tcp() from 192.0.2.1, port 40000. */

/* preface-parse.c: what is made of one. */
int	preface_parse(const struct preface *, struct proxy *ret_proxy);
	/* As it comes, a byte more each time: what proxy_parse() decides. */
void	preface_whole(const struct preface *, struct proxy *ret_proxy,
	    const char *what);
	/* is_int(): a header to its last byte. */

#endif
