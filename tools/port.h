/* SPDX-License-Identifier: BSD-2-Clause */
/* TCP ports: is one taken, by whom, and which is free. */
#ifndef TOOLS_PORT_H
#define TOOLS_PORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <netinet/in.h>
#include <sys/types.h>

struct port {
	char		host[64];	/* as it was given, brackets and all */
	struct in6_addr	address;	/* IPv4 ones mapped into it */
	bool		v6;
	uint16_t	number;		/* 0: the kernel picks one */
};

bool port_parse(const char *address, struct port *ret_port);
	/* False: not a tcp: address, so no port is in it. */
int port_probe(const struct port *);
	/* 0: free now; -EADDRINUSE; -errno of bind(2). */
int port_next(const struct port *, uint16_t *ret_number);
	/* The first free one of the PORT_TRIES behind it. 0 or -errno. */
#define PORT_TRIES	20
void port_holder(const struct port *, char *text, size_t room);
	/* In words: "pid 812 (node)", "a process of user 1000", … */

#endif
