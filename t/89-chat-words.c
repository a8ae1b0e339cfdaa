/* SPDX-License-Identifier: BSD-2-Clause */
/* t/89-chat-words: a message that makes no sense is refused */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "t/lib/chat.h"
#include "t/lib/tap.h"

#define CID	"\"cid\":\"0123456789abcdef0123456789abcdef\""
#define HELLO(room, name) "{\"t\":\"hello\",\"room\":\"" room "\",\"name\":\"" \
    name "\"," CID "}"
#define LONG	"123456789012345678901234567890123"

static const char *const wrong[] = {
	"{}", "[]", "null", "\"hello\"", "{\"t\":1}", "{\"t\":\"nothing\"}",
	"{\"t\":\"hello\"", "{\"t\":\"hello\"}", HELLO("", "ann"),
	HELLO("r", ""), HELLO("r", "   "), HELLO(LONG, "ann"), HELLO("r", LONG),
	HELLO("r", "a\\nb"), HELLO("r", "\\u0000"), HELLO("r\\u007f", "ann"),
	"{\"t\":\"hello\",\"room\":\"r\",\"name\":\"a\",\"cid\":\"xyz\"}",
	"{\"t\":\"hello\",\"room\":[],\"name\":{}," CID "}",
	"{\"t\":\"say\",\"n\":1,\"text\":\"before hello\"}",
	"{\"t\":\"say\",\"t\":\"hello\"}",
};
static const char *const said[] = {
	"{\"t\":\"say\"}", "{\"t\":\"say\",\"n\":0,\"text\":\"x\"}",
	"{\"t\":\"say\",\"n\":-1,\"text\":\"x\"}",
	"{\"t\":\"say\",\"n\":\"1\",\"text\":\"x\"}",
	"{\"t\":\"say\",\"n\":9007199254740993,\"text\":\"x\"}",
	"{\"t\":\"say\",\"n\":99999999999999999999,\"text\":\"x\"}",
	"{\"t\":\"say\",\"n\":1,\"text\":\"\"}",
	"{\"t\":\"say\",\"n\":1,\"text\":7}",
	"{\"t\":\"say\",\"n\":1,\"text\":\"a\\u0007\"}",
};
#define N(list)	(sizeof(list) / sizeof((list)[0]))

int
main(void)
{
	struct app *a = chat_start(1, NULL, NULL);
	char deep[8193], text[CHAT_BYTES], line[1002];
	int fd;

	for (size_t i = 0; i < N(wrong); i++) {
		fd = chat_open(a);
		chat_text(fd, wrong[i]);
		is_int(chat_closed(fd), 1008, "%s", wrong[i]);
		close(fd);
	}
	for (size_t i = 0; i < N(said); i++) {
		fd = chat_enter(a, "lobby", "ann", NULL);
		chat_text(fd, said[i]);
		is_int(chat_closed(fd), 1008, "%s", said[i]);
		close(fd);
	}
	memset(deep, '[', 8192);
	deep[8192] = '\0';
	fd = chat_open(a);
	chat_text(fd, deep);
	is_int(chat_closed(fd), 1008, "8192 brackets");
	close(fd);

	memset(line, 'x', 1001);
	line[1001] = '\0';
	fd = chat_enter(a, "lobby", "ann", NULL);
	chat_say(fd, 1, line + 1);
	ok(chat_sees(fd, "\"ack\"", text), "1000 bytes are a line");
	chat_say(fd, 2, line);
	is_int(chat_closed(fd), 1008, "1001 are none");
	is_u64(app_total(a, "messages"), 1, "one was said");
	is_u64(app_total(a, "rejected"), N(wrong) + N(said) + 2, "refused");
	is_int(app_stop(a), 0, "TERM: exit status 0");
	return done_testing();
}
