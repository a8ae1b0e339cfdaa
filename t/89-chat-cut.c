/* SPDX-License-Identifier: BSD-2-Clause */
/* t/89-chat-cut: a handshake and what follows are read however they are cut */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <sys/socket.h>

#include "t/lib/chat.h"
#include "t/lib/tap.h"

#define MASK	"\x12\x34\x56\x78"

static const char whole[] = "GET /chat HTTP/1.1\r\nHost: h\r\n"
    "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    "\x89\x82" MASK "zz" "\x81\x81" MASK "3";	/* a ping; no JSON */
#define N	(sizeof(whole) - 1)

/* In two pieces: the ping is answered, and the text closes with 1008. */
static bool
is_read(const struct app *a, size_t cut)
{
	char head[256] = "", accept[] = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n";
	int fd = app_connect(a), code;

	example_send(fd, whole, cut);
	example_send(fd, whole + cut, N - cut);
	for (size_t n = 0; n < sizeof(head) - 1 &&
	    strstr(head, "\r\n\r\n") == NULL &&
	    recv(fd, head + n, 1, 0) == 1; n++)
		;
	code = chat_closed(fd);
	close(fd);
	return strstr(head, accept) != NULL && code == 1008;
}

int
main(void)
{
	struct app *a = chat_start(1, NULL, NULL);
	size_t cut = 1;

	while (cut < N && is_read(a, cut))
		cut++;
	is_u64(cut, N, "in two pieces, cut at each byte");
	is_int(app_stop(a), 0, "TERM: exit status 0");
	return done_testing();
}
