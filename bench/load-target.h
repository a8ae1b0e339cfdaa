/* SPDX-License-Identifier: BSD-2-Clause */
/* Whom to load: its address, and sockets on the way there. */
#ifndef BENCH_LOAD_TARGET_H
#define BENCH_LOAD_TARGET_H

#include <stdbool.h>
#include <stdint.h>

#include <sys/socket.h>

struct load_target {
	struct sockaddr_storage address;
	socklen_t	address_bytes;
	uint32_t	sources;	/* 127.0.0.1 and on; 0: any */
	uint32_t	opened;
	char		host[256];	/* of the Host header */
};

int load_target_parse(struct load_target *, const char *text,
    const char **ret_why);
	/*
	 * tcp:HOST:PORT, HOST:PORT, [V6]:PORT or unix:PATH. May ask a name
	 * server. 0, or -EINVAL: *ret_why says what is wrong, in words that
	 * last as long as the process.
	 */
bool load_target_is_loopback(const struct load_target *);
	/* 127.0.0.0/8. */
int load_target_socket(struct load_target *);
	/* Non-blocking, bound to the next of the sources. Its fd or -errno. */
int load_target_connect(const struct load_target *, int fd);
	/*
	 * 0: connected, or on the way. -EAGAIN: the queue of a Unix socket is
	 * full, nothing will tell when it is not; ask again. Else -errno.
	 */

#endif
