/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The key in the first HTTP request of a connection: the value of a cookie, or
 * of a parameter of its target. Read byte by byte in whatever pieces they come:
 * where it is cut changes nothing.
 */
#ifndef RUNTIME_STICKY_KEY_H
#define RUNTIME_STICKY_KEY_H

#include "runtime/sticky.h"

enum head_end {
	HEAD_MORE,			/* the key may come yet */
	HEAD_KEY,			/* it is there: head_key() */
	HEAD_EMPTY,			/* it is there, and nothing is in it */
	HEAD_NONE,			/* a request without it */
	HEAD_FORM,			/* no HTTP request */
};

struct head {
	uint64_t	key;
	const char	*name;		/* that of the struct sticky */
	uint8_t		state;
	uint8_t		at;		/* so much of a name, or of the method */
	uint8_t		percent;	/* digits and sign of %41 that came, … */
	uint8_t		digit;		/* … and the first digit, as it came */
	bool		query;		/* not a cookie */
	bool		quoted;		/* the value began with a quotation mark */
	bool		empty;		/* one was found, without a value */
	size_t		bytes;		/* of the value */
};

void	head_begin(struct head *, const struct sticky *);
enum head_end head_feed(struct head *, const void *bytes, size_t n);
	/*
	 * The bytes behind those fed before. Once it is not HEAD_MORE it is
	 * the end. The first cookie or parameter of that name that has a value
	 * counts. A parameter is taken as it is meant: %41 is A, + a blank.
	 */
static inline uint64_t
head_key(const struct head *h)
{
	/* sticky_key() of the value, a cookie's without its quotation marks. */
	return h->key;
}

#endif
