/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where a master in this process writes its event lines. It must never wait
 * for a reader or a disk that is full: a line that cannot be written now is
 * lost, counted, and told of when one can be written again.
 */
#ifndef TOOLS_JOURNAL_H
#define TOOLS_JOURNAL_H

#include <stdbool.h>
#include <stdint.h>

#include <sys/types.h>

#include <cadre/region.h>

struct journal {
	int		fd;		/* -1: none, every line is lost */
	bool		socket;
	bool		wait;		/* ask first: its writes may block */
	off_t		limit;		/* of a file, then cut; 0: no file */
	uint64_t	lost;		/* lines, since one was written */
};
#define JOURNAL_NONE	{ .fd = -1 }

void journal_stderr(struct journal *);
	/* To standard error. */
int journal_file(struct journal *, int dirfd, const char *name, off_t limit);
	/* To a file in that directory, never longer. 0 or -errno. */
void journal_text(struct journal *, const char *text);
	/* A line with the time of now. Control bytes are escaped, no more. */
void journal_event(struct journal *, const struct cadre_shm_event *);
void journal_close(struct journal *);

#endif
