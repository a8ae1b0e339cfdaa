/* SPDX-License-Identifier: BSD-2-Clause */
/* t/89-chat-frames: a frame against the rules ends its connection, no other */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "t/lib/chat.h"
#include "t/lib/tap.h"

#define MASK	"\x12\x34\x56\x78"
#define BYTES(s) s, sizeof(s) - 1

static const struct {
	const char	*what, *bytes;
	size_t		n;
	int		code;
} wrong[] = {
	{ "unmasked", BYTES("\x81\x02hi"), 1002 },
	{ "a reserved bit", BYTES("\xc1\x80" MASK), 1002 },
	{ "an unknown opcode", BYTES("\x83\x80" MASK), 1002 },
	{ "an unknown control opcode", BYTES("\x8b\x80" MASK), 1002 },
	{ "a ping in pieces", BYTES("\x09\x80" MASK), 1002 },
	{ "a ping of 126 bytes", BYTES("\x89\xfe\x00\x7e" MASK), 1002 },
	{ "a continuation of nothing", BYTES("\x80\x80" MASK), 1002 },
	{ "a text inside of another", BYTES("\x01\x81" MASK "\x73" "\x81\x81"
	    MASK "\x73"), 1002 },
	{ "a close with code 1005", BYTES("\x88\x82" MASK "\x11\xd9"), 1002 },
	{ "a close with half a code", BYTES("\x88\x81" MASK "\x11"), 1005 },
	{ "2^63 bytes, it says", BYTES("\x81\xff\xff\xff\xff\xff\xff\xff"
	    "\xff\xff" MASK), 1002 },
	{ "2^62 bytes, it says", BYTES("\x81\xff\x40\0\0\0\0\0\0\0" MASK
	    "x"), 1009 },
	{ "8193 bytes, it says", BYTES("\x81\xfe\x20\x01" MASK "x"), 1009 },
	{ "8192 and 1, in pieces", BYTES("\x01\x81" MASK "\x33" "\x80\xfe\x20\0"
	    MASK "x"), 1009 },
	{ "UTF-8 that is none", BYTES("\x81\x82" MASK "\xd2\xb4"), 1007 },
	{ "half a character at the end", BYTES("\x81\x81" MASK "\xd1"), 1007 },
	{ "a surrogate", BYTES("\x81\x83" MASK "\xff\x94\xd6"), 1007 },
	{ "binary", BYTES("\x82\x81" MASK "\x33"), 1003 },
	{ "no JSON", BYTES("\x81\x81" MASK "\x33"), 1008 },
	{ "an empty text", BYTES("\x81\x80" MASK), 1008 },
};
#define N	(sizeof(wrong) / sizeof(wrong[0]))

int
main(void)
{
	struct app *a = chat_start(1, NULL, NULL);
	uint64_t generation = app_generation(a, 0);
	int other = chat_enter(a, "lobby", "ann", NULL), fd;
	char text[CHAT_BYTES];

	for (size_t i = 0; i < N; i++) {
		fd = chat_open(a);
		example_send(fd, wrong[i].bytes, wrong[i].n);
		is_int(chat_closed(fd), wrong[i].code, "%s", wrong[i].what);
		ok(example_ended(fd), "%s: and the end", wrong[i].what);
		close(fd);
	}
	fd = chat_open(a);
	for (int i = 0; i < 1000; i++)
		chat_frame(fd, 0x89, "", 0);
	is_int(chat_closed(fd), 1008, "a flood of pings");
	close(fd);
	fd = chat_open(a);
	chat_frame(fd, 0x01, "{", 1);
	for (int i = 0; i < 10000; i++)
		chat_frame(fd, 0x00, "", 0);
	is_int(chat_closed(fd), 1008, "a flood of pieces");
	close(fd);

	ok(app_total(a, "rejected") >= N, "they are counted");
	chat_say(other, 1, "still here");
	ok(chat_sees(other, "\"ack\"", text), "another client is served on");
	is_u64(app_generation(a, 0), generation, "by the same worker");
	is_int(app_stop(a), 0, "TERM: exit status 0");
	return done_testing();
}
