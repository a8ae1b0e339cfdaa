/* SPDX-License-Identifier: BSD-2-Clause */
/* t/89-chat-handshake: a WebSocket begins by the rules, for pages of ours only */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "t/lib/chat.h"
#include "t/lib/tap.h"

#define UPGRADE	"Upgrade: websocket\r\nConnection: Upgrade\r\n"
#define KEY	"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
#define V13	"Sec-WebSocket-Version: 13\r\n"
#define FRAME	"\x81\x81\0\0\0\0x"	/* no JSON: closed with 1008 */

static const struct {
	int		status;
	const char	*fields, *what;
} cases[] = {
	{ 101, "UPGRADE: h2c, WebSocket\r\nconnection: close, upgrade\r\n" KEY
	    V13, "any case, among others" },
	{ 101, UPGRADE V13 KEY "Origin: http://h\r\n", "a page of this host" },
	{ 101, UPGRADE V13 KEY "Origin: https://a.example\r\n", "--origin" },
	{ 403, UPGRADE V13 KEY "Origin: https://b.example\r\n", "another page" },
	{ 403, UPGRADE V13 KEY "Origin: http://h.example\r\n", "one that begins so" },
	{ 403, UPGRADE V13 KEY "Origin: null\r\n", "a page of nowhere" },
	{ 426, UPGRADE KEY "Sec-WebSocket-Version: 8\r\n", "version 8" },
	{ 426, UPGRADE KEY, "no version" },
	{ 400, UPGRADE V13, "no key" },
	{ 400, UPGRADE V13 "Sec-WebSocket-Key: dGhlIHNhbXBsZQ==\r\n",
	    "a key of 10 bytes" },
	{ 400, UPGRADE V13 "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZ!==\r\n",
	    "a key that is no base64" },
	{ 400, "Connection: Upgrade\r\n" V13 KEY, "no Upgrade" },
	{ 400, "Upgrade: websocket\r\n" V13 KEY, "no Connection" },
};

static const char whole[] = "GET /chat HTTP/1.1\r\nHost: h\r\n" UPGRADE V13 KEY
    "\r\n" FRAME;
#define N	(sizeof(whole) - 1)

/* Handshake and a frame, in two pieces: the frame is read, and closes. */
static bool
is_read(const struct app *a, size_t cut)
{
	char head[256] = "", accept[] = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n";
	int fd = app_connect(a), code;

	example_send(fd, whole, cut);
	example_send(fd, whole + cut, N - cut);
	for (size_t n = 0; n < sizeof(head) - 1 &&
	    strstr(head, "\r\n\r\n") == NULL && recv(fd, head + n, 1, 0) == 1; n++)
		;
	code = chat_closed(fd);
	close(fd);
	return strstr(head, accept) != NULL && code == 1008;
}

int
main(void)
{
	struct app *a = chat_start(1, "--origin=https://a.example", NULL);
	char text[CHAT_BYTES];
	size_t cut = 1;
	int fd;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		fd = app_connect(a);
		is_int(chat_upgrade(fd, cases[i].fields), cases[i].status, "%s",
		    cases[i].what);
		close(fd);
	}
	is_int(chat_http(a, "POST /chat HTTP/1.1\r\nHost: h\r\n" UPGRADE V13 KEY
	    "Connection: close\r\n\r\n", text), 404, "a POST");
	is_int(chat_http(a, "GET / HTTP/1.1\r\n\r\n" "GET /chat HTTP/1.1\r\n"
	    UPGRADE V13 KEY "\r\n", text), 200, "the page, and a WebSocket behind");
	while (cut < N && is_read(a, cut))
		cut++;
	is_u64(cut, N, "in two pieces, cut at each byte");
	is_int(app_stop(a), 0, "TERM: exit status 0");
	return done_testing();
}
