/* SPDX-License-Identifier: BSD-2-Clause */
/* t/89-chat-alone: a reload of the one worker loses no line of any room */
#include <stdio.h>
#include <unistd.h>

#include "t/lib/chat.h"
#include "t/lib/command.h"
#include "t/lib/tap.h"

#define ROOMS	400
#define LINES(i) ((i) < 10 ? 50u : 1u)	/* in each */

static char text[CHAT_BYTES];
static struct command c;

int
main(void)
{
	struct app *a = chat_start(1, NULL, NULL);
	char room[20], line[1001];
	bool all = true;
	int fd;

	for (int i = 0; i < ROOMS; i++) {
		snprintf(room, sizeof(room), "room %d", i);
		fd = chat_enter(a, room, "ann", NULL);
		for (unsigned int n = 1; n <= LINES(i); n++) {
			snprintf(line, sizeof(line), "%s:%u:%0900d", room, n,
			    0);
			chat_say(fd, n, line);
		}
		snprintf(line, sizeof(line), "\"ack\",\"n\":%u}", LINES(i));
		if (!chat_sees(fd, line, text))
			bail_out("%s: not acknowledged", room);
		close(fd);
	}
	is_int(COMMAND(&c, "reload", "app", "--no-canary"), 0,
	    "a reload of one worker, at once, while nobody is there");
	for (int i = 0; i < ROOMS && all; i++) {
		snprintf(room, sizeof(room), "room %d", i);
		fd = chat_enter(a, room, "bob", NULL);
		snprintf(line, sizeof(line), "%s:%u:", room, LINES(i));
		all = chat_count(fd, "\"line\"", line) == LINES(i);
		close(fd);
	}
	ok(all, "all lines of %d rooms are there", ROOMS);
	is_int(app_stop(a), 0, "TERM: exit status 0");
	return done_testing();
}
