/* SPDX-License-Identifier: BSD-2-Clause */
/* See load-options.h. An option is a row, and so is what excludes another. */
#include "bench/load-options.h"

#include <errno.h>
#include <getopt.h>
#include <math.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define AT(member)	offsetof(struct load_options, member)

static const struct row {
	const char	*name;
	char		letter;
	bool		whole;		/* numbers only */
	size_t		at;
	const char	*value;		/* its name in the help; NULL: none */
	double		least, most;
	double		without;	/* its value when it is not given */
	const char	*help;
} rows[] = {
	{ "rate", 'r', false, AT(rate), "N", 0.01, 1e6, 1000,
	    "requests per second (1000), whatever happens" },
	{ "duration", 'd', false, AT(duration_s), "S", 0, 86400, 10,
	    "for so many seconds (10); --hold: stay that long (0)" },
	{ "warmup", 'w', false, AT(warmup_s), "S", 0, 86400, 0,
	    "so many seconds before that, not counted (0)" },
	{ "keep-alive", 'k', true, AT(keep_alive), "K", 1, 1e6, 0,
	    "over K connections that stay; else each has its own" },
	{ "sequential", 0, true, AT(sequential), "N", 1, 1e7, 0,
	    "N requests instead, each when the last is over;\n"
	    "prints who answered, in order" },
	{ "hold", 0, true, AT(hold), "N", 1, 1e6, 0,
	    "N connections instead, opened at the rate, that ask\n"
	    "once and stay; prints how many each seat has" },
	{ "churn", 0, false, AT(churn_percent), "PERCENT", 0, 100, 0,
	    "close that share of them at random, open as many" },
	{ "seats", 0, true, AT(seats), "N", 1, 1024, 0,
	    "seats there are: who never answers has 0 of them" },
	{ "idle", 0, true, AT(idle), "N", 1, 1e6, 0,
	    "beside that, N connections that send nothing" },
	{ "half", 0, true, AT(half), "N", 1, 1e6, 0,
	    "beside that, N with half a request" },
	{ "sources", 0, true, AT(sources), "N", 1, 1e6, 0,
	    "from N addresses, 127.0.0.1 and on, to a 127.x.y.z" },
	{ "proxy", 0, true, AT(proxy), "V", 1, 2, 0,
	    "say who asks by a PROXY header of version V (1, 2):\n"
	    "10.x.y.z, another for each connection" },
	{ "timeout", 't', false, AT(timeout_ms), "MS", 1, 3.6e6, 10000,
	    "give up so long after the due time (10000)" },
	{ "path", 'p', false, AT(path), "PATH", 0, 0, 0, "ask for it (/)" },
	{ "max-open", 0, true, AT(max_open), "N", 1, 1e6, LOAD_NOT_GIVEN,
	    "open at a time; who is due beyond that waits, and the\n"
	    "wait counts (as many as descriptors allow, to 65536)" },
	{ "over", 0, false, AT(over_ms), "MS", 0.001, 3.6e6, 0,
	    "count answers slower than that" },
	{ "poisson", 0, false, AT(poisson), NULL, 0, 0, 0,
	    "random gaps, of that rate on average" },
	{ "seed", 's', true, AT(seed), "N", 0, 9007199254740992, 1,
	    "of what is random (1)" },
	{ "max-lateness", 0, false, AT(max_lateness_ms), "MS", 0.001, 3.6e6,
	    100, "exit 1 if this program was ever later than that (100)" },
	{ "expect-no-errors", 0, false, AT(expect_no_errors), NULL, 0, 0, 0,
	    "exit 1 if there is one, of any class" },
	{ "histogram", 0, false, AT(histogram), NULL, 0, 0, 0,
	    "all of the histogram of latencies" },
	{ "json", 'j', false, AT(json), NULL, 0, 0, 0, "as one JSON object" },
};

#define ROWS	(sizeof(rows) / sizeof(rows[0]))

static const struct {
	const char	*one, *other;
} exclude[] = {
	{ "sequential", "hold" },	{ "sequential", "keep-alive" },
	{ "sequential", "rate" },	{ "sequential", "poisson" },
	{ "sequential", "duration" },	{ "sequential", "warmup" },
	{ "sequential", "max-open" },	{ "hold", "keep-alive" },
	{ "hold", "warmup" },		{ "hold", "max-open" },
	{ "keep-alive", "max-open" },
}, need[] = {
	{ "churn", "hold" },		{ "seats", "hold" },
};

static int __attribute__((format(printf, 1, 2)))
mistake(const char *fmt, ...)
{
	va_list ap;

	fputs("cadre-load: ", stderr);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	return -EINVAL;
}

static void
help(void)
{
	const char *text, *end;
	char left[32], letter[4];

	puts("usage: cadre-load [OPTIONS] tcp:HOST:PORT|HOST:PORT|unix:PATH\n\n"
	    "An open-loop load of HTTP requests: each has a time when it is "
	    "due, which no slow\nanswer moves, and its latency counts from "
	    "there.\n");
	for (const struct row *r = rows; r < rows + ROWS; r++) {
		snprintf(letter, sizeof(letter), "-%c,", r->letter);
		snprintf(left, sizeof(left), "%3s --%s %s",
		    r->letter != 0 ? letter : "", r->name,
		    r->value != NULL ? r->value : "");
		for (text = r->help; text != NULL; text = end) {
			end = strchr(text, '\n');
			printf("  %-23s %.*s\n", left, end != NULL ?
			    (int)(end - text) : (int)strlen(text), text);
			end = end != NULL ? end + 1 : NULL;
			left[0] = '\0';
		}
	}
	puts("  -h, --help\n\n"
	    "Latencies are those of whole answers of 200; errors stand apart: "
	    "refused, reset,\ntimeout, short (closed before a whole answer), "
	    "bad (not HTTP, not 200), shed (503),\nlocal (no descriptor, port "
	    "or route here). A seat is known by \"seat N\" in the\nbody, else "
	    "a process by \"pid N\".\n\n"
	    "Exit: 0 done, whatever the server did; 1 failed, late, local or "
	    "unwanted errors;\n2 a mistake in the command line.");
}

static double *
number_at(struct load_options *o, const struct row *r)
{
	return (double *)(void *)((char *)o + r->at);
}

static int
number(struct load_options *o, const struct row *r, const char *text)
{
	char *end;
	double x = strtod(text, &end);

	if (end == text || *end != '\0' || !(x >= r->least && x <= r->most) ||
	    (r->whole && x != floor(x)))
		return mistake("--%s is a %snumber from %.16g to %.16g, not "
		    "'%s'; type cadre-load --help", r->name,
		    r->whole ? "whole " : "", r->least, r->most, text);
	*number_at(o, r) = x;
	return 0;
}

static int
path(struct load_options *o, const char *text)
{
	for (const char *p = text; *p != '\0'; p++)
		if (*p <= ' ' || *p == 127)
			text = "";
	if (*text != '/')
		return mistake("--path begins with / and has no blanks; type "
		    "--path /busy?ms=5");
	o->path = text;
	return 0;
}

static int
take(struct load_options *o, const struct row *r, const char *text)
{
	if (r->at == AT(path))
		return path(o, text);
	if (r->value != NULL)
		return number(o, r, text);
	*number_at(o, r) = 1;
	return 0;
}

/* One row each, in their order; the letters beside it, as getopt wants them. */
static void
to_getopt(struct option *longs, char *letters)
{
	*letters++ = ':';
	for (size_t i = 0; i < ROWS; i++) {
		longs[i].name = rows[i].name;
		longs[i].has_arg = rows[i].value != NULL;
		longs[i].val = (int)i + 256;
		if (rows[i].letter == 0)
			continue;
		*letters++ = rows[i].letter;
		if (rows[i].value != NULL)
			*letters++ = ':';
	}
	longs[ROWS].name = "help";
	longs[ROWS].val = 'h';
	strcpy(letters, "h");
}

static const struct row *
row_of(int c)
{
	for (size_t i = 0; i < ROWS; i++)
		if (c == (int)i + 256 || (c != 0 && c == rows[i].letter))
			return &rows[i];
	return NULL;
}

static bool
is_given(const struct load_options *o, const char *name)
{
	for (size_t i = 0; i < ROWS; i++)
		if (strcmp(rows[i].name, name) == 0)
			return *(const double *)(const void *)
			    ((const char *)o + rows[i].at) != LOAD_NOT_GIVEN;
	return false;
}

static int
check(struct load_options *o)
{
	const char *why = "";

	for (size_t i = 0; i < sizeof(exclude) / sizeof(exclude[0]); i++)
		if (is_given(o, exclude[i].one) &&
		    is_given(o, exclude[i].other))
			return mistake("--%s and --%s exclude each other; "
			    "leave one out", exclude[i].one, exclude[i].other);
	for (size_t i = 0; i < sizeof(need) / sizeof(need[0]); i++)
		if (is_given(o, need[i].one) && !is_given(o, need[i].other))
			return mistake("--%s goes with --%s N only; type both",
			    need[i].one, need[i].other);
	if (load_target_parse(&o->target, o->address, &why) < 0)
		return mistake("cannot use the address '%s': %s", o->address,
		    why);
	if (is_given(o, "sources") && !load_target_is_loopback(&o->target))
		return mistake("--sources are 127.x.y.z, from where '%s' is "
		    "not reached; type tcp:127.0.0.1:PORT", o->address);
	return 0;
}

static void
defaults(struct load_options *o)
{
	bool holds = is_given(o, "hold");

	if (holds && !is_given(o, "duration"))
		o->duration_s = 0;
	for (const struct row *r = rows; r < rows + ROWS; r++)
		if (r->at != AT(path) && *number_at(o, r) == LOAD_NOT_GIVEN)
			*number_at(o, r) = r->without;
	o->target.sources = (uint32_t)o->sources;
}

int
load_options_parse(struct load_options *o, int argc, char **argv)
{
	struct option longs[ROWS + 2] = { 0 };
	char letters[2 * ROWS + 3];
	int c, err = 0;

	memset(o, 0, sizeof(*o));
	o->path = "/";
	for (const struct row *r = rows; r < rows + ROWS; r++)
		if (r->at != AT(path))
			*number_at(o, r) = LOAD_NOT_GIVEN;
	to_getopt(longs, letters);
	opterr = 0;
	while (err == 0 && (c = getopt_long(argc, argv, letters, longs,
	    NULL)) != -1) {
		if (c == 'h') {
			help();
			return 1;
		}
		if (c == ':')
			return mistake("%s needs a value; type cadre-load "
			    "--help", argv[optind - 1]);
		if (row_of(c) == NULL)
			return mistake("cannot use the option '%s'; type "
			    "cadre-load --help", argv[optind - 1]);
		err = take(o, row_of(c), optarg);
	}
	if (err < 0)
		return err;
	if (argc - optind != 1)
		return mistake("%s; type cadre-load [OPTIONS] tcp:HOST:PORT",
		    optind == argc ? "it needs an address" :
		    "it takes one address, after the options");
	o->address = argv[optind];
	err = check(o);
	if (err < 0)
		return err;
	defaults(o);
	if (o->sequential == 0 && o->hold == 0 && o->rate * o->duration_s < 0.5)
		return mistake("%g per second for %g s are no request at all; "
		    "type a longer --duration", o->rate, o->duration_s);
	return 0;
}
