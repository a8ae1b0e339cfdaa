/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A state, and a function for each that takes one byte and says the next. What
 * is doubtful is read as most servers do: a bare LF ends a line, and empty
 * lines before the request are passed over.
 */
#include <string.h>
#include <strings.h>

#include "runtime/sticky-key.h"

#define METHOD_MAX	32

enum state {
	START,				/* before the request */
	METHOD,
	TARGET,				/* its path */
	NAME, VALUE, OTHER,		/* in its query: of one parameter */
	REST,				/* of the request line */
	LINE,				/* the first byte of a header line */
	LINE_END,			/* behind CR there */
	HEADER,				/* its name, so far Cookie */
	SKIP,				/* the rest of a header line */
	PAIR,				/* before a cookie */
	COOKIE, COOKIE_FIRST, COOKIE_VALUE, COOKIE_OTHER,
};

#define BAD	(-1)			/* a broken %41: as it is */

void
head_begin(struct head *h, const struct sticky *s)
{
	*h = (struct head){ .key = STICKY_SEED, .name = s->name,
	    .query = s->by == STICKY_QUERY, .state = START };
}

static bool
is_token(unsigned char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
	    (c >= '0' && c <= '9') || (c != '\0' && strchr("!#$%&'*+-.^_`|~",
	    c) != NULL);
}

static void
value_add(struct head *h, unsigned char c)
{
	h->key = sticky_byte(h->key, c);
	h->bytes++;
}

/* The value has ended. */
static enum head_end
value_end(struct head *h, enum state next)
{
	if (h->bytes > 0)
		return HEAD_KEY;
	h->empty = true;
	h->state = (uint8_t)next;
	return HEAD_MORE;
}

static enum head_end
absent(const struct head *h)
{
	return h->empty ? HEAD_EMPTY : HEAD_NONE;
}

/* A byte of a parameter as it is meant: of its name, or of its value. */
static void
query_byte(struct head *h, unsigned char c)
{
	if (h->state == VALUE)
		value_add(h, c);
	else if (c != '\0' && h->name[h->at] == (char)c)
		h->at++;
	else
		h->state = OTHER;
}

static int
hex(unsigned char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : BAD;
}

/* What was no %41 after all, is what it looks like. */
static void
percent_end(struct head *h)
{
	unsigned int n = h->percent;

	h->percent = 0;
	if (n > 0)
		query_byte(h, '%');
	if (n > 1 && h->state != OTHER)
		query_byte(h, h->digit);
}

static enum head_end
query_end(struct head *h, unsigned char c)
{
	bool last = c != '&', value;

	percent_end(h);
	/* "sid" alone is a parameter without a value, as "sid=" is. */
	value = h->state == VALUE || (h->state == NAME && h->at > 0 &&
	    h->name[h->at] == '\0');
	if (value && value_end(h, NAME) == HEAD_KEY)
		return HEAD_KEY;
	h->state = NAME;
	h->at = 0;
	return last ? absent(h) : HEAD_MORE;
}

static enum head_end
in_query(struct head *h, unsigned char c)
{
	int high = hex(h->digit), low = hex(c);

	if (c == '&' || c == ' ' || c == '#' || c == '\r' || c == '\n')
		return query_end(h, c);
	if (h->percent == 1 && low != BAD) {
		h->digit = c;
		h->percent = 2;
		return HEAD_MORE;
	}
	if (h->percent == 2 && low != BAD) {
		h->percent = 0;
		query_byte(h, (unsigned char)((unsigned int)high << 4 |
		    (unsigned int)low));
		return HEAD_MORE;
	}
	percent_end(h);
	if (c == '%' && h->state != OTHER)
		h->percent = 1;
	else if (c == '=' && h->state == NAME)
		h->state = h->name[h->at] == '\0' ? VALUE : OTHER;
	else if (h->state != OTHER)
		query_byte(h, c == '+' ? ' ' : c);
	return HEAD_MORE;
}

static enum head_end
in_request(struct head *h, unsigned char c)
{
	switch ((enum state)h->state) {
	case START:
		if (c == '\r' || c == '\n')
			return HEAD_MORE;
		h->state = METHOD;
		/* FALLTHROUGH */
	case METHOD:
		if (c == ' ' && h->at > 0) {
			h->at = 0;
			h->state = h->query ? TARGET : REST;
			return HEAD_MORE;
		}
		return is_token(c) && ++h->at <= METHOD_MAX ? HEAD_MORE :
		    HEAD_FORM;
	case TARGET:
		if (c == '?')
			h->state = NAME;
		return c == ' ' || c == '#' || c == '\r' || c == '\n' ?
		    HEAD_NONE : HEAD_MORE;
	default:			/* REST */
		if (c == '\n')
			h->state = LINE;
		return HEAD_MORE;
	}
}

static enum head_end
in_line(struct head *h, unsigned char c)
{
	static const char cookie[] = "cookie:";

	switch ((enum state)h->state) {
	case LINE:
		if (c == '\n')
			return absent(h);
		if (c == '\r') {
			h->state = LINE_END;
			return HEAD_MORE;
		}
		h->at = 0;
		h->state = HEADER;
		/* FALLTHROUGH */
	case HEADER:
		if ((c >= 'A' && c <= 'Z' ? c | 0x20 : c) ==
		    (unsigned char)cookie[h->at]) {
			if (cookie[++h->at] == '\0')
				h->state = PAIR;
			return HEAD_MORE;
		}
		h->state = c == '\n' ? LINE : SKIP;
		return HEAD_MORE;
	case LINE_END:
		if (c == '\n')
			return absent(h);
		/* FALLTHROUGH */
	default:			/* SKIP */
		h->state = c == '\n' ? LINE : SKIP;
		return HEAD_MORE;
	}
}

static bool
is_cookie_end(unsigned char c)
{
	return c == ';' || c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static enum state
after_cookie(unsigned char c)
{
	return c == '\n' ? LINE : c == ';' ? PAIR : COOKIE_OTHER;
}

static enum head_end
in_value(struct head *h, unsigned char c)
{
	if (h->state == COOKIE_FIRST) {
		h->state = COOKIE_VALUE;
		h->quoted = c == '"';
		if (h->quoted)
			return HEAD_MORE;
	}
	if (is_cookie_end(c) || (h->quoted && c == '"'))
		return value_end(h, after_cookie(c));
	value_add(h, c);
	return HEAD_MORE;
}

static enum head_end
in_cookie(struct head *h, unsigned char c)
{
	switch ((enum state)h->state) {
	case PAIR:
		if (c == '\n')
			h->state = LINE;
		if (is_cookie_end(c))
			return HEAD_MORE;
		h->at = 0;
		h->state = COOKIE;
		/* FALLTHROUGH */
	case COOKIE:
		if (c == '=' && h->name[h->at] == '\0')
			h->state = COOKIE_FIRST;
		else if (c != '\0' && h->name[h->at] == (char)c)
			h->at++;
		else
			h->state = (uint8_t)after_cookie(c);
		return HEAD_MORE;
	case COOKIE_OTHER:
		h->state = (uint8_t)after_cookie(c);
		return HEAD_MORE;
	default:			/* COOKIE_FIRST, COOKIE_VALUE */
		return in_value(h, c);
	}
}

enum head_end
head_feed(struct head *h, const void *bytes, size_t n)
{
	const unsigned char *at = bytes;
	enum head_end end = HEAD_MORE;

#ifdef FUZZ_PLANT			/* cut there, a value is another */
	h->quoted = false;
	h->percent = 0;
#endif
	for (size_t i = 0; i < n && end == HEAD_MORE; i++)
		if (h->state >= PAIR)
			end = in_cookie(h, at[i]);
		else if (h->state >= LINE)
			end = in_line(h, at[i]);
		else if (h->state >= NAME && h->state <= OTHER)
			end = in_query(h, at[i]);
		else
			end = in_request(h, at[i]);
	return end;
}
