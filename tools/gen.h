/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What `cadre gen` writes a configuration from: the addresses of a live app
 * as a proxy reaches them, and how it shall choose. Each proxy it knows is a
 * function that turns this into text.
 */
#ifndef TOOLS_GEN_H
#define TOOLS_GEN_H

#include <stdbool.h>
#include <stdio.h>

#include <cadre/region.h>

#include "runtime/listen.h"

#define GEN_ADDRESS_BYTES	160

enum gen_by { GEN_COOKIE, GEN_ADDR, GEN_ANY };

struct gen_server {
	char		address[GEN_ADDRESS_BYTES]; /* HOST:PORT, or a path */
	bool		local;		/* the latter */
	bool		proxied;	/* it wants a PROXY header */
	unsigned int	seat;		/* of a door */
};

struct gen {
	const char	*app;
	char		listen[GEN_ADDRESS_BYTES]; /* HOST:PORT of the proxy */
	enum gen_by	by;
	const char	*cookie;	/* its name */
	char		command[256];	/* that makes this again */
	bool		fragment;	/* to go into another configuration */
	char		doors[GEN_ADDRESS_BYTES]; /* as typed; "": none */
	unsigned int	seats;		/* that the app can have */
	struct gen_server *door;	/* of seats with a worker, or of all */
	unsigned int	ndoors;
	struct gen_server shared[16];
	unsigned int	nshared;
};

const char *gen_server(struct gen_server *, const struct listener *,
    bool proxied);
	/* As another process reaches it. NULL, or why none can. */
bool gen_is_proxied(const struct gen *);
	/* Some TCP address that is written down wants PROXY headers. */
bool gen_is_local(const struct gen *);
	/* A Unix socket is written down. */
int gen_file(const char *path, const char *text, size_t n);
	/* As a whole, or what was there before stays. 0 or -errno. */
void gen_nginx(const struct gen *, FILE *);
void gen_haproxy(const struct gen *, FILE *);

#endif
