/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The parameter in the target of the first request of a connection. The input
 * is where it is cut, and what came. What is found is what a reader finds who
 * has all of it before him and takes it apart step by step.
 */
#include <stdlib.h>
#include <string.h>

#include "runtime/sticky-key.h"
#include "t/fuzz/fuzz.h"

static const char *
until(const char *at, const char *end, const char *set)
{
	while (at < end && (*at == '\0' || strchr(set, *at) == NULL))
		at++;
	return at;
}

static bool
is_hex(char c)
{
	return c != '\0' && strchr("0123456789abcdefABCDEF", c) != NULL;
}

/* As it is meant; never longer. How many bytes. */
static size_t
decode(const char *at, const char *end, char *to)
{
	char digits[3] = "";
	size_t n = 0;

	for (; at < end; at++)
		if (*at == '%' && end - at > 2 && is_hex(at[1]) &&
		    is_hex(at[2])) {
			digits[0] = at[1];
			digits[1] = at[2];
			to[n++] = (char)strtoul(digits, NULL, 16);
			at += 2;
		} else
			to[n++] = *at == '+' ? ' ' : *at;
	return n;
}

/* One parameter, whole. */
static enum head_end
parameter(const char *at, const char *end, uint64_t *ret_key)
{
	const char *equals = until(at, end, "=");
	char text[512];
	size_t n;

	claim((size_t)(end - at) <= sizeof(text));
	n = decode(at, equals, text);
	if (n != 3 || memcmp(text, "sid", 3) != 0)
		return HEAD_NONE;
	n = equals < end ? decode(equals + 1, end, text) : 0;
	*ret_key = sticky_key(text, n);
	return n > 0 ? HEAD_KEY : HEAD_EMPTY;
}

static enum head_end
reader(const char *at, const char *end, uint64_t *ret_key)
{
	static const char token[] = "!#$%&'*+-.^_`|~0123456789"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
	enum head_end found, all = HEAD_NONE;
	const char *begin, *last, *next;

	while (at < end && (*at == '\r' || *at == '\n'))
		at++;
	for (begin = at; at < end && *at != '\0' && strchr(token, *at) != NULL;)
		at++;
	if (at - begin > 32)
		return HEAD_FORM;
	if (at == end)
		return HEAD_MORE;
	if (*at != ' ' || at == begin)
		return HEAD_FORM;
	at = until(at + 1, end, "? #\r\n");
	if (at == end || *at != '?')
		return at == end ? HEAD_MORE : HEAD_NONE;
	last = until(at, end, " #\r\n");
	for (; *at == '?' || *at == '&'; at = next) {
		next = until(++at, last, "&");
		if (next == end)
			return HEAD_MORE;
		found = parameter(at, next, ret_key);
		if (found == HEAD_KEY)
			return found;
		if (found == HEAD_EMPTY)
			all = found;
		if (next == last)
			break;
	}
	return all;
}

static enum head_end
feed_all(const char *at, size_t n, size_t first, size_t step,
    uint64_t *ret_key)
{
	struct sticky s = { .by = STICKY_QUERY, .name = "sid" };
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
	enum head_end end;

	if (n > 500)
		return 0;
	end = reader(text, text + n, &key);
	claim(feed_all(text, n, n, n, &got) == end);
	claim(end != HEAD_KEY || got == key);
	claim(feed_all(text, n, cut, n, &got) == end);
	claim(end != HEAD_KEY || got == key);
	claim(feed_all(text, n, 1, 1, &got) == end);
	claim(end != HEAD_KEY || got == key);
	return 0;
}
