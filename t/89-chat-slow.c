/* SPDX-License-Identifier: BSD-2-Clause */
/* t/89-chat-slow: who does not read is cut, and counted; silence has an end */
#include <string.h>
#include <unistd.h>

#include <sys/socket.h>

#include "t/lib/chat.h"
#include "t/lib/tap.h"

static const char *const names[] = { "ann", "bob", "dan", "fay" };
static char text[CHAT_BYTES];

static bool
is_dropped(void *arg)
{
	return app_total(arg, "drops") == 1;
}

/* Its buffers are full long before a ping is due, however slow the machine. */
static void
unread(void)
{
	struct app *a = chat_start(1, "--ping=60000", NULL);
	int slow = chat_enter(a, "lobby", "eve", NULL);
	int fd = chat_enter(a, "lobby", "ann", NULL);
	char line[1001];
	unsigned int n = 0;

	memset(line, 'x', 1000);
	line[1000] = '\0';
	while (!is_dropped(a) && n < 30000) {
		if (n % 1500 == 1499) {	/* so many in a second are refused */
			close(fd);
			fd = chat_enter(a, "lobby", names[n / 1500 % 4], NULL);
		}
		chat_say(fd, ++n, line);
		if (!chat_sees(fd, "\"ack\"", text))
			bail_out("line %u is not acknowledged", n);
	}
	ok(is_dropped(a), "who leaves %u KB unread is cut", n);
	is_int(chat_closed(slow), 1006, "without a word: it would not read it");
	chat_say(fd, 100000, "on");
	ok(chat_sees(fd, "\"n\":100000", text), "who reads goes on");
	close(fd);
	is_int(app_stop(a), 0, "TERM: exit status 0");
}

static void
silent(void)
{
	struct app *a = chat_start(1, "--ping=1000", NULL);
	int fd = chat_enter(a, "lobby", "ann", NULL), quiet, opcode;

	quiet = chat_open(a);
	is_int(chat_read(quiet, text), 9, "who is silent is pinged");
	while ((opcode = chat_read(fd, text)) >= 0 && opcode != 9)
		;
	is_int(opcode, 9, "the other one, too");
	chat_frame(fd, 0x8a, "", 0);
	is_int(chat_read(quiet, text), -1, "who does not answer is cut");
	while ((opcode = chat_read(fd, text)) >= 0 && opcode != 9)
		;
	is_int(opcode, 9, "who does is asked again");
	chat_frame(fd, 0x89, "are you there?", 14);
	while ((opcode = chat_read(fd, text)) >= 0 && opcode != 10)
		;
	is_str(text, "are you there?", "and so is a ping of its own");
	is_int(app_stop(a), 0, "TERM: exit status 0");
}

int
main(void)
{
	unread();
	silent();
	return done_testing();
}
