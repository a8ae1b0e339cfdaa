/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Asking the master of an app to change something, for the verbs that do. Who
 * holds the app's lock tells whether there is a master to ask.
 */
#ifndef TOOLS_REQUEST_H
#define TOOLS_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tools/proc.h"
#include "tools/sample.h"
#include "tools/verb.h"

struct request {
	const struct verb *verb;
	const char	*name;		/* of the app */
	const char	*done;		/* "stopped": what may be done to it */
	uint64_t	begin_ns, timeout_ns;	/* 0: none */
	char		path[600];	/* the app's directory */
	int		dir, fd;	/* it, and the connection; -1: none */
	int		master;		/* pid; 0: of another namespace */
	struct proc	before;		/* it, some seconds ago at most */
	uint64_t	before_ns;
	bool		sent;		/* the request is in the socket */
	char		text[512];	/* why it was refused, untrusted */
	struct cadre_region *region;	/* NULL: could not be read */
	struct sample	sample;
};

int request_open(struct request *);
	/* Find the app. 0, or an exit code, said. Close it either way. */
void request_close(struct request *);

int request_send(struct request *, uint16_t type, const void *body,
    uint32_t bytes);
	/* 0; -ESRCH: it has no master; -ETIMEDOUT; -errno of connect(2). */
int request_answer(struct request *);
	/*
	 * The reply to what is answered at once, within 5 s; of a master that
	 * wants to run and gets no processor, within 60 s. As below.
	 */
int request_reply(struct request *, int wait_ms);
	/*
	 * 0: done; -ETIMEDOUT: no reply in that time, or the request's; what
	 * the master refused it with, and text[]; -EPIPE: it has ended.
	 */
void request_attach(struct request *);
	/* Open the region, which a silent master makes a matter of a second. */
int request_failed(struct request *, int err);
	/* Say what one of the two above means. The exit code. */

int request_ask(struct request *, uint16_t type, const void *body,
    uint32_t bytes);
	/*
	 * All of that for a request that is answered at once. 0, or an exit
	 * code, said; it is closed.
	 */
bool request_late(const struct request *);
	/* The timeout has passed. */
bool request_silent(struct request *);
	/* Its master has set no beat for a while, and does not starve. */
unsigned int request_pids(struct request *, char *to, size_t room);
	/* Workers that still run, as they are typed: " 812 813". How many. */

#endif
