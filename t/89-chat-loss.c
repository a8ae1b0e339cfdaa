/* SPDX-License-Identifier: BSD-2-Clause */
/* t/89-chat-loss: a worker too slow for what is published gets it yet */
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "t/lib/chat.h"
#include "t/lib/tap.h"

#define QUIET	10
#define LOUD	1000			/* of 1 KB: some rings full */

static char text[CHAT_BYTES];

static bool
is_level(void *arg)
{
	return app_total(arg, "behind") == 0;
}

int
main(void)
{
	struct app *a = chat_start(2, NULL, NULL);
	int bob = chat_enter_at(a, 1, "quiet", "bob"), ann, eve;
	unsigned int said = 0, n = 0;
	char line[1001];

	ann = chat_enter_at(a, 0, "quiet", "ann");
	eve = chat_enter_at(a, 0, "loud", "eve");
	memset(line, 'x', 1000);
	line[1000] = '\0';
	ok(app_until(is_level, a), "no worker waits for lines of another");
	is_int(app_kill(a, 1, SIGSTOP), 0, "a worker is stopped");
	for (unsigned int i = 1; i <= QUIET; i++) {
		chat_say(ann, i, "in the quiet room");
		said += chat_sees(ann, "\"ack\"", text);
	}
	is_u64(said, QUIET, "meanwhile something is said in one room");
	for (unsigned int i = 1; i <= LOUD; i++) {
		chat_say(eve, i, line);
		said += chat_sees(eve, "\"ack\"", text);
	}
	is_u64(said, QUIET + LOUD, "and enough in another to overwrite it");
	is_int(app_kill(a, 1, SIGCONT), 0, "it goes on");
	while (n < QUIET && chat_sees(bob, "in the quiet room", text))
		n++;
	is_u64(n, QUIET, "and asks for what it has missed: all of it");
	is_int(app_stop(a), 0, "TERM: exit status 0");
	return done_testing();
}
