/* SPDX-License-Identifier: BSD-2-Clause */
/* examples/chat as the app under test; see chat.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sys/socket.h>

#include "t/lib/chat.h"
#include "t/lib/tap.h"

struct app *
chat_start_at(unsigned int workers, char *address, char *option, char *other)
{
	char count[16];
	char *argv[] = { "chat", "-n", "app", "-i", count, "-l", address,
	    "--spread=100", option,
	    option != NULL ? other : NULL, NULL };

	snprintf(count, sizeof(count), "%u", workers);
	return example_start("chat", workers, argv, NULL);
}

struct app *
chat_start(unsigned int workers, char *option, char *other)
{
	char address[] = "tcp:127.0.0.1:0,mode=rr";

	return chat_start_at(workers, address, option, other);
}

/* Byte by byte up to the empty line, so that no frame behind it is taken. */
static int
status_of(int fd)
{
	char head[2048] = "";
	int status = 0;

	for (size_t n = 0; n < sizeof(head) - 1 &&
	    recv(fd, head + n, 1, 0) == 1 &&
	    strstr(head, "\r\n\r\n") == NULL; n++)
		;
	sscanf(head, "HTTP/1.1 %d ", &status);
	return status;
}

int
chat_upgrade(int fd, const char *fields)
{
	static unsigned int asked;
	char request[1024];

	snprintf(request, sizeof(request), "GET /chat HTTP/1.1\r\nHost: h\r\n"
	    "Cookie: chat=%u\r\n%s\r\n", asked++, fields != NULL ? fields :
	    "Upgrade: websocket\r\n"
	    "Connection: keep-alive, Upgrade\r\nSec-WebSocket-Version: 13\r\n"
	    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n");
	return example_send(fd, request, strlen(request)) == 0 ?
	    status_of(fd) : 0;
}

int
chat_open(const struct app *a)
{
	int fd = app_connect(a);

	if (fd < 0 || chat_upgrade(fd, NULL) != 101)
		bail_out("no WebSocket");
	return fd;
}

void
chat_frame(int fd, unsigned int first, const void *bytes, size_t n)
{
	unsigned char *f = malloc(n + 14);
	const unsigned char *from = bytes;
	size_t at = 2;

	f[0] = (unsigned char)first;
	f[1] = 0x80 | (unsigned char)(n < 126 ? n : n < 65536 ? 126 : 127);
	for (int i = n < 126 ? 0 : n < 65536 ? 2 : 8; i-- > 0; )
		f[at++] = (unsigned char)((uint64_t)n >> (8 * i));
	memcpy(f + at, "\x12\x34\x56\x78", 4);
	for (size_t i = 0; i < n; i++)
		f[at + 4 + i] = from[i] ^ f[at + i % 4];
	example_send(fd, (char *)f, at + 4 + n);
	free(f);
}

void
chat_text(int fd, const char *json)
{
	chat_frame(fd, 0x81, json, strlen(json));
}

static bool
whole(int fd, void *bytes, size_t n)
{
	return n == 0 || recv(fd, bytes, n, MSG_WAITALL) == (ssize_t)n;
}

int
chat_read(int fd, char text[CHAT_BYTES])
{
	unsigned char head[2], length[8];
	size_t n, bytes;

	text[0] = '\0';
	if (!whole(fd, head, 2) || head[1] & 0x80)
		return -1;
	n = head[1];
	bytes = n == 126 ? 2 : n == 127 ? 8 : 0;
	if (!whole(fd, length, bytes))
		return -1;
	for (size_t i = 0; i < bytes; i++)
		n = (i == 0 ? 0 : n << 8) | length[i];
	if (n >= CHAT_BYTES || !whole(fd, text, n))
		return -1;
	text[n] = '\0';
	return head[0] & 15;
}

int
chat_closed(int fd)
{
	char text[CHAT_BYTES];
	int opcode;

	memset(text, 0, 2);
	while ((opcode = chat_read(fd, text)) >= 0)
		if (opcode == 8) {
			chat_frame(fd, 0x88, text, text[0] == '\0' ? 0 : 2);
			return text[0] == '\0' ? 1005 :
			    (unsigned char)text[0] << 8 |
			    (unsigned char)text[1];
		}
	return 1006;
}

bool
chat_sees(int fd, const char *what, char text[CHAT_BYTES])
{
	int opcode;

	while ((opcode = chat_read(fd, text)) >= 0 && opcode != 8)
		if (opcode == 1 && strstr(text, what) != NULL)
			return true;
	return false;
}

unsigned int
chat_count(int fd, const char *what, const char *end)
{
	char text[CHAT_BYTES];
	unsigned int n = 0;

	while (chat_sees(fd, "\"t\"", text)) {
		n += strstr(text, what) != NULL;
		if (strstr(text, end) != NULL)
			return n;
	}
	return UINT32_MAX;
}

int
chat_enter(const struct app *a, const char *room, const char *name,
    unsigned int *ret_seat)
{
	char hello[256], text[CHAT_BYTES], cid[33];
	const char *seat;
	int fd = chat_open(a);

	for (int i = 0; i < 32; i++)	/* hexadecimal, of the name's letters */
		cid[i] = "0123456789abcdef"[name[i % (int)strlen(name)] & 15];
	cid[32] = '\0';
	snprintf(hello, sizeof(hello), "{\"t\":\"hello\",\"room\":\"%s\","
	    "\"name\":\"%s\",\"cid\":\"%s\"}", room, name, cid);
	chat_text(fd, hello);
	if (!chat_sees(fd, "\"welcome\"", text))
		bail_out("nobody says welcome");
	seat = strstr(text, "\"seat\":");
	if (ret_seat != NULL)
		*ret_seat = (unsigned int)atoi(seat + strlen("\"seat\":"));
	return fd;
}

int
chat_enter_at(const struct app *a, unsigned int seat, const char *room,
    const char *name)
{
	unsigned int got;
	int fd;

	for (int i = 0; i < 1000; i++) {
		fd = chat_enter(a, room, name, &got);
		if (got == seat)
			return fd;
		close(fd);
	}
	bail_out("no connection reaches seat %u", seat);
}

void
chat_say(int fd, unsigned int n, const char *text)
{
	char say[2048];

	snprintf(say, sizeof(say), "{\"t\":\"say\",\"n\":%u,\"text\":"
	    "\"%s\"}", n, text);
	chat_text(fd, say);
}

int
chat_http(const struct app *a, const char *request, char text[CHAT_BYTES])
{
	int fd = app_connect(a), status = 0;
	size_t at = 0;
	ssize_t n;

	text[0] = '\0';
	if (fd < 0 || example_send(fd, request, strlen(request)) < 0)
		return 0;
	while (at < CHAT_BYTES - 1 &&
	    (n = recv(fd, text + at, CHAT_BYTES - 1 - at, 0)) > 0)
		at += (size_t)n;
	text[at] = '\0';
	close(fd);
	sscanf(text, "HTTP/1.1 %d ", &status);
	return status;
}
