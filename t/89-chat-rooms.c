/* SPDX-License-Identifier: BSD-2-Clause */
/* t/89-chat-rooms: a room is one over all workers; a kill takes no line */
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "t/lib/chat.h"
#include "t/lib/tap.h"

static const char *const said[] = { "\"one", "two", "four", "five" };
static char text[CHAT_BYTES];
static bool known[4];

int
main(void)
{
	struct app *a = chat_start(2, NULL, NULL);
	int ann = chat_enter_at(a, 0, "lobby", "ann"), late;
	int bob = chat_enter_at(a, 1, "lobby", "bob");
	int eve = chat_enter_at(a, 1, "elsewhere", "eve");
	uint64_t generation = app_generation(a, 1);

	ok(chat_sees(ann, "\"count\":2,\"names\":[\"ann\",\"bob\"]", text),
	    "who is there is told over both workers");
	chat_say(ann, 1, "one \\\"quoted\\\" \xf0\x9f\x90\x84");
	ok(chat_sees(bob, "\"one \\\"quoted\\\" \xf0\x9f\x90\x84\"", text),
	    "a line reaches the other worker");
	ok(chat_sees(ann, "\"ack\",\"n\":1", text), "and is acknowledged");
	chat_say(ann, 1, "one again");
	ok(chat_sees(ann, "\"ack\",\"n\":1", text), "again: as well");
	chat_say(ann, 2, "two");
	is_u64(chat_count(bob, "one", "two"), 0, "but told once");
	chat_say(eve, 1, "three");
	ok(chat_sees(eve, "\"ack\"", text), "elsewhere something is said");
	chat_say(bob, 1, "four");
	is_u64(chat_count(ann, "three", "four"), 0, "which is not told here");
	ok(chat_sees(bob, "\"ack\"", text), "who said it knows that");

	app_kill(a, 1, SIGKILL);
	ok(chat_sees(ann, "\"count\":1,\"names\":[\"ann\"]", text),
	    "a worker is killed: who was there is gone");
	is_int(chat_closed(bob), 1006, "and cut");
	ok(app_wait_respawn(a, 1, generation), "another comes");
	chat_say(ann, 3, "five");
	late = chat_enter_at(a, 1, "lobby", "bob");
	for (unsigned int seen = 0; seen != 15 && chat_read(late, text) >= 0; )
		for (unsigned int i = 0; i < 4; i++)
			known[i] |= strstr(text, said[i]) != NULL,
			    seen |= (unsigned int)known[i] << i;
	for (unsigned int i = 0; i < 4; i++)
		ok(known[i], "it knows line %s, in whatever order", said[i]);
	chat_say(late, 1, "four, said again by its page");
	ok(chat_sees(late, "\"ack\",\"n\":1", text), "perhaps lost: again");
	chat_say(late, 2, "six");
	is_u64(chat_count(ann, "four", "six"), 0, "and is known");

	for (int i = 1; i <= 60; i++)
		chat_say(late, 100U + (unsigned int)i, i < 60 ? "more" :
		    "last");
	ok(chat_sees(late, "\"ack\",\"n\":160", text), "60 lines more");
	close(late);
	late = chat_enter_at(a, 0, "lobby", "dan");
	is_u64(chat_count(late, "more", "last"), 49, "the last 50 are kept");
	chat_text(late, "{\"t\":\"hello\",\"room\":\"elsewhere\","
	    "\"name\":\"d\","
	    "\"cid\":\"00000000000000000000000000000000\"}");
	ok(chat_sees(late, "three", text), "another room, known here, too");
	is_u64(app_total(a, "messages"), 66, "lines are counted once");
	is_int(app_stop(a), 0, "TERM: exit status 0");
	return done_testing();
}
