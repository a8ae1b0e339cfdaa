/* SPDX-License-Identifier: BSD-2-Clause */
/* t/89-chat-alone: a reload of the one worker loses no line of any room */
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "t/lib/chat.h"
#include "t/lib/tap.h"

#define ROOMS	20

static char text[CHAT_BYTES];

int
main(void)
{
	struct app *a = chat_start(1, NULL, NULL);
	char room[20], line[1001];
	int fd;

	for (int i = 0; i < ROOMS; i++) {
		snprintf(room, sizeof(room), "room %d", i);
		fd = chat_enter(a, room, "ann", NULL);
		for (unsigned int n = 1; n <= 50; n++) {
			snprintf(line, sizeof(line), "%s:%u:%0900d", room, n, 0);
			chat_say(fd, n, line);
		}
		if (!chat_sees(fd, "\"ack\",\"n\":50}", text))
			bail_out("%s: not acknowledged", room);
		close(fd);
	}
	kill(a->master, SIGHUP);
	ok(app_wait_event(a, CADRE_EVENT_RELOADED, CADRE_NO_SEAT, NULL),
	    "a reload of one worker, while nobody is there");
	for (int i = 0; i < ROOMS; i++) {
		snprintf(room, sizeof(room), "room %d", i);
		fd = chat_enter(a, room, "bob", NULL);
		snprintf(line, sizeof(line), "%s:50:", room);
		is_u64(chat_count(fd, "\"line\"", line), 50,
		    "%s: its 50 lines of 1 KB", room);
		close(fd);
	}
	is_int(app_stop(a), 0, "TERM: exit status 0");
	return done_testing();
}
