/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Columns on a screen. What does not fit the width goes by rank: columns that
 * matter least first, and at last a line is cut rather than wrapped.
 */
#ifndef TOOLS_TABLE_H
#define TOOLS_TABLE_H

#include <stdbool.h>
#include <stdio.h>

struct column {
	const char	*title;
	bool		left;	/* text; figures stand to the right */
	unsigned char	drop;	/* 0: stays; else the highest goes first */
};
struct table;

struct table *table_new(const struct column *, unsigned int columns);
	/* NULL: no memory. */
void table_cell(struct table *, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
	/* The next cell, row by row. Without memory it stays empty. */
void table_print(const struct table *, FILE *, unsigned int width);
	/* Width 0: as wide as it gets. */
void table_free(struct table *);
	/* NULL is fine. */

void table_screen(unsigned int *ret_width, unsigned int *ret_height);
	/*
	 * Of the terminal on standard output; 0 if it is none. $COLUMNS is the
	 * width where there is no terminal to ask.
	 */

#endif
