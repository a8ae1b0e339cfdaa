/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * make check-faults: what becomes of an app when a fault point fires. The
 * driver starts itself again in the roles of fault-app.c, with the point
 * armed, and watches as an observer; scene.c is one such run, check-faults.c
 * says which there are.
 */
#ifndef T_FAULT_H
#define T_FAULT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sys/types.h>

#include "shm/fault.h"

#define FAULT_APP	"app"
#define FAULT_WORKERS	2
#define FAULT_DRAIN_MS	1000
#define FAULT_SPEC_MAX	8192

/*
 * Workers are forked, or programs, or forked and in the end killed; or they
 * get all by the acceptor; or keep what they get, up to a limit;
 * or are replaced as soon as they are a little old, and weighed; or talk; or
 * are told by a proxy who asks; or are looked at before by the acceptor.
 */
enum fault_kind {
	FAULT_FORKED, FAULT_EXECED, FAULT_KILLED, FAULT_HANDED, FAULT_KEPT,
	FAULT_RECYCLED, FAULT_TALKED, FAULT_PROXIED, FAULT_PEEKED,
	FAULT_KINDS
};
#define FAULT_AGE_MS	300		/* of workers that are recycled */
#define FAULT_KEEPS	6		/* connections: the limit of a worker */

int	fault_role(int argc, char **argv);
	/*
	 * What main() is to return if it was started as a master or as a
	 * program of a worker; -1: it is the driver.
	 */
pid_t	fault_master(enum fault_kind, const char *dir, const char *spec,
	    const char *counts);
	/*
	 * Start a master in that directory, its standard error in the file
	 * `err` there. spec NULL: with no point armed.
	 */
#define FAULT_LEAK	3	/* its exit status: descriptors are left open */

struct fault_case {
	char		spec[FAULT_SPEC_MAX];	/* of CADRE_FAULT */
	char		label[96];
	enum fault_kind	kind;
	unsigned int	watched;	/* which NAME of the spec must fire */
	bool		refused;	/* errno: a start may fail */
	bool		always;		/* at each pass: the app may give up */
	bool		ends;		/* the loop cannot go on, by contract */
	bool		quiet;		/* it is due before the stop */
	bool		dry;		/* only counts: go through everything */
	int		fds;		/* of the master, when all is done */
};

/* Filled in by the process of the driver that ran it. */
struct fault_result {
	bool		done, good, fired;
	uint64_t	before_stop[CADRE__FAULTS_MAX];	/* passes */
	uint64_t	passes[CADRE__FAULTS_MAX];
	char		why[512];
	int		fds;
	uint64_t	took_ms;
};

void	fault_run(const struct fault_case *, struct fault_result *);
	/* The caller has made itself a subreaper, and has no other children. */

#endif
