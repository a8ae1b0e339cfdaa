/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Rooms: who is in them at this worker, the last lines of each, and how many
 * are in them elsewhere. Every worker keeps the lines of all rooms, whoever is
 * in them here: so a killed worker takes none along, as long as another lives.
 *
 * Between workers travel, by cadre_mailbox_publish():
 *	lines	each line, once; the same text goes to the members
 *	here	how many a worker has in a room, and some names, when it changes
 * Both are state, not steps: what is lost the next one mends (catchup.c).
 */
#ifndef EXAMPLES_ROOMS_ROOM_H
#define EXAMPLES_ROOMS_ROOM_H

#include <sys/queue.h>

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include <cadre/cadre.h>

#define ROOMS_MAX	1000		/* the longest unused makes room */
#define ROOM_LINES	50		/* kept of each */
#define ROOM_NAME_BYTES	32		/* of a room or a member */
#define ROOM_TEXT_BYTES	1000		/* of what is said */
#define ROOM_NAMES	30		/* told of those who are there */
#define ROOM_FROM_BYTES	16		/* who said it, as others see it */
#define ROOM_CID_BYTES	32	/* hexadecimal; known to its page alone */

struct line {
	TAILQ_ENTRY(line) link;
	char		from[ROOM_FROM_BYTES + 1];
	int64_t		n, at_ms;	/* its number there; CLOCK_REALTIME */
	size_t		bytes;
	char		text[];		/* JSON, as published and sent */
};

struct elsewhere {			/* of one worker */
	LIST_ENTRY(elsewhere) link;
	uint64_t	generation;
	int64_t		count;
	json_t		*names;
};

struct member;
struct room {
	TAILQ_ENTRY(room) used, due;
	char		name[ROOM_NAME_BYTES + 1];
	TAILQ_HEAD(lines, line) lines;	/* by time */
	unsigned int	nlines, nmembers;
	LIST_HEAD(, member) members;
	LIST_HEAD(, elsewhere) elsewhere;
	bool		is_due;		/* who is here has changed */
	bool		ours;		/* as far as it is of this worker */
};

TAILQ_HEAD(rooms, room);
extern struct rooms rooms;		/* the longest unused first */

struct member {
	void		(*tell)(struct member *, const char *text, size_t n);
		/* May be called from a handler of the mailbox. */
	struct room	*room;		/* NULL: in none */
	LIST_ENTRY(member) link;
	char		name[ROOM_NAME_BYTES + 1];
	char		from[ROOM_FROM_BYTES + 1];
};

struct rooms_metrics {
	struct cadre_counter *messages;	/* said here and published */
	struct cadre_counter *drops;	/* from elsewhere, without room */
};

int rooms_begin(struct cadre_worker *, const struct rooms_metrics *);
	/* Subscribe. 0 or -errno. */
int room_join(struct member *, const json_t *hello);
	/*
	 * {"room", "name", "cid"}: enter, and be told welcome and the last
	 * lines.
	 * 0; -EINVAL: no such names; -ENOSPC: too many rooms have members
	 * here. One that has some elsewhere alone makes room.
	 */
void room_leave(struct member *);
	/* None is fine. */
int room_say(struct member *, const json_t *say);
	/*
	 * {"n", "text"}: publish, and tell the members, the sender, too, and
	 * ack it. A number that is among the last lines is acked again, no
	 * more.
	 * 0; -EINVAL: no such text; -errno of the publishing: it was not said.
	 */
bool rooms_take(const json_t *line, const char *text, size_t n);
	/* A line from elsewhere, new or old. False: it is not one. */
struct room *room_after(const char *name);
	/* The next by name with lines; NULL: none. */
char *room_text(json_t *, size_t *ret_bytes);
	/* JSON as text, to be freed; takes the reference. NULL: no memory. */
struct room *room_find(const char *name);
struct room *room_get(const char *name);
	/*
	 * The one of this name, made if there is none, in the place of one that
	 * nobody is in. NULL: it cannot be.
	 */
void room_drop(struct room *);
	/* If there is nobody in it, here or elsewhere, and nothing was said. */
const char *room_words(const json_t *, const char *key, size_t max);
	/* Text of 1 to max bytes that shows, without control bytes. Or NULL. */
void room_tell(struct room *, const char *text, size_t n);
	/* All its members here. */
uint64_t room_clock_ms(clockid_t);

#endif
