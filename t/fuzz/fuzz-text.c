/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the command shows and what it is told: escaped text, and the values of
 * its flags. The input is a width, a number and a text. No byte of it reaches
 * a terminal as a control, and what is shown can be told from all else.
 */
#include <math.h>

#include "t/fuzz/fuzz.h"
#include "tools/text.h"
#include "tools/verb.h"

/* Read the escapes: the bytes that were shown, as far as they had room. */
static size_t
unescape(const char *text, uint8_t *bytes)
{
	unsigned int c;
	size_t n = 0;

	for (; *text != '\0'; text++) {
		c = (uint8_t)*text;
		if (c == '\\' && (*++text == 'n' || *text == 't'))
			c = *text == 'n' ? '\n' : '\t';
		else if (c == '\\' && *text == 'x') {
			claim(sscanf(text + 1, "%2x", &c) == 1);
			text += 2;
		} else if (c == '\\')
			claim(*text == '\\');
		bytes[n++] = (uint8_t)c;
	}
	return n;
}

static bool
is_printable(const char *text)
{
	for (; *text != '\0'; text++)
		if (*text < ' ' || *text > '~')
			return false;
	return true;
}

/* The input as it is, without a NUL behind it. */
static void
escaped(struct bytes *in, size_t room)
{
	char *bytes = malloc(in->left), *to = malloc(room);
	uint8_t *back = malloc(in->left + 1);
	size_t n, shown;

	claim(bytes != NULL && to != NULL && back != NULL);
	if (in->left > 0)
		memcpy(bytes, in->at, in->left);
	n = text_escape(bytes, in->left, to, room);
	claim(n < room && strlen(to) == n && is_printable(to));
	shown = unescape(to, back);
	claim(shown <= strnlen(bytes, in->left));
	claim(memcmp(back, bytes, shown) == 0);
	/* An escape is four bytes at most: it is not cut without need. */
	claim(shown == strnlen(bytes, in->left) || n + 4 >= room);
	free(bytes);
	free(to);
	free(back);
}

static void
numbers(uint64_t word)
{
	double n;

	memcpy(&n, &word, sizeof(n));
	claim(is_printable(text_duration(word).s));
	claim(is_printable(text_size(word).s));
	claim(is_printable(text_time(word).s));
	claim(is_printable(text_count((double)(int64_t)word).s));
	claim(is_printable(text_total((double)(int64_t)word).s));
	if (isfinite(n)) {
		claim(is_printable(text_count(n).s));
		claim(is_printable(text_total(n).s));
		claim(is_printable(text_percent(n).s));
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes in = { data, size };
	size_t room = 1 + input_byte(&in);
	uint64_t word = input_word(&in, 8);
	double low = (double)(word % 100), high = low + 1000, s = -1;
	char *text;

	numbers(word);
	escaped(&in, room);
	text = input_text(&in);
	claim(is_printable(text_line(text).s));
	claim(is_printable(text_escaped(text).s));
	if (verb_seconds(text, low, high, &s))
		claim(s >= low && s <= high);
	else
		claim(s == -1);
	free(text);
	return 0;
}
