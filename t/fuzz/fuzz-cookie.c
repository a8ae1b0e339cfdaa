/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The cookie of the first request of a connection. The input is where it is
 * cut, and what came. What is found is what a reader finds who has all of it
 * before him, cut there, at each byte, or not at all.
 */
#include <string.h>
#include <strings.h>

#include "runtime/sticky-key.h"
#include "t/fuzz/fuzz.h"

static const char *
skip(const char *at, const char *end, const char *set)
{
	while (at < end && *at != '\0' && strchr(set, *at) != NULL)
		at++;
	return at;
}

static const char *
until(const char *at, const char *end, const char *set)
{
	while (at < end && (*at == '\0' || strchr(set, *at) == NULL))
		at++;
	return at;
}

/* The cookies of one line, up to its LF or to the end of all. */
static enum head_end
in_cookies(const char *at, const char *end, uint64_t *ret_key, bool *empty)
{
	const char *last;

	for (;;) {
		at = skip(at, end, "; \t\r");
		if (at == end)
			return HEAD_MORE;
		if (*at == '\n')
			return HEAD_NONE;
		if (end - at < 4 || memcmp(at, "sid=", 4) != 0) {
			at = until(at, end, ";\n");
			continue;
		}
		at += 4;
		if (at < end && *at == '"')
			last = until(++at, end, "\"; \t\r\n");
		else
			last = until(at, end, "; \t\r\n");
		if (last == end)
			return HEAD_MORE;
		if (last > at) {
			*ret_key = sticky_key(at, (size_t)(last - at));
			return HEAD_KEY;
		}
		*empty = true;
		at = until(last, end, ";\n");
	}
}

/* In the plainest words. */
static enum head_end
reader(const char *at, const char *end, uint64_t *ret_key)
{
	static const char token[] = "!#$%&'*+-.^_`|~0123456789"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
	enum head_end found;
	const char *begin, *lf;
	bool empty = false;

	begin = skip(at, end, "\r\n");
	at = skip(begin, end, token);
	if (at - begin > 32)
		return HEAD_FORM;
	if (at == end)
		return HEAD_MORE;
	if (*at != ' ' || at == begin)
		return HEAD_FORM;
	for (at = until(at, end, "\n"); at < end; at = lf) {
		if (++at == end || (*at == '\r' && at + 1 == end))
			return HEAD_MORE;
		if (*at == '\n' || (*at == '\r' && at[1] == '\n'))
			return empty ? HEAD_EMPTY : HEAD_NONE;
		lf = until(at, end, "\n");
		if (end - at < 7 || strncasecmp(at, "cookie:", 7) != 0)
			continue;
		found = in_cookies(at + 7, end, ret_key, &empty);
		if (found != HEAD_NONE)
			return found;
	}
	return HEAD_MORE;
}

static enum head_end
feed_all(const char *at, size_t n, size_t first, size_t step,
    uint64_t *ret_key)
{
	struct sticky s = { .by = STICKY_COOKIE, .name = "sid" };
	size_t room = first > step ? first : step, take = first;
	enum head_end end = HEAD_MORE;
	char *piece = malloc(room + 1);
	struct head h;

	claim(piece != NULL);
	head_begin(&h, &s);
	for (; n > 0 && end == HEAD_MORE; at += take, n -= take, take = step) {
		take = take < n ? take : n;
		/* What is behind a piece is not there. */
		memcpy(piece + 1 + room - take, at, take);
		end = head_feed(&h, piece + 1 + room - take, take);
	}
	free(piece);
	*ret_key = head_key(&h);
	return end;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes in = { data, size };
	size_t cut = input_byte(&in), n = in.left;
	const char *text = n > 0 ? (const char *)in.at : "";
	uint64_t key = 0, got = 0;
	enum head_end end = reader(text, text + n, &key);

	claim(feed_all(text, n, n, n, &got) == end);
	claim(end != HEAD_KEY || got == key);
	claim(feed_all(text, n, cut, n, &got) == end);
	claim(end != HEAD_KEY || got == key);
	claim(feed_all(text, n, 1, 1, &got) == end);
	claim(end != HEAD_KEY || got == key);
	return 0;
}
