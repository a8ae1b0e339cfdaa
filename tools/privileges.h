/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * As whom workers shall run, and within what, as it is typed: the flags that
 * run, start and demo share. What they mean the library knows,
 * cadre/privileges.h.
 */
#ifndef TOOLS_PRIVILEGES_H
#define TOOLS_PRIVILEGES_H

#include <stdbool.h>

#include <sys/resource.h>

#include <cadre/cadre.h>

#include "tools/verb.h"

enum privileges_flag {		/* what getopt_long() returns for them */
	PRIVILEGES_USER = 2048,
	PRIVILEGES_GROUP,
	PRIVILEGES_NO_NEW,
	PRIVILEGES_NEW,
	PRIVILEGES_RLIMIT,
	PRIVILEGES_UMASK,
	PRIVILEGES_CHDIR,
	PRIVILEGES_AFFINITY,
	PRIVILEGES_CLEAN,
	PRIVILEGES_PASS,
	PRIVILEGES_END		/* not one of them */
};
#define PRIVILEGES_MAX	64	/* flags in all */

/* Rows of a table of struct option. */
#define PRIVILEGES_OPTIONS						\
	{ "chdir", required_argument, NULL, PRIVILEGES_CHDIR },		\
	{ "clean-env", no_argument, NULL, PRIVILEGES_CLEAN },		\
	{ "cpu-affinity", required_argument, NULL, PRIVILEGES_AFFINITY }, \
	{ "group", required_argument, NULL, PRIVILEGES_GROUP },		\
	{ "new-privs", no_argument, NULL, PRIVILEGES_NEW },		\
	{ "no-new-privs", no_argument, NULL, PRIVILEGES_NO_NEW },	\
	{ "pass-env", required_argument, NULL, PRIVILEGES_PASS },	\
	{ "rlimit", required_argument, NULL, PRIVILEGES_RLIMIT },	\
	{ "umask", required_argument, NULL, PRIVILEGES_UMASK },		\
	{ "user", required_argument, NULL, PRIVILEGES_USER }
#define PRIVILEGES_HELP							\
    "      --user NAME, --group NAME\n"					\
    "                        as whom workers run; a name or a number\n"	\
    "      --no-new-privs, --new-privs\n"				\
    "                        no program of theirs gains rights, the default\n" \
    "                        with --user; or it may\n"			\
    "      --rlimit NAME=SOFT[:HARD]\n"					\
    "                        a limit of workers: nofile, core, as, nproc ...;\n" \
    "                        may be repeated\n"				\
    "      --umask MASK      octal, as 027\n"				\
    "      --chdir DIR       where they work\n"				\
    "      --cpu-affinity compact|spread|off|LIST\n"		\
    "                        a processor for each seat; a list is as 0-3,6\n" \
    "      --clean-env       no variable of the environment but these:\n" \
    "      --pass-env NAME[,NAME...]\n"

struct privileges_flags {
	struct {
		enum privileges_flag flag;
		const char	*text;	/* argv's; "" if it has none */
	} given[PRIVILEGES_MAX];
	unsigned int	n;
};

static inline bool
privileges_is(int c)
{
	return c >= PRIVILEGES_USER && c < PRIVILEGES_END;
}

int privileges_flag(struct privileges_flags *, const struct verb *, int c,
    const char *text);
	/* Take one flag. 0, or EXIT_USAGE, and what is wrong is said. */
int privileges_check(const struct privileges_flags *, const struct verb *);
	/* Do they fit together? The same. */
const struct rlimit *privileges_nofile(const struct privileges_flags *,
    struct rlimit *room);
	/* The limit of descriptors they set, in `room`, or NULL. */
int privileges_set(const struct privileges_flags *, struct cadre_master *);
	/* 0 or -errno, as the functions of cadre/privileges.h. */
const char *privileges_name(enum privileges_flag);
	/* Without the dashes. */

#endif
