/* SPDX-License-Identifier: BSD-2-Clause */
/* Columns on a screen. */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sys/ioctl.h>

#include "tools/table.h"

#define COLUMNS_MAX	24
#define WIDTH_MAX	4096

struct table {
	const struct column *column;
	unsigned int	columns;
	char		**cell;		/* NULL: empty */
	size_t		cells, room;
};

struct table *
table_new(const struct column *column, unsigned int columns)
{
	struct table *t;

	if (columns > COLUMNS_MAX || (t = calloc(1, sizeof(*t))) == NULL)
		return NULL;
	t->column = column;
	t->columns = columns;
	return t;
}

void
table_free(struct table *t)
{
	if (t == NULL)
		return;
	for (size_t i = 0; i < t->cells; i++)
		free(t->cell[i]);
	free(t->cell);
	free(t);
}

void
table_cell(struct table *t, const char *format, ...)
{
	size_t room = t->room == 0 ? 64 : t->room * 2;
	char **cell, *text;
	va_list ap;
	int n;

	if (t->cells == t->room) {
		cell = reallocarray(t->cell, room, sizeof(*cell));
		if (cell == NULL)
			return;
		t->cell = cell;
		t->room = room;
	}
	va_start(ap, format);
	n = vasprintf(&text, format, ap);
	va_end(ap);
	t->cell[t->cells++] = n < 0 ? NULL : text;
}

static const char *
cell_at(const struct table *t, size_t row, unsigned int c)
{
	size_t i = row * t->columns + c;

	return i < t->cells && t->cell[i] != NULL ? t->cell[i] : "";
}

/* How wide each column must be, and how wide that makes a line. */
static unsigned int
measure(const struct table *t, const bool *gone, unsigned int *width)
{
	unsigned int sum = 0, shown = 0;
	size_t n;

	for (unsigned int c = 0; c < t->columns; c++) {
		width[c] = (unsigned int)strlen(t->column[c].title);
		for (size_t row = 0; row * t->columns < t->cells; row++) {
			n = strlen(cell_at(t, row, c));
			if (n > width[c])
				width[c] = n > WIDTH_MAX ? WIDTH_MAX :
				    (unsigned int)n;
		}
		if (!gone[c]) {
			sum += width[c];
			shown++;
		}
	}
	return shown == 0 ? 0 : sum + shown - 1;
}

/* A column with nothing in it is not shown either. */
static bool
is_empty(const struct table *t, unsigned int c)
{
	for (size_t row = 0; row * t->columns < t->cells; row++) {
		if (cell_at(t, row, c)[0] != '\0')
			return false;
	}
	return t->cells > 0;
}

/* Let the column with the highest rank go. False: none may. */
static bool
drop_one(const struct table *t, bool *gone)
{
	int worst = -1;

	for (unsigned int c = 0; c < t->columns; c++) {
		if (gone[c] || t->column[c].drop == 0)
			continue;
		if (worst < 0 || t->column[c].drop > t->column[worst].drop)
			worst = (int)c;
	}
	if (worst < 0)
		return false;
	gone[worst] = true;
	return true;
}

struct line {
	char	text[WIDTH_MAX];
	size_t	length;
};

static void
line_add(struct line *l, const char *s, unsigned int width, bool left)
{
	size_t n = strlen(s), pad = n < width ? width - n : 0;
	size_t space = l->length == 0 ? 0 : 1;

	if (l->length + space + pad + n >= sizeof(l->text))
		return;
	memset(l->text + l->length, ' ', space + pad + n);
	memcpy(l->text + l->length + space + (left ? 0 : pad), s, n);
	l->length += space + pad + n;
}

static void
line_print(struct line *l, FILE *f, unsigned int width)
{
	size_t n = l->length;

	if (width > 0 && n > width)
		n = width;
	while (n > 0 && l->text[n - 1] == ' ')
		n--;
	fprintf(f, "%.*s\n", (int)n, l->text);
	l->length = 0;
}

void
table_print(const struct table *t, FILE *f, unsigned int width)
{
	unsigned int wide[COLUMNS_MAX];
	bool gone[COLUMNS_MAX];
	struct line line = { .length = 0 };

	for (unsigned int c = 0; c < t->columns; c++)
		gone[c] = is_empty(t, c);
	while (measure(t, gone, wide) > width && width > 0) {
		if (!drop_one(t, gone))
			break;
	}
	for (unsigned int c = 0; c < t->columns; c++) {
		if (!gone[c])
			line_add(&line, t->column[c].title, wide[c],
			    t->column[c].left);
	}
	line_print(&line, f, width);
	for (size_t row = 0; row * t->columns < t->cells; row++) {
		for (unsigned int c = 0; c < t->columns; c++) {
			if (!gone[c])
				line_add(&line, cell_at(t, row, c), wide[c],
				    t->column[c].left);
		}
		line_print(&line, f, width);
	}
}

void
table_screen(unsigned int *ret_width, unsigned int *ret_height)
{
	const char *columns = getenv("COLUMNS");
	struct winsize ws;

	*ret_width = *ret_height = 0;
	if (isatty(STDOUT_FILENO) && ioctl(STDOUT_FILENO, TIOCGWINSZ, &ws) == 0
	    && ws.ws_col > 0) {
		*ret_width = ws.ws_col;
		*ret_height = ws.ws_row;
	} else if (columns != NULL) {
		*ret_width = (unsigned int)strtoul(columns, NULL, 10);
	}
}
