/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The cookie of the first request of a connection. The input is where it is
 * cut, and what came. What is found is what a reader finds who has all of it
 * before him, cut there, at each byte, or not at all.
 */
#include <string.h>
#include <strings.h>

#include "t/fuzz/head.h"

static const char *
skip(const char *at, const char *end, const char *set)
{
	while (at < end && *at != '\0' && strchr(set, *at) != NULL)
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

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes in = { data, size };
	size_t cut = input_byte(&in);
	const char *text = head_text(&in);
	uint64_t key = 0;
	enum head_end end = reader(text, text + in.left, &key);

	head_claims(STICKY_COOKIE, text, in.left, cut, end, key);
	return 0;
}
