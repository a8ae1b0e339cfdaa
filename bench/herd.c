/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Why the load is counted at the choice: a model, without processes and clocks.
 *
 * 1,000 connections that stay come to 4 seats in bursts; whoever chooses gives
 * each of them to a seat by what it knows of the seats' loads. Then half of
 * them, drawn at random, end, and as many new ones come, in bursts again.
 * Printed is the greatest number of open connections of a seat less the least,
 * at the end of that: median, least and most of many runs.
 *
 * What is known of a seat is:
 *	nothing		random: the seat is drawn
 *	published	connections that the worker has accepted less those it
 *			has closed. A worker publishes at its turn: LAG further
 *			connections are given out before one shows
 *	by messages	counted up at the choice, and down when the worker's
 *			message arrives, which is late by LAG choices; the
 *			chooser is the worker of seat 0 and hears of itself at
 *			once
 *	assigned - done	counted up at the choice; down by the worker, in a
 *			word that the chooser reads itself
 *
 * All seats are looked at for the least load, or two that are drawn. Of equal
 * ones the first one looked at is taken, from a start that is drawn. A burst
 * is as if it came at once: LAG is its length, unless the line gives another.
 * Between two bursts everything that is late arrives.
 *
 *	herd [RUNS]
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/measure.h"

#define SEATS		4
#define CONNECTIONS	1000
#define LATE_MAX	CONNECTIONS

enum known { NOTHING, PUBLISHED, MESSAGES, ASSIGNED };

struct model {
	const char	*title;
	enum known	known;
	unsigned int	looks;		/* at so many seats for the least */
};

static const struct model models[] = {
	{ "random",				NOTHING,	1 },
	{ "published at accept, all",		PUBLISHED,	SEATS },
	{ "published at accept, two",		PUBLISHED,	2 },
	{ "ended by messages, all",		MESSAGES,	SEATS },
	{ "ended by messages, two",		MESSAGES,	2 },
	{ "assigned - done, all",		ASSIGNED,	SEATS },
	{ "assigned - done, two",		ASSIGNED,	2 },
};

/* A change of a seat's load that the chooser does not know of yet. */
struct late {
	unsigned int	seat, due;	/* a number of choices */
	int		change;
};

struct world {
	const struct model *model;
	unsigned int	lag, choices;
	int		open[SEATS], known[SEATS];
	unsigned char	seat_of[CONNECTIONS];
	struct late	late[LATE_MAX];
	unsigned int	first, last;	/* of `late`, in order of due */
	unsigned short	chance[3];
};

static unsigned int
draw(struct world *w, unsigned int n)
{
	return (unsigned int)(erand48(w->chance) * n);
}

static void
learn(struct world *w, bool all)
{
	for (; w->first < w->last; w->first++) {
		const struct late *l = &w->late[w->first];

		if (!all && l->due > w->choices)
			return;
		w->known[l->seat] += l->change;
	}
	w->first = w->last = 0;
}

static void
learn_late(struct world *w, unsigned int seat, int change)
{
	w->late[w->last++] = (struct late){ seat, w->choices + w->lag, change };
}

static unsigned int
choose(struct world *w)
{
	unsigned int seat = draw(w, SEATS), other, step = 1;

	if (w->model->looks == 2)	/* the other of two, not the same again */
		step = 1 + draw(w, SEATS - 1);
	other = seat;
	for (unsigned int i = 1; i < w->model->looks; i++) {
		other = (other + step) % SEATS;
		if (w->known[other] < w->known[seat])
			seat = other;
	}
	return seat;
}

static void
arrive(struct world *w, unsigned int connection)
{
	unsigned int seat;

	learn(w, false);
	seat = choose(w);
	w->choices++;
	w->seat_of[connection] = (unsigned char)seat;
	w->open[seat]++;
	if (w->model->known == PUBLISHED)
		learn_late(w, seat, 1);
	else
		w->known[seat]++;
}

static void
leave(struct world *w, unsigned int connection)
{
	unsigned int seat = w->seat_of[connection];

	w->open[seat]--;
	if (w->model->known == MESSAGES && seat != 0)
		learn_late(w, seat, -1);
	else
		w->known[seat]--;
}

/* Connections at[0 … n - 1] arrive, so many at once. */
static void
arrive_all(struct world *w, const unsigned int *at, unsigned int n,
    unsigned int burst)
{
	for (unsigned int i = 0; i < n; i++) {
		if (i % burst == 0 && i > 0)
			learn(w, true);
		arrive(w, at[i]);
	}
	learn(w, true);
}

static void
shuffle(struct world *w, unsigned int *at, unsigned int n)
{
	for (unsigned int i = n; i > 1; i--) {
		unsigned int j = draw(w, i), swap = at[i - 1];

		at[i - 1] = at[j];
		at[j] = swap;
	}
}

static double
run(const struct model *model, unsigned int burst, unsigned int lag,
    unsigned int seed)
{
	struct world w = { .model = model, .lag = lag, .chance = { 1, 0, 0 } };
	unsigned int at[CONNECTIONS];
	int most, least;

	w.chance[1] = (unsigned short)seed;
	for (unsigned int i = 0; i < CONNECTIONS; i++)
		at[i] = i;
	arrive_all(&w, at, CONNECTIONS, burst);
	shuffle(&w, at, CONNECTIONS);
	/* Those that end do so a burst at a time, right before as many come. */
	for (unsigned int i = 0; i < CONNECTIONS / 2; i += burst) {
		unsigned int n = CONNECTIONS / 2 - i < burst ?
		    CONNECTIONS / 2 - i : burst;

		for (unsigned int j = i; j < i + n; j++)
			leave(&w, at[j]);
		arrive_all(&w, at + i, n, burst);
	}
	most = least = w.open[0];
	for (unsigned int s = 1; s < SEATS; s++) {
		most = w.open[s] > most ? w.open[s] : most;
		least = w.open[s] < least ? w.open[s] : least;
	}
	return most - least;
}

static void
row(const char *title, unsigned int burst, unsigned int lag, unsigned int runs)
{
	double *values = calloc(runs, sizeof(*values));

	printf("%s\n", title);
	for (size_t m = 0; m < sizeof(models) / sizeof(models[0]); m++) {
		for (unsigned int i = 0; i < runs; i++)
			values[i] = run(&models[m], burst, lag, i);
		printf("  %-28s %4.0f  (%.0f to %.0f)\n", models[m].title,
		    measure_quantile(values, runs, 0.5),
		    measure_quantile(values, runs, 0),
		    measure_quantile(values, runs, 1));
	}
	free(values);
}

int
main(int argc, char **argv)
{
	static const struct {
		unsigned int	burst, lag;
	} rows[] = {
		{ 1, 1 }, { 16, 16 }, { 100, 16 }, { 100, 100 }, { 500, 100 },
		{ 500, 500 },
	};
	unsigned int runs = argc > 1 ? (unsigned int)atoi(argv[1]) : 1001;
	char title[96];

	if (runs == 0) {
		fprintf(stderr, "usage: herd [RUNS]\n");
		return 2;
	}
	printf("# herd: %d connections on %d seats, half of them replaced; %u "
	    "runs\n# most - least open connections of a seat: median (least "
	    "to most)\n", CONNECTIONS, SEATS, runs);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		snprintf(title, sizeof(title), "bursts of %u, known %u later",
		    rows[i].burst, rows[i].lag);
		row(title, rows[i].burst, rows[i].lag, runs);
	}
	return 0;
}
