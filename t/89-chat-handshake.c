/* SPDX-License-Identifier: BSD-2-Clause */
/* t/89-chat-handshake: a WebSocket begins by the rules, for our pages */
#include <string.h>
#include <unistd.h>

#include "t/lib/chat.h"
#include "t/lib/tap.h"

#define UPGRADE	"Upgrade: websocket\r\nConnection: Upgrade\r\n"
#define KEY	"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
#define V13	"Sec-WebSocket-Version: 13\r\n"

static const struct {
	int		status;
	const char	*fields, *what;
} cases[] = {
	{ 101, "UPGRADE: h2c, WebSocket\r\nconnection: close, upgrade\r\n" KEY
	    V13, "any case, among others" },
	{ 101, UPGRADE V13 KEY "Origin: http://h\r\n", "a page of this host" },
	{ 101, UPGRADE V13 KEY "Origin: https://a.example\r\n", "--origin" },
	{ 403, UPGRADE V13 KEY "Origin: https://b.example\r\n", "another" },
	{ 403, UPGRADE V13 KEY "Origin: http://h.example\r\n", "begins so" },
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

int
main(void)
{
	struct app *a = chat_start(1, "--origin=https://a.example", NULL);
	char text[CHAT_BYTES];
	int fd;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		fd = app_connect(a);
		is_int(chat_upgrade(fd, cases[i].fields), cases[i].status, "%s",
		    cases[i].what);
		close(fd);
	}
	is_int(chat_http(a, "POST /chat HTTP/1.1\r\nHost: h\r\n" UPGRADE V13 KEY
	    "Connection: close\r\n\r\n", text), 404, "a POST");
	is_int(chat_http(a, "HEAD /chat HTTP/1.1\r\n" UPGRADE V13 KEY
	    "Connection: close\r\n\r\n", text), 404, "a HEAD");
	is_int(chat_http(a, "GET /chat HTTP/1.0\r\n" UPGRADE V13 KEY "\r\n",
	    text), 400, "HTTP/1.0");
	is_int(chat_http(a, "GET / HTTP/1.1\r\n\r\n" "GET /chat HTTP/1.1\r\n"
	    UPGRADE V13 KEY "\r\n\x88\x80" "1234", text), 200, "the page");
	ok(strstr(text, "HTTP/1.1 101 ") != NULL, "and a WebSocket behind it");
	is_int(app_stop(a), 0, "TERM: exit status 0");
	return done_testing();
}
