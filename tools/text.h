/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Words for people. Bytes from shared memory are untrusted: what is printed
 * of them went through text_escape(), so no control byte reaches a terminal.
 */
#ifndef TOOLS_TEXT_H
#define TOOLS_TEXT_H

#include <stddef.h>
#include <stdint.h>

/* Returned by value, so that it can stand in the arguments of printf(). */
struct text {
	char	s[24];
};
struct text_line {
	char	s[1024];
};

size_t text_escape(const char *bytes, size_t n, char *to, size_t room);
	/*
	 * At most n bytes, ended early by a NUL. ASCII letters and signs stay;
	 * as in cadre_event_text() a backslash becomes \\, line end and tab \n
	 * and \t, all else \xNN, so that a column is a byte; cut to what fits,
	 * never within an escape. The length of the result, which ends in NUL;
	 * room is at least 1.
	 */
struct text_line text_line(const char *s);
	/* The same of a string that ends in NUL. */
struct text_line text_escaped(const char *s);
	/* Of one that has escapes in it already: its backslashes stay. */

struct text text_duration(uint64_t ns);		/* 709us 2.9ms 4.2s 3m20s 2d03h */
struct text text_count(double n);		/* 42 3.1k 612.1M */
struct text text_total(double n);		/* exact up to 7 digits */
struct text text_size(uint64_t bytes);		/* 312 41.0K 1.1M, by 1,024 */
struct text text_percent(double part);		/* 0.82 is 82 */
struct text text_time(uint64_t real_ns);	/* 14:02:11.123, local */

#endif
