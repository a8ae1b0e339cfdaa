/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A server for tests of bench/cadre-load, in one process of its own: it says
 * it is four seats that take turns, or misbehaves as told, and keeps count of
 * what it saw.
 */
#ifndef T_STUB_H
#define T_STUB_H

#include <stdint.h>

#include <sys/types.h>

#include "t/lib/command.h"

struct stub_plan {
	const char	*answer;	/* NULL: "seat N pid P", in HTTP */
	enum {
		STUB_KEEP,		/* open, unless asked to close it */
		STUB_CLOSE,
		STUB_RESET,
		STUB_MUTE		/* and no answer either */
	} after;
	uint64_t	stall_at;	/* at that request it stands still */
	int		stall_ms;
	const char	*stamp;		/* a header with the time of accept */
};

struct stub_seen {		/* written by the stub alone */
	uint64_t	accepted, requests;
	uint64_t	open, silent, half;	/* now */
	uint64_t	sources;	/* addresses, each counted once */
};

struct stub {
	pid_t		pid;
	char		address[64];	/* tcp:127.0.0.1:PORT */
	const struct stub_seen *seen;
};

void stub_start(struct stub *, const struct stub_plan *);
	/* It listens when this returns; it ends with the test. */
void stub_stop(struct stub *);
void load_start(struct command *, const struct stub *,
    const char *const words[]);
	/* Run `cadre-load --json WORDS… ADDRESS` as a child. */
json_t *load_run(struct command *, const struct stub *,
    const char *const words[]);
	/* The same to its end; what it printed, or NULL. Exit: c->code. */
#define LOAD(c, s, ...)	\
	load_run((c), (s), (const char *const[]){ __VA_ARGS__, NULL })

#endif
