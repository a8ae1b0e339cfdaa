/* SPDX-License-Identifier: BSD-2-Clause */
/* Plots as SVG, written by hand. */
#include <math.h>

#include "tools/svg.h"

#define WIDTH		720
#define HEIGHT		400	/* of a plot, its texts included */
#define LEFT		88
#define RIGHT		132	/* room for the names of lines */
#define ABOVE		56
#define BELOW		56
#define HEAD		52	/* title of the whole */

struct axis {			/* powers of ten, and where they stand */
	int	low, high;
	double	from, to;
};

static const char style[] =
    "<style>\n"
    "text{font:12px system-ui,sans-serif;fill:#24292f}\n"
    ".title{font-size:14px;font-weight:600}\n"
    ".page{fill:#ffffff}\n"
    ".grid{stroke:#d0d7de;stroke-width:1}\n"
    ".axis{stroke:#57606a;stroke-width:1}\n"
    ".line{fill:none;stroke-width:2}\n"
    ".dashed{stroke-dasharray:5 4}\n"
    ".c0{stroke:#0969da}.f0{fill:#0969da}\n"
    ".c1{stroke:#bc4c00}.f1{fill:#bc4c00}\n"
    ".c2{stroke:#8250df}.f2{fill:#8250df}\n"
    ".c3{stroke:#1a7f37}.f3{fill:#1a7f37}\n"
    "@media (prefers-color-scheme:dark){\n"
    "text{fill:#e6edf3}\n"
    ".page{fill:#0d1117}\n"
    ".grid{stroke:#30363d}\n"
    ".axis{stroke:#8b949e}\n"
    ".c0{stroke:#58a6ff}.f0{fill:#58a6ff}\n"
    ".c1{stroke:#f0883e}.f1{fill:#f0883e}\n"
    ".c2{stroke:#bc8cff}.f2{fill:#bc8cff}\n"
    ".c3{stroke:#56d364}.f3{fill:#56d364}\n"
    "}\n"
    "</style>\n";

static double
place(const struct axis *a, double v)
{
	return a->from + (log10(v) - a->low) / (a->high - a->low) *
	    (a->to - a->from);
}

static void
axis_over(struct axis *a, const struct svg_plot *p, bool y)
{
	double low = INFINITY, high = 0, v;

	for (unsigned int i = 0; i < p->lines; i++) {
		for (unsigned int k = 0; k < p->line[i].n; k++) {
			v = y ? p->line[i].y[k] : p->line[i].x[k];
			low = fmin(low, v);
			high = fmax(high, v);
		}
	}
	a->low = high > 0 ? (int)floor(log10(low)) : 0;
	a->high = high > 0 ? (int)ceil(log10(high)) : 1;
	if (a->high == a->low)
		a->high++;
}

/* 10^power in words: of ns, or of a count. */
static void
tick_text(FILE *f, int power, bool is_time)
{
	static const char *const times[] = { "ns", "\302\265s", "ms", "s" };
	static const char *const counts[] = { "", "k", "M", "G" };
	int group = power < 0 ? 0 : power / 3 > 3 ? 3 : power / 3;

	fprintf(f, "%g%s%s", pow(10, power - 3 * group), is_time ? " " : "",
	    is_time ? times[group] : counts[group]);
}

static void
draw_axes(FILE *f, const struct svg_plot *p, const struct axis *x,
    const struct axis *y)
{
	for (int i = y->low; i <= y->high; i++) {
		double at = place(y, pow(10, i));

		fprintf(f, "<line class=\"%s\" x1=\"%.1f\" y1=\"%.1f\" "
		    "x2=\"%.1f\" y2=\"%.1f\"/><text x=\"%.1f\" y=\"%.1f\" "
		    "text-anchor=\"end\">", i == y->low ? "axis" : "grid",
		    x->from, at, x->to, at, x->from - 8, at + 4);
		tick_text(f, i, p->y_time);
		fprintf(f, "</text>\n");
	}
	for (int i = x->low; i <= x->high; i++) {
		double at = place(x, pow(10, i));

		fprintf(f, "<line class=\"%s\" x1=\"%.1f\" y1=\"%.1f\" "
		    "x2=\"%.1f\" y2=\"%.1f\"/><text x=\"%.1f\" y=\"%.1f\" "
		    "text-anchor=\"middle\">", i == x->low ? "axis" : "grid",
		    at, y->from, at, y->to, at, y->from + 18);
		tick_text(f, i, false);
		fprintf(f, "</text>\n");
	}
	fprintf(f, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\">%s"
	    "</text>\n", (x->from + x->to) / 2, y->from + 38, p->x_title);
	fprintf(f, "<text transform=\"translate(18 %.1f) rotate(-90)\" "
	    "text-anchor=\"middle\">%s</text>\n", (y->from + y->to) / 2,
	    p->y_title);
}

static void
draw_line(FILE *f, const struct svg_line *l, const struct axis *x,
    const struct axis *y)
{
	if (l->n == 0)
		return;
	fprintf(f, "<polyline class=\"line c%u%s\" points=\"", l->colour,
	    l->name == NULL ? " dashed" : "");
	for (unsigned int i = 0; i < l->n; i++)
		fprintf(f, "%s%.1f,%.1f", i > 0 ? " " : "",
		    place(x, l->x[i]), place(y, l->y[i]));
	fprintf(f, "\"/>\n");
	for (unsigned int i = 0; i < l->n && l->name != NULL; i++)
		fprintf(f, "<circle class=\"f%u\" cx=\"%.1f\" cy=\"%.1f\" "
		    "r=\"3\"><title>%s: %.4g at %.4g</title></circle>\n",
		    l->colour, place(x, l->x[i]), place(y, l->y[i]), l->name,
		    l->y[i], l->x[i]);
}

/* A key beside the plot, in the order of the lines. */
static void
draw_names(FILE *f, const struct svg_plot *p, double x, double y)
{
	for (unsigned int i = 0; i < p->lines; i++) {
		const struct svg_line *l = &p->line[i];

		if (l->name == NULL || l->n == 0)
			continue;
		fprintf(f, "<line class=\"line c%u\" x1=\"%.1f\" y1=\"%.1f\" "
		    "x2=\"%.1f\" y2=\"%.1f\"/><text x=\"%.1f\" y=\"%.1f\">%s"
		    "</text>\n", l->colour, x, y - 4, x + 20, y - 4, x + 26, y,
		    l->name);
		y += 20;
	}
}

static void
draw_plot(FILE *f, const struct svg_plot *p, double top)
{
	struct axis x = { .from = LEFT, .to = WIDTH - RIGHT };
	struct axis y = { .from = top + HEIGHT - BELOW, .to = top + ABOVE };

	axis_over(&x, p, false);
	axis_over(&y, p, true);
	fprintf(f, "<text class=\"title\" x=\"%d\" y=\"%.1f\">%s</text>\n",
	    LEFT, top + ABOVE - 20, p->title);
	draw_axes(f, p, &x, &y);
	for (unsigned int i = 0; i < p->lines; i++)
		draw_line(f, &p->line[i], &x, &y);
	draw_names(f, p, x.to + 12, y.to + 12);
}

void
svg_plots(FILE *f, const char *title, const char *note,
    const struct svg_plot *plot, unsigned int plots)
{
	unsigned int height = HEAD + plots * HEIGHT;

	fprintf(f, "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" "
	    "height=\"%u\" viewBox=\"0 0 %d %u\" role=\"img\">\n"
	    "<title>%s</title>\n%s<rect class=\"page\" width=\"%d\" "
	    "height=\"%u\"/>\n", WIDTH, height, WIDTH, height, title, style,
	    WIDTH, height);
	fprintf(f, "<text class=\"title\" x=\"16\" y=\"24\">%s</text>\n"
	    "<text x=\"16\" y=\"42\">%s</text>\n", title, note);
	for (unsigned int i = 0; i < plots; i++)
		draw_plot(f, &plot[i], HEAD + i * HEIGHT);
	fprintf(f, "</svg>\n");
}
