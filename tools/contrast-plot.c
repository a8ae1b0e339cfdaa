/* SPDX-License-Identifier: BSD-2-Clause */
/* What was measured over rates, as two plots. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cadre/cadre.h>

#include "tools/contrast.h"
#include "tools/svg.h"

#define LINES	4

static const struct {
	enum way	way;
	const char	*name;
} shown[LINES] = {
	{ WAY_REGION, "words" },
	{ WAY_CHANGE, "each change" },
	{ WAY_INTERVAL, "each 250 ms" },
	{ WAY_NODE, "process.send" },
};

static double
age_p50(const struct run *r)
{
	return (double)r->figure[KNOWS_AGE_P50_NS];
}

static double
age_p99(const struct run *r)
{
	return (double)r->figure[KNOWS_AGE_P99_NS];
}

/* What is 0 has no place on an axis of powers. */
static void
line_of(const struct contrast *c, enum way way, double (*y)(const struct run *),
    struct svg_line *l)
{
	for (unsigned int i = 0; i < c->runs && l->n < SVG_POINTS; i++) {
		const struct run *r = &c->run[i];

		if (r->part != PART_RATES || r->way != way || !r->done ||
		    y(r) <= 0)
			continue;
		l->x[l->n] = (double)(r->rate * r->workers);
		l->y[l->n++] = y(r);
	}
}

static void
note_of(const struct contrast *c, char *note, size_t room)
{
	snprintf(note, room, "cadre %s, Linux %.40s, %ld processors, 2 workers"
	    ", %g s a point%s%s", cadre_version(), c->kernel,
	    c->processors, c->seconds,
	    c->no_node == NULL ? ", Node " : "",
	    c->no_node == NULL ? c->node : "");
}

static int
write_plots(const struct contrast *c, FILE *f)
{
	struct svg_line costs[LINES] = { 0 }, ages[2 * LINES] = { 0 };
	struct svg_plot plots[] = {
		{ .title = "What an update costs",
		  .x_title = "updates a second that are due, all workers",
		  .y_title = "processor time of both sides, each",
		  .y_time = true, .line = costs, .lines = LINES },
		{ .title = "How old is what is known: p99, dashed p50",
		  .x_title = "updates a second that are due, all workers",
		  .y_title = "age", .y_time = true, .line = ages,
		  .lines = 2 * LINES },
	};
	char note[256];

	for (unsigned int i = 0; i < LINES; i++) {
		costs[i].name = ages[2 * i].name = shown[i].name;
		costs[i].colour = i;
		ages[2 * i].colour = ages[2 * i + 1].colour = i;
		line_of(c, shown[i].way, contrast_both_ns, &costs[i]);
		line_of(c, shown[i].way, age_p99, &ages[2 * i]);
		line_of(c, shown[i].way, age_p50, &ages[2 * i + 1]);
	}
	note_of(c, note, sizeof(note));
	svg_plots(f, "A message, and a word that everybody can look at", note,
	    plots, 2);
	return ferror(f) ? -EIO : 0;
}

int
contrast_svg(const struct contrast *c, FILE *f)
{
	int err;

	/* A device or a pipe has nothing to cut off. */
	if (ftruncate(fileno(f), 0) < 0 && errno != EINVAL)
		return -errno;
	err = write_plots(c, f);
	return fflush(f) != 0 && err == 0 ? -errno : err;
}
