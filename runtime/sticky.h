/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sticky: the same key goes to the same seat. Which one is by rendezvous
 * hashing: each seat has a rank for the key, and the highest is its home. So
 * one seat more takes 1/N of the keys from the others and moves no other, one
 * fewer gives away its own, and a seat that cannot take a key leaves it to the
 * next by rank, the same each time. Nothing is drawn: acceptor, workers, a test
 * and what starts tomorrow find the same home.
 */
#ifndef RUNTIME_STICKY_H
#define RUNTIME_STICKY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sys/socket.h>

enum sticky_by {			/* what the key of a connection is */
	STICKY_ADDR,			/* the peer's address */
	STICKY_PROXY,			/* the source in its PROXY header */
	STICKY_COOKIE,			/* of the first HTTP request */
	STICKY_QUERY,			/* a parameter in its target */
};

#define STICKY_PEEK_MS		250
#define STICKY_PEEK_MS_MAX	60000
#define STICKY_PEEK_BYTES	8192
#define STICKY_PEEK_BYTES_MAX	65536
#define STICKY_PERCENT		125
#define STICKY_PERCENT_MAX	10000

struct sticky {
	enum sticky_by	by;
	bool		strict;		/* its home, or wait for that */
	uint8_t		prefix4, prefix6; /* bits of an address that count */
	unsigned int	percent;	/* of the mean load, at most; 0: any */
	bool		percent_given, peek_given; /* not as sticky_begin() */
	unsigned int	peek_ms;	/* so long for the key, … */
	unsigned int	peek_bytes;	/* … in the first so many bytes */
	char		name[64];	/* of the cookie or parameter */
};

void	sticky_begin(struct sticky *);
	/* The defaults. */
int	sticky_parse(struct sticky *, const char *key, int family,
	    const char *address);
	/*
	 * What stands behind mode=sticky: for a listener of that family, or
	 * AF_UNSPEC: of some family. 0, or -EINVAL with the reason left for
	 * cadre_error(); address: whose option it is.
	 */
int	sticky_option(struct sticky *, const char *word, const char *address);
	/*
	 * A word of the options that is one of ours: strict, factor=, peek-ms=
	 * or peek-bytes=. 0; -ENOENT: it is none; -EINVAL as above.
	 */
int	sticky_check(const struct sticky *, const char *address);
	/* All together: 0, or -EINVAL as above for what has no effect. */
void	sticky_text(const struct sticky *, char *to, size_t room);
	/* "sticky:addr/24", without a name: what is shown as the mode. */

#define STICKY_SEED	UINT64_C(0xcbf29ce484222325)
static inline uint64_t
sticky_byte(uint64_t key, unsigned char byte)
{
	/* FNV-1a: byte by byte, as they come; sticky_rank() mixes it. */
	return (key ^ byte) * UINT64_C(0x100000001b3);
}

static inline uint64_t
sticky_rank(uint64_t key, unsigned int seat)
{
	/* A bijection of the key for each seat, with splitmix64's finish. */
	uint64_t x = key ^ (seat + UINT64_C(1)) * UINT64_C(0x9e3779b97f4a7c15);

	x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
	return x ^ x >> 31;
}

uint64_t sticky_key(const void *bytes, size_t n);
bool	sticky_key_of(const struct sticky *, const void *sockaddr,
	    socklen_t bytes, uint64_t *ret_key);
	/*
	 * Of the address, within the prefix; an IPv4 address in an IPv6 one is
	 * the former. False: it is neither.
	 */
int	sticky_home(uint64_t key, const unsigned int *seats, unsigned int n);
	/* The seat of the highest rank among these; -1: there is none. */

#endif
