/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Small files whose bytes the input is. A target includes this and after it
 * the .c that reads such files: what that opens is then a piece of the input,
 * whatever its name; it cannot be opened when the input says so.
 */
#ifndef T_FUZZ_FEED_H
#define T_FUZZ_FEED_H

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "t/fuzz/fuzz.h"

#define FEED_FD		1000	/* no real descriptor */
#define FEED_ABSENT	0xff	/* as first byte of a file: there is none */
#define FEED_BROKEN	0xfe	/* it opens, and read(2) fails */

/* Files are parted by a NUL; the last one is read again and again. */
static struct bytes feed;

static inline int
feed_open(void)
{
	if (feed.left > 0 && feed.at[0] == FEED_ABSENT) {
		input_byte(&feed);
		errno = ENOENT;
		return -1;
	}
	return FEED_FD;
}

static inline ssize_t
feed_read(int fd, void *to, size_t room)
{
	size_t n = strnlen((const char *)feed.at, feed.left), part;

	claim(fd == FEED_FD);
	if (n > 0 && feed.at[0] == FEED_BROKEN) {
		input_byte(&feed);
		errno = ESRCH;
		return -1;
	}
	part = n < room ? n : room;
	if (part > 0)
		memcpy(to, feed.at, part);
	if (n < feed.left) {
		feed.at += n + 1;
		feed.left -= n + 1;
	}
	return (ssize_t)part;
}

static inline int
feed_close(int fd)
{
	if (fd != FEED_FD)
		return close(fd);
	return 0;
}

/* As above, for those who read lines. */
static inline FILE *
feed_fopen(void)
{
	size_t n = strnlen((const char *)feed.at, feed.left);
	FILE *f;

	if (feed_open() < 0)
		return NULL;
	f = n > 0 ? fmemopen((void *)(uintptr_t)feed.at, n, "r") :
	    fopen("/dev/null", "re");
	feed.at += n < feed.left ? n + 1 : n;
	feed.left -= n < feed.left ? n + 1 : n;
	claim(f != NULL);
	return f;
}

#define open(path, flags)	((void)(path), feed_open())
#define openat(dirfd, path, flags) ((void)(dirfd), (void)(path), feed_open())
#define fopen(path, mode)	((void)(path), feed_fopen())
#define read(fd, to, room)	feed_read((fd), (to), (room))
#define close(fd)		feed_close(fd)

#endif
