/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cadre reload and cadre restart: ask the master to replace its workers,
 * beside the old ones or after them, and show how it goes. The reply comes when
 * all is over; until then the events of the region are the progress.
 */
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include <cadre/master.h>

#include "shm/clock.h"
#include "shm/frame.h"
#include "tools/event.h"
#include "tools/json.h"
#include "tools/probe.h"
#include "tools/request.h"
#include "tools/text.h"

#define LOOK_MS		50
#define BATCH		16

enum { FLAG_NO_CANARY = 256, FLAG_PARALLEL, FLAG_FORCE, FLAG_PROBE,
	FLAG_PROBE_TIMEOUT, FLAG_NO_PROBE };

static const struct option reload_options[] = {
	{ "force", no_argument, NULL, FLAG_FORCE },
	{ "json", no_argument, NULL, 'j' },
	{ "max-surge", required_argument, NULL, FLAG_PARALLEL },
	{ "no-canary", no_argument, NULL, FLAG_NO_CANARY },
	{ "no-probe", no_argument, NULL, FLAG_NO_PROBE },
	{ "parallel", required_argument, NULL, FLAG_PARALLEL },
	{ "probe", required_argument, NULL, FLAG_PROBE },
	{ "probe-timeout", required_argument, NULL, FLAG_PROBE_TIMEOUT },
	{ "timeout", required_argument, NULL, 't' },
	{ NULL, 0, NULL, 0 },
};

static const struct option restart_options[] = {
	{ "json", no_argument, NULL, 'j' },
	{ "max-unavailable", required_argument, NULL, FLAG_PARALLEL },
	{ "parallel", required_argument, NULL, FLAG_PARALLEL },
	{ "timeout", required_argument, NULL, 't' },
	{ NULL, 0, NULL, 0 },
};

struct reload {
	struct request	request;
	struct cadre__frame_reload how;
	bool		restart;
	bool		json;
	struct cadre_cursor events;
	bool		begun;		/* its own event was there */
	uint64_t	draining[CADRE_SEATS_MAX]; /* generations told to finish */
	unsigned int	workers;	/* to replace */
	unsigned int	replaced;
	bool		seen[CADRE_SEATS_MAX]; /* seats with a new worker */
	char		end[512];	/* what the event of the end says */
};

/* What a user need not read: that a worker drains and ends is how it goes. */
static bool
is_usual(const struct reload *r, const struct cadre_shm_event *e)
{
	return e->kind == CADRE_EVENT_DRAINING ||
	    e->kind == CADRE_EVENT_SPAWNED ||
	    e->kind == CADRE_EVENT_RESTARTED ||
	    e->kind == CADRE_EVENT_RELOADED ||
	    (e->kind == CADRE_EVENT_DIED && e->seat < CADRE_SEATS_MAX &&
	    e->generation <= r->draining[e->seat]);
}

/* A worker that comes; of a seat it may be the second try, and counts once. */
static bool
is_new(struct reload *r, const struct cadre_shm_event *e)
{
	if (!r->begun || e->kind != CADRE_EVENT_READY ||
	    (e->flags & CADRE_EVENT_NEW) == 0 || e->seat >= CADRE_SEATS_MAX ||
	    r->seen[e->seat])
		return false;
	r->seen[e->seat] = true;
	return true;
}

static void
show_event(struct reload *r, const struct cadre_shm_event *e)
{
	if (e->kind == CADRE_EVENT_DRAINING && e->seat < CADRE_SEATS_MAX)
		r->draining[e->seat] = e->generation;
	if (e->kind == CADRE_EVENT_RELOADED)
		snprintf(r->end, sizeof(r->end), "%.*s",
		    e->text_bytes < sizeof(e->text) ? (int)e->text_bytes :
		    (int)sizeof(e->text), e->text);
	if (e->kind == CADRE_EVENT_RESTARTING ||
	    e->kind == CADRE_EVENT_RELOADING)
		r->begun = true;
	else if (r->json)
		r->replaced += is_new(r, e);
	else if (e->kind == CADRE_EVENT_WAITS)
		event_print(e, stdout);
	else if (is_new(r, e))
		printf("seat %" PRIu32 ": pid %" PRIu64 " ready after %s "
		    "(%u of %u)\n", e->seat, e->pid,
		    text_duration(e->duration_ns).s, ++r->replaced,
		    r->workers);
	else if (r->begun && !is_usual(r, e))
		event_print(e, stdout);
}

static void
show_events(struct reload *r)
{
	struct cadre_shm_event e[BATCH];
	int n;

	if (r->request.region == NULL)
		return;
	while ((n = cadre_region_events(r->request.region, &r->events, e,
	    BATCH)) > 0)
		for (int i = 0; i < n; i++)
			show_event(r, &e[i]);
	fflush(stdout);
}

/* What happened before is not its progress. */
static void
attach(struct reload *r)
{
	struct cadre_shm_event e[BATCH];
	struct cadre_app app;

	request_attach(&r->request);
	if (r->request.region == NULL)
		return;
	if (cadre_region_app(r->request.region, &app) == 0)
		r->workers = app.workers;
	while (cadre_region_events(r->request.region, &r->events, e, BATCH) > 0)
		;
}

/* The reply, or -ETIMEDOUT: the wait is over, or the master silent. */
static int
await(struct reload *r)
{
	struct request *q = &r->request;
	int err;

	do {
		err = request_reply(q, LOOK_MS);
		/* It answers neither this nor that, and no worker lives. */
		if (err == -ETIMEDOUT && q->region == NULL) {
			request_attach(q);
			if (q->region == NULL)
				return err;
		}
		show_events(r);
	} while (err == -ETIMEDOUT && !request_late(q) && !request_silent(q));
	return err;
}

static int
print_json(const struct reload *r, int err, const char *why)
{
	uint64_t spent = clock_now_ns() - r->request.begin_ns;

	return json_print(json_pack("{ss ss sb sI sI sf so}",
	    "name", r->request.name,
	    "verb", r->request.verb->name,
	    "done", err == 0,
	    "workers", (json_int_t)r->workers,
	    "ready", (json_int_t)r->replaced,
	    "seconds", (double)spent / 1e9,
	    "text", why[0] != '\0' ? json_bytes(why, strlen(why)) :
	    json_null())) < 0 ?
	    EXIT_FAILED : err == 0 ? EXIT_SUCCESS : EXIT_FAILED;
}

static int
finish(struct reload *r, int err)
{
	struct request *q = &r->request;
	uint64_t spent = clock_now_ns() - q->begin_ns;
	char line[640];

	if (r->json && err == -ETIMEDOUT && request_late(q))
		return print_json(r, err, "it is not done, and goes on");
	if (r->json && (err == 0 || q->text[0] != '\0'))
		return print_json(r, err, err == 0 ? r->end : q->text);
	if (err == 0) {
		printf("%s %s in %s%s%s\n", q->name, q->done,
		    text_duration(spent).s, r->end[0] != '\0' ? "; " : "",
		    text_line(r->end).s);
		return EXIT_SUCCESS;
	}
	if (err == -ETIMEDOUT && request_late(q)) {
		verb_say(q->verb, "%s is not %s after %s; it goes on; see: "
		    "%s events -f %s", q->name, q->done,
		    text_duration(spent).s, verb_program, q->name);
		return EXIT_FAILED;
	}
	if (err == -EPIPE) {
		verb_say(q->verb, "the master of %s ended meanwhile", q->name);
		return EXIT_FAILED;
	}
	if (q->text[0] == '\0' || err == -EACCES || err == -EPERM)
		return request_failed(q, err);
	snprintf(line, sizeof(line), "%s: %s", q->name, q->text);
	verb_tell(q->verb, line);
	return EXIT_FAILED;
}

static int
replace(struct reload *r)
{
	int code, err;

	if ((code = request_open(&r->request)) != 0)
		return code;
	attach(r);
	err = request_send(&r->request, r->restart ? CADRE_FRAME_RESTART :
	    CADRE_FRAME_RELOAD, &r->how, sizeof(r->how));
	if (err == 0)
		err = await(r);
	code = finish(r, err);
	request_close(&r->request);
	return code;
}

/* 0, or EXIT_USAGE, said. */
static int
flag(struct reload *r, const struct verb *v, int c, char **argv)
{
	double value;

	switch (c) {
	case FLAG_FORCE:
		r->how.flags |= CADRE_RELOAD_FORCE;
		return 0;
	case FLAG_NO_CANARY:
		r->how.flags |= CADRE_RELOAD_NO_CANARY;
		return 0;
	case FLAG_NO_PROBE:
		r->how.flags |= CADRE_RELOAD_NO_PROBE;
		return 0;
	case FLAG_PARALLEL:
		if (!verb_seconds(optarg, 1, CADRE_SEATS_MAX, &value) ||
		    value != (uint32_t)value)
			return verb_usage(v, "flag --parallel needs a number "
			    "of workers, 1 to %d, not '%s'", CADRE_SEATS_MAX,
			    optarg);
		r->how.parallel = (uint32_t)value;
		return 0;
	case FLAG_PROBE:
		return probe_parse(v, optarg, r->how.probe);
	case FLAG_PROBE_TIMEOUT:
		if (!verb_seconds(optarg, 0.001, 86400, &value))
			return verb_usage(v, "flag --probe-timeout needs "
			    "seconds, 0.001 to 86400, not '%s'", optarg);
		r->how.probe_timeout_ms = (uint32_t)(value * 1000);
		return 0;
	case 'j':
		r->json = true;
		return 0;
	case 't':
		if (!verb_seconds(optarg, 0, 1e6, &value))
			return verb_usage(v, "flag --timeout needs seconds, "
			    "not '%s'", optarg);
		r->request.timeout_ns = (uint64_t)(value * 1e9);
		return 0;
	default:
		return verb_flag(v, c, argv);
	}
}

static int
run(const struct verb *v, int argc, char **argv, bool restart)
{
	static struct reload r;		/* too large for a stack */
	int c, code = 0;

	r.request = (struct request){ .verb = v, .dir = -1, .fd = -1,
	    .done = restart ? "restarted" : "reloaded" };
	r.restart = restart;
	while (code == 0 && (c = getopt_long(argc, argv, ":jt:", restart ?
	    restart_options : reload_options, NULL)) != -1)
		code = flag(&r, v, c, argv);
	if (code == 0 && (r.how.flags & CADRE_RELOAD_NO_PROBE) != 0 &&
	    r.how.probe[0] != '\0')
		code = verb_usage(v, "flags --probe and --no-probe contradict "
		    "each other");
	if (code == 0)
		code = verb_name(v, argc, argv, &r.request.name);
	return code == 0 ? replace(&r) : code;
}

int
cmd_reload(const struct verb *v, int argc, char **argv)
{
	return run(v, argc, argv, false);
}

int
cmd_restart(const struct verb *v, int argc, char **argv)
{
	return run(v, argc, argv, true);
}
