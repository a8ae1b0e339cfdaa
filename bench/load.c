/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cadre-load: an open-loop load generator. A request is begun when it is due,
 * whatever became of those before it, and its latency counts from that time:
 * a client that waits for one answer before it asks again sees one slow answer
 * where a server stood still, this one sees all who would have come meanwhile.
 * That the generator itself was late is measured too, and told.
 */
#include "bench/load.h"

#include <sys/resource.h>

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NS_PER_MS	1000000
#define DESCRIPTORS	16		/* for other things than connections */
#define POOL_MAX	65536		/* if --max-open does not say more */

static struct load_conn *
conns_new(struct load *l, size_t n)
{
	struct load_conn *c = calloc(n > 0 ? n : 1, sizeof(*c));

	for (size_t i = 0; c != NULL && i < n; i++) {
		c[i].conns = &l->conns;
		c[i].fd = -1;
	}
	return c;
}

/* How many connections for requests, with all the descriptors there can be. */
static int
pool_size(const struct load_options *o, size_t *ret_n)
{
	double n = o->keep_alive + o->hold + (o->sequential > 0), left;
	struct rlimit limit = { 0 };

	getrlimit(RLIMIT_NOFILE, &limit);
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
	left = (double)limit.rlim_max - DESCRIPTORS - o->idle - o->half;
	if (n == 0 && o->max_open == LOAD_NOT_GIVEN)
		n = fmax(fmin(left, POOL_MAX), 1);
	else if (n == 0)
		n = o->max_open;
	if (n > left) {
		fprintf(stderr, "cadre-load: %.0f connections need %.0f "
		    "descriptors and the hard limit is %.0f; type 'ulimit -n "
		    "%.0f' as root, or ask for fewer\n", n + o->idle + o->half,
		    n + o->idle + o->half + DESCRIPTORS,
		    (double)limit.rlim_max,
		    n + o->idle + o->half + DESCRIPTORS);
		return -EMFILE;
	}
	*ret_n = (size_t)n;
	return 0;
}

static int
failed(const char *what, int err)
{
	fprintf(stderr, "cadre-load: %s: %s\n", what, strerror(-err));
	return err;
}

static int
begin(struct load *l)
{
	const struct load_options *o = &l->options;
	size_t n;
	int err = pool_size(o, &n);

	if (err < 0)
		return err;
	err = load_loop_begin(&l->loop);
	if (err < 0)
		return failed("cannot wait for events", err);
	load_run_begin(l);
	l->conns.target = &l->options.target;
	l->conns.epfd = l->loop.epfd;
	l->conns.keeps = o->keep_alive > 0 || o->hold > 0;
	l->conns.proxy = (unsigned int)o->proxy;
	l->tally.over_ns = (uint64_t)(o->over_ms * NS_PER_MS);
	err = load_conns_begin(&l->conns, o->path);
	l->pool = conns_new(l, n);
	l->sequence = calloc((size_t)o->sequential + 1,
	    sizeof(struct load_row *));
	if (err < 0 || l->pool == NULL || l->sequence == NULL)
		return failed("cannot begin", -ENOMEM);
	if (o->keep_alive > 0)
		load_run_open(l, l->pool, n, 0);
	for (size_t i = 0; i < n; i++)
		TAILQ_INSERT_TAIL(&l->free, &l->pool[i], link);
	return 0;
}

static int
begin_asides(struct load *l)
{
	const struct load_options *o = &l->options;
	struct load_aside *a;

	l->asides[0] = (struct load_aside){ .name = "idle", .asked = o->idle };
	l->asides[1] = (struct load_aside){ .name = "half", .asked = o->half,
	    .bytes = l->conns.request_bytes / 2 };
	for (a = l->asides; a < l->asides + LOAD_ASIDES; a++) {
		a->conns = conns_new(l, (size_t)a->asked);
		if (a->conns == NULL)
			return failed("cannot begin", -ENOMEM);
		for (size_t i = 0; i < (size_t)a->asked; i++)
			a->conns[i].aside = a;
		load_run_open(l, a->conns, (size_t)a->asked, a->bytes);
		if ((double)a->open < a->asked)
			fprintf(stderr, "cadre-load: %.0f of %.0f connections "
			    "of --%s did not come about\n",
			    a->asked - (double)a->open, a->asked, a->name);
	}
	return 0;
}

static int __attribute__((format(printf, 1, 2)))
worthless(const char *fmt, ...)
{
	va_list ap;

	fputs("cadre-load: not as asked: ", stderr);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	return 1;
}

/* The exit code: whether the load was what it was to be. */
static int
verdict(const struct load *l)
{
	const struct load_options *o = &l->options;
	const struct load_tally *t = &l->tally;
	double late_ms = (double)t->late.max_ns / NS_PER_MS;
	double errors = (double)(load_tally_sent(t) - t->outcomes[LOAD_OK]);
	int code = 0;

	if (l->loop.interrupted)
		code = worthless("it was interrupted");
	if (late_ms > o->max_lateness_ms)
		code = worthless("the generator was up to %.1f ms late, and "
		    "--max-lateness is %g", late_ms, o->max_lateness_ms);
	if (l->local)
		code = worthless("there were errors on this side, counted as "
		    "local");
	if (o->expect_no_errors > 0 && errors > 0)
		code = worthless("%.0f errors, and --expect-no-errors", errors);
	return code;
}

int
main(int argc, char **argv)
{
	static struct load l;
	int err = load_options_parse(&l.options, argc, argv);

	if (err != 0)
		return err < 0 ? 2 : 0;
	if (begin(&l) < 0 || begin_asides(&l) < 0)
		return 1;
	load_run(&l);
	load_tally_sort(&l.tally);
	err = 0;
	if (l.options.json > 0)
		err = load_report_json(&l);
	else
		load_report_text(&l);
	if (fflush(stdout) != 0 || err < 0)
		return failed("cannot print", err < 0 ? err : -errno) != 0;
	return verdict(&l);
}
