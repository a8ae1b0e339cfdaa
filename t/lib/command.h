/* SPDX-License-Identifier: BSD-2-Clause */
/* The cadre command under test: $top_builddir/cadre, what it says, its end. */
#ifndef T_COMMAND_H
#define T_COMMAND_H

#include <stdbool.h>

#include <sys/types.h>

#include <jansson.h>

struct command {
	pid_t	pid;		/* it leads a process group; 0: reaped */
	int	code;		/* exit code, or 128 + signal */
	int	fd[2];		/* files that take standard output and error */
	char	out[65536];	/* what they hold, ended by NUL */
	char	err[8192];
};

void command_exec(const char *const words[]) __attribute__((noreturn));
	/* In a child: become `cadre WORDS…`; the last word is NULL. */
void command_start(struct command *, const char *const words[]);
	/* Run it as a child, in a process group of its own, or bail out. */
bool command_says(struct command *, const char *text);
	/* Wait until standard output holds this. */
bool command_tells(struct command *, const char *text);
	/* The same of standard error. */
bool command_ends(struct command *);
	/* Wait for its end; false, and it is killed, if that does not come. */
int command(struct command *, const char *const words[]);
	/* Both: its exit code, or -1. */
#define COMMAND(c, ...)	\
	command((c), (const char *const[]){ __VA_ARGS__, NULL })
#define COMMAND_START(c, ...)	\
	command_start((c), (const char *const[]){ __VA_ARGS__, NULL })

int command_lines(const char *text);
	/* How many whole lines it is. */
json_t *command_json(const struct command *);
	/* Its output as one JSON value and nothing else; NULL: it is not. */
json_t *json_at(json_t *, const char *path);
	/* "seats.0.metrics.requests"; NULL: no such thing. */
json_int_t json_int_at(json_t *, const char *path);
	/* -1: it is no integer. */

char *command_dir(void);
	/*
	 * Make an empty runtime directory and name it in CADRE_RUNTIME_DIR.
	 * rmdir() it at the end: that succeeds if nothing was left behind.
	 */

#endif
