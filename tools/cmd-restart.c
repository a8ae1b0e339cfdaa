/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cadre restart: ask the master to replace its workers, one seat after
 * another, and show how it goes. The reply comes when all is over; until then
 * the events of the region are the progress.
 */
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "shm/clock.h"
#include "shm/frame.h"
#include "tools/event.h"
#include "tools/request.h"
#include "tools/text.h"

#define LOOK_MS		50
#define BATCH		16

static const struct option options[] = {
	{ "timeout", required_argument, NULL, 't' },
	{ NULL, 0, NULL, 0 },
};

struct restart {
	struct request	request;
	struct cadre_cursor events;
	bool		begun;		/* its own event was there */
	uint64_t	draining;	/* generation that was told to finish */
	unsigned int	workers;	/* to replace */
	unsigned int	replaced;
};

/* What a user need not read: that a worker drains and ends is how it goes. */
static bool
is_usual(struct restart *r, const struct cadre_shm_event *e)
{
	if (e->kind == CADRE_EVENT_DRAINING)
		r->draining = e->generation;
	return e->kind == CADRE_EVENT_DRAINING ||
	    e->kind == CADRE_EVENT_SPAWNED ||
	    e->kind == CADRE_EVENT_RESTARTED ||
	    (e->kind == CADRE_EVENT_DIED && e->generation == r->draining);
}

static void
show_event(struct restart *r, const struct cadre_shm_event *e)
{
	if (e->kind == CADRE_EVENT_RESTARTING)
		r->begun = true;
	else if (r->begun && e->kind == CADRE_EVENT_READY)
		printf("seat %" PRIu32 ": pid %" PRIu64 " ready after %s "
		    "(%u of %u)\n", e->seat, e->pid,
		    text_duration(e->duration_ns).s, ++r->replaced,
		    r->workers);
	else if (r->begun && !is_usual(r, e))
		event_print(e, stdout);
}

static void
show_events(struct restart *r)
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
attach(struct restart *r)
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
await(struct restart *r)
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
finish(struct restart *r, int err)
{
	struct request *q = &r->request;
	uint64_t spent = clock_now_ns() - q->begin_ns;
	char line[512];

	if (err == 0) {
		printf("%s restarted in %s\n", q->name,
		    text_duration(spent).s);
		return EXIT_SUCCESS;
	}
	if (err == -ETIMEDOUT && request_late(q)) {
		verb_say(q->verb, "%s still restarts after %s, and goes on; "
		    "see: %s events -f %s", q->name, text_duration(spent).s,
		    verb_program, q->name);
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

int
cmd_restart(const struct verb *v, int argc, char **argv)
{
	struct restart r = { .request = { .verb = v, .done = "restarted",
	    .dir = -1, .fd = -1 } };
	double seconds = 0;
	int c, code, err;

	while ((c = getopt_long(argc, argv, ":t:", options, NULL)) != -1) {
		if (c != 't')
			return verb_flag(v, c, argv);
		if (!verb_seconds(optarg, 0, 1e6, &seconds))
			return verb_usage(v, "flag --timeout needs seconds, "
			    "not '%s'", optarg);
	}
	r.request.timeout_ns = (uint64_t)(seconds * 1e9);
	if ((code = verb_name(v, argc, argv, &r.request.name)) != 0 ||
	    (code = request_open(&r.request)) != 0)
		return code;
	attach(&r);
	err = request_send(&r.request, CADRE_FRAME_RESTART, NULL, 0);
	if (err == 0)
		err = await(&r);
	code = finish(&r, err);
	request_close(&r.request);
	return code;
}
