/* SPDX-License-Identifier: BSD-2-Clause */
/* t/89-chat-partial: who does not end its handshake is ended, no other */
#include <unistd.h>

#include "t/lib/chat.h"
#include "t/lib/tap.h"

static const char request[] = "GET /chat HTTP/1.1\r\nHost: h\r\n"
    "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13";
#define N	(sizeof(request))

int
main(void)
{
	struct app *a = chat_start(1, "--idle=500", NULL);
	char text[CHAT_BYTES];
	int fds[N], fd;

	for (size_t n = 0; n < N; n++) {
		fds[n] = app_connect(a);
		example_send(fds[n], request, n);
	}
	fd = chat_enter(a, "lobby", "ann", NULL);
	for (size_t n = 0; n < N; n += N / 8)
		ok(example_ended(fds[n]), "%zu bytes, and silence: ended", n);
	chat_say(fd, 1, "meanwhile");
	ok(chat_sees(fd, "\"ack\"", text), "a WebSocket is not");
	is_int(app_stop(a), 0, "TERM: exit status 0");
	return done_testing();
}
