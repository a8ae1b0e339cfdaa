/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How connections shall come to the workers of an app, as it is typed: who
 * decides, how many may be open, what happens to the others, when a worker
 * that takes none is replaced, and how long one looks before it sleeps. The
 * flags that run, start and demo share.
 */
#ifndef TOOLS_INTAKE_H
#define TOOLS_INTAKE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sys/resource.h>

#include <cadre/cadre.h>

#include "tools/verb.h"

enum intake_flag {		/* what getopt_long() returns for them */
	INTAKE_HANG = 1024,
	INTAKE_WORKER,
	INTAKE_APP,
	INTAKE_OVERLOAD,
	INTAKE_BUSY,
	INTAKE_MODE,
	INTAKE_SHED,
	INTAKE_SEAT,
	INTAKE_END		/* not one of them */
};
#define INTAKE_VALUES	(INTAKE_MODE - INTAKE_HANG)	/* numbers */

/* Rows of a table of struct option. */
#define INTAKE_OPTIONS							\
	{ "app-connections", required_argument, NULL, INTAKE_APP },	\
	{ "busy-poll", required_argument, NULL, INTAKE_BUSY },		\
	{ "hang-limit", required_argument, NULL, INTAKE_HANG },		\
	{ "mode", required_argument, NULL, INTAKE_MODE },		\
	{ "overload", required_argument, NULL, INTAKE_OVERLOAD },	\
	{ "seat-listen", required_argument, NULL, INTAKE_SEAT },	\
	{ "shed-bytes", required_argument, NULL, INTAKE_SHED },		\
	{ "worker-connections", required_argument, NULL, INTAKE_WORKER }
#define INTAKE_HELP							\
    "      --seat-listen ADDRESS[,OPTION...]\n"				\
    "                        a door for each seat N: tcp:HOST:PORT+N, or\n" \
    "                        unix:PATH with an N in it; options: backlog=,\n" \
    "                        name=, stalled=, proxy=, proxy-timeout=,\n" \
    "                        socket-mode=; may be repeated\n"		\
    "      --mode MODE       who gets a connection, of each -l without mode=:\n" \
    "                        auto, gate, spread, rr, least or sticky:KEY\n"		\
    "      --worker-connections N, --app-connections N\n"		\
    "                        so many open at once, in a worker or in all\n" \
    "      --overload wait|shed\n"					\
    "                        at such a limit connections wait (wait), or are\n" \
    "                        answered and closed at once\n"		\
    "      --shed-bytes FILE that answer; without it they are reset\n"	\
    "      --hang-limit S    stalled for so long a worker is replaced (30);\n" \
    "                        0: never\n"				\
    "      --busy-poll TIME  who has just had something to do looks for more\n" \
    "                        so long before it sleeps, and takes a processor\n" \
    "                        for it (50us, up to 1ms); 0: it does not (0)\n"

struct intake {
	int64_t		value[INTAKE_VALUES];
	bool		given[INTAKE_VALUES];	/* value[] counts */
	const char	*mode;			/* NULL: not given */
	const char	*shed_path;		/* NULL: not given */
	char		shed[CADRE_SHED_BYTES];
	size_t		shed_bytes;
	const char	*seat_listen[CADRE_LISTENERS_MAX]; /* ADDRESS[,OPTION]... */
	unsigned int	seat_listens;
};

static inline bool
intake_is(int c)
{
	return c >= INTAKE_HANG && c < INTAKE_END;
}

/* Each: 0, or EXIT_USAGE, and what is wrong is said. */
int intake_flag(struct intake *, const struct verb *, int c, const char *text);
	/* Take one flag; reads the file of --shed-bytes. */
int intake_check(const struct intake *, const struct verb *,
    unsigned int listens, int workers, const struct rlimit *nofile);
	/*
	 * Do they fit together, and the limit of descriptors, this
	 * process's unless workers get another (nofile)?
	 * workers: as cadre_master_program() takes it. A limit that only needs
	 * a higher soft limit is told of, and taken.
	 */

int intake_set(const struct intake *, struct cadre_master *);
	/* All but the mode. 0 or -errno, as cadre_master_set(). */
bool intake_options(const struct intake *, const char *options, char *to,
    size_t room);
	/*
	 * The options of a listener (may be NULL) with the mode that goes for
	 * all, unless they name one. Empty if there are none; false: no room.
	 */
bool intake_is_limited(const struct intake *);
	/* There is a limit of connections. */
const char *intake_name(unsigned int value);
	/* Of value[i], without the dashes. */

#endif
