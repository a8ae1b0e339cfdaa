/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What all fuzz targets share: how an input is taken apart, and how a broken
 * promise is told. A target is one LLVMFuzzerTestOneInput(); libFuzzer calls
 * it, and replay.c does, with the committed corpus.
 */
#ifndef T_FUZZ_FUZZ_H
#define T_FUZZ_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
	/* 0: always. A finding ends the process. */

/* What the file under test promises; a sanitizer finds the rest. */
#define claim(cond)							\
	((cond) ? (void)0 : claim_broken(__FILE__, __LINE__, #cond))

static inline void __attribute__((noreturn))
claim_broken(const char *file, int line, const char *what)
{
	fprintf(stderr, "%s:%d: broken claim: %s\n", file, line, what);
	abort();
}

struct bytes {
	const uint8_t	*at;
	size_t		left;
};

/* Behind the end all is zeros. */
static inline uint64_t
input_word(struct bytes *in, size_t bytes)
{
	uint64_t word = 0;

	if (bytes > in->left)
		bytes = in->left;
	if (bytes > 0)
		memcpy(&word, in->at, bytes);
	in->at += bytes;
	in->left -= bytes;
	return word;
}

static inline unsigned int
input_byte(struct bytes *in)
{
	return (unsigned int)input_word(in, 1);
}

/*
 * Up to the next NUL, or to the end: a string in memory of exactly its size,
 * so that a sanitizer sees the first byte read or written behind it.
 */
static inline char *
input_text(struct bytes *in)
{
	size_t n = strnlen((const char *)in->at, in->left);
	char *text = malloc(n + 1);

	claim(text != NULL);
	if (n > 0)
		memcpy(text, in->at, n);
	text[n] = '\0';
	in->at += n < in->left ? n + 1 : n;
	in->left -= n < in->left ? n + 1 : n;
	return text;
}

/* No byte in it that a terminal takes for a command. */
static inline bool
text_is_clean(const char *text)
{
	for (; *text != '\0'; text++)
		if ((unsigned char)*text < ' ' || *text == 0x7f)
			return false;
	return true;
}

#endif
