/* SPDX-License-Identifier: BSD-2-Clause */
/* t/89-chat-kills: an acknowledged line is told once, whoever is killed */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "t/lib/chat.h"
#include "t/lib/tap.h"

#define ROUNDS	6
#define LINES	30			/* in each */
static char text[CHAT_BYTES];
static unsigned int acked[ROUNDS * LINES + 1], told[ROUNDS * LINES + 1];

/* Acks from here on, at most so many: how many came before the end. */
static unsigned int
acks(int fd, unsigned int most)
{
	unsigned int n = 0, number;

	while (n < most && chat_sees(fd, "{\"t\":\"ack\"", text))
		if (sscanf(text, "{\"t\":\"ack\",\"n\":%u", &number) == 1 &&
		    number <= ROUNDS * LINES) {
			acked[number]++;
			n++;
		}
	return n;
}

/* Some lines, a kill while they are acknowledged, the others once more. */
static unsigned int
say(struct app *a, unsigned int seat, unsigned int first, unsigned int until)
{
	uint64_t generation = app_generation(a, seat);
	int fd = chat_enter_at(a, seat, "lobby", "ann");
	unsigned int again = 0;

	if (until == 0)
		app_kill(a, seat, SIGSTOP);
	for (unsigned int i = first; i < first + LINES; i++)
		chat_say(fd, i, "some line");
	acks(fd, until);
	app_kill(a, seat, SIGKILL);
	acks(fd, LINES);		/* what was on its way */
	close(fd);
	fd = chat_enter(a, "lobby", "ann", NULL);
	for (unsigned int i = first; i < first + LINES; i++)
		if (acked[i] == 0) {
			chat_say(fd, i, "some line");
			again++;
		}
	is_u64(acks(fd, again), again, "killed after %u acks: %u said again",
	    until, again);
	close(fd);
	ok(app_wait_respawn(a, seat, generation), "seat %u has another", seat);
	return again;
}

int
main(void)
{
	struct app *a = chat_start(3, NULL, NULL);
	int fd = chat_enter_at(a, 0, "lobby", "bob");
	unsigned int n, wrong = 0, again = 0;

	for (unsigned int i = 0; i < ROUNDS; i++)
		again += say(a, 1 + i % 2, i * LINES + 1, i * LINES / ROUNDS);
	ok(again >= LINES && again < ROUNDS * LINES, "some had no ack");
	chat_say(fd, 1000, "the end");
	while (chat_sees(fd, "\"line\"", text) && strstr(text, "end") == NULL)
		if (sscanf(strstr(text, "\"n\":"), "\"n\":%u", &n) == 1)
			told[n <= ROUNDS * LINES ? n : 0]++;
	for (unsigned int i = 1; i <= ROUNDS * LINES; i++)
		wrong += acked[i] == 0 || told[i] != 1;
	is_u64(wrong, 0, "of %d each is acknowledged, and told once",
	    ROUNDS * LINES);
	is_int(app_stop(a), 0, "TERM: exit status 0");
	return done_testing();
}
