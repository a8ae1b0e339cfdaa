/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The parameter in the target of the first request of a connection. The input
 * is where it is cut, and what came. What is found is what a reader finds who
 * has all of it before him and takes it apart step by step.
 */
#include <stdlib.h>
#include <string.h>

#include "t/fuzz/head.h"

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

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes in = { data, size };
	size_t cut = input_byte(&in);
	const char *text = head_text(&in);
	uint64_t key = 0;
	enum head_end end;

	if (in.left > 500)
		return 0;
	end = reader(text, text + in.left, &key);
	head_claims(STICKY_QUERY, text, in.left, cut, end, key);
	return 0;
}
