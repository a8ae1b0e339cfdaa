/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The head of a request in pieces, and what is found in it. A target has a
 * reader of its own, who has all of it before him, for a key called sid.
 */
#ifndef T_FUZZ_HEAD_H
#define T_FUZZ_HEAD_H

#include "runtime/sticky-key.h"
#include "t/fuzz/fuzz.h"

static inline const char *
until(const char *at, const char *end, const char *set)
{
	while (at < end && (*at == '\0' || strchr(set, *at) == NULL))
		at++;
	return at;
}

/* What is left of the input. */
static inline const char *
head_text(const struct bytes *in)
{
	return in->left > 0 ? (const char *)in->at : "";
}

/* So many bytes first, then the others in steps. */
static inline enum head_end
head_fed(enum sticky_by by, const char *at, size_t n, size_t first,
    size_t step, uint64_t *ret_key)
{
	struct sticky s = { .by = by, .name = "sid" };
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

/* Whole, cut there, and at each byte it is what the reader found. */
static inline void
head_claims(enum sticky_by by, const char *text, size_t n, size_t cut,
    enum head_end end, uint64_t key)
{
	uint64_t got = 0;

	claim(head_fed(by, text, n, n, n, &got) == end);
	claim(end != HEAD_KEY || got == key);
	claim(head_fed(by, text, n, cut, n, &got) == end);
	claim(end != HEAD_KEY || got == key);
	claim(head_fed(by, text, n, 1, 1, &got) == end);
	claim(end != HEAD_KEY || got == key);
}

#endif
