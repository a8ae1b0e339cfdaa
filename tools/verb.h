/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a verb of the command is, how it ends, and how it speaks of errors:
 * one line on standard error that says what, why, and what to type.
 */
#ifndef TOOLS_VERB_H
#define TOOLS_VERB_H

#include <stdbool.h>

#include <cadre/region.h>

struct verb {
	const char	*name;
	int		(*run)(const struct verb *, int argc, char **argv);
	const char	*help;		/* one line, for the list */
	const char	*synopsis;	/* the arguments */
	const char	*flags;		/* a line each, or NULL */
};

/* Exit codes; nothing else leaves this command. 0 is done. */
#define EXIT_FAILED	1
#define EXIT_USAGE	2
#define EXIT_NO_APP	3
#define EXIT_SILENT	4		/* the master does not answer */

extern const char *verb_program;
	/* How the user called this command, for lines that can be typed. */

int cmd_contrast(const struct verb *, int argc, char **argv);
int cmd_demo(const struct verb *, int argc, char **argv);
int cmd_doctor(const struct verb *, int argc, char **argv);
int cmd_events(const struct verb *, int argc, char **argv);
int cmd_gen(const struct verb *, int argc, char **argv);
int cmd_health(const struct verb *, int argc, char **argv);
int cmd_ls(const struct verb *, int argc, char **argv);
int cmd_reload(const struct verb *, int argc, char **argv);
int cmd_restart(const struct verb *, int argc, char **argv);
int cmd_run(const struct verb *, int argc, char **argv);
int cmd_scale(const struct verb *, int argc, char **argv);
int cmd_reset(const struct verb *, int argc, char **argv);
int cmd_signal(const struct verb *, int argc, char **argv);
int cmd_start(const struct verb *, int argc, char **argv);
int cmd_stat(const struct verb *, int argc, char **argv);
int cmd_stop(const struct verb *, int argc, char **argv);

#define VERB_ALL	"all"		/* in the place of NAME: each app */

void verb_help(const struct verb *);
	/* Its synopsis and flags, on standard output. */
void verb_say(const struct verb *, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
	/* "cadre VERB: " and a line on standard error. */
void verb_tell(const struct verb *, const char *line);
	/* The same for a line of the library: what is escaped in it stays. */
int verb_usage(const struct verb *, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
	/* The same for a mistake of the caller; returns EXIT_USAGE. */
int verb_flag(const struct verb *, int c, char **argv);
	/* Complain of what getopt_long() returned '?' or ':' for: EXIT_USAGE. */
int verb_fail(const struct verb *, int err);
	/* Say cadre_error(err); the exit code that goes with it. */
#define VERB_TMP_DIR	"/tmp/cadre-%u"
bool verb_elsewhere(char *dir, size_t room);
	/*
	 * Is there a directory that `demo` made under /tmp for this user, which
	 * is not looked into unless CADRE_RUNTIME_DIR names it?
	 */
int verb_exit(int err);
	/* That exit code alone. */

int verb_name(const struct verb *, int argc, char **argv, const char **ret_name);
	/* Take the one NAME left after the flags. 0, or EXIT_USAGE, said. */
int verb_instances(const struct verb *, const char *text, int *ret_workers);
	/*
	 * A count of workers, max, or -K, as cadre_master_workers() takes it.
	 * 0, or EXIT_USAGE, said.
	 */
bool verb_seconds(const char *text, double low, double high, double *ret_s);
	/* A number of seconds within these bounds. */

int verb_attach(const struct verb *, const char *name,
    struct cadre_region **ret_region);
	/* cadre_region_open(). 0, or an exit code, and the reason is said. */
const char *verb_state(const struct cadre_app *);
	/*
	 * The app's state in one word: what its master wrote, but "dead" or
	 * "silent" when the master is gone or has not stamped its beat.
	 */
bool verb_over(const struct cadre_region *);
	/* Nothing new will come: the app stopped or its master is dead. */
void verb_nap(int ms);

#endif
