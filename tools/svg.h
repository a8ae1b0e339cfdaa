/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Plots as SVG: lines over two axes of powers of ten, one plot below the
 * other. Colours suit a light page, and a dark one where that is preferred.
 */
#ifndef TOOLS_SVG_H
#define TOOLS_SVG_H

#include <stdbool.h>
#include <stdio.h>

#define SVG_POINTS	16

struct svg_line {
	const char	*name;		/* NULL: as the line before, dashed */
	unsigned int	colour;		/* 0 … 3 */
	unsigned int	n;
	double		x[SVG_POINTS], y[SVG_POINTS]; /* above 0 */
};
struct svg_plot {
	const char	*title;
	const char	*x_title;
	const char	*y_title;
	bool		y_time;		/* it is ns: ticks say us, ms, s */
	const struct svg_line *line;
	unsigned int	lines;
};

void svg_plots(FILE *, const char *title, const char *note,
    const struct svg_plot *, unsigned int plots);
	/* Texts are without < and &. */

#endif
