/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cadre scale: so many workers from now on. The master answers when it has
 * taken it; then the region tells when all are up.
 */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cadre/error.h>
#include <cadre/master.h>

#include "shm/frame.h"
#include "tools/request.h"
#include "tools/text.h"

#define LOOK_MS		20
#define READY_S		30.0

static const struct option options[] = {
	{ "timeout", required_argument, NULL, 't' },
	{ NULL, 0, NULL, 0 },
};

/* N, +N, -N, max. 0, or EXIT_USAGE, said. */
static int
count(const struct verb *v, const char *text, struct cadre__frame_scale *to)
{
	char *end;
	long n;

	to->by = text[0] == '+' || text[0] == '-';
	if (strcmp(text, "max") == 0) {
		to->workers = CADRE_WORKERS_MAX;
		return 0;
	}
	errno = 0;
	n = strtol(text, &end, 10);
	if (errno != 0 || end == text || *end != '\0' || n == 0 ||
	    n > CADRE_SEATS_MAX || n < -CADRE_SEATS_MAX)
		return verb_usage(v, "'%s' is no count of workers: N, +N, -N, "
		    "or max; to end all: %s stop", text, verb_program);
	to->workers = (int32_t)n;
	return 0;
}

struct progress {
	unsigned int	wanted, up, parked, draining;
};

static void
look(struct request *r, struct progress *p)
{
	struct cadre_app app;

	*p = (struct progress){ .wanted = 0 };
	if (cadre_region_app(r->region, &app) == 0)
		p->wanted = (unsigned int)app.workers;
	if (sample_take(r->region, &r->sample) < 0)
		return;
	for (unsigned int i = 0; i < r->sample.seats; i++) {
		const struct cadre_seat_view *s = &r->sample.seat[i].view;

		p->up += s->has_newest && s->state == CADRE_STATE_UP;
		p->parked += s->state == CADRE_STATE_PARKED ||
		    s->state == CADRE_STATE_DONE;
		p->draining += s->has_draining ||
		    s->state == CADRE_STATE_DRAINING;
	}
}

/* Those who finish are waited for by nobody: that can take long. */
static int
await(struct request *r)
{
	struct progress p;

	for (;;) {
		look(r, &p);
		if (p.up >= p.wanted || p.parked > 0)
			break;
		if (request_late(r) || request_silent(r)) {
			verb_say(r->verb, "%s: %u of %u workers are up so far; "
			    "see: %s stat %s", r->name, p.up, p.wanted,
			    verb_program, r->name);
			return EXIT_FAILED;
		}
		verb_nap(LOOK_MS);
	}
	if (p.up < p.wanted) {
		verb_say(r->verb, "%s: %u of %u workers are up, %u seats are "
		    "parked or done; see: %s events %s", r->name, p.up, p.wanted,
		    p.parked, verb_program, r->name);
		return EXIT_FAILED;
	}
	if (p.draining > 0)
		printf("%s: %u worker%s; %u more to finish what "
		    "they have\n", r->name, p.wanted, p.wanted == 1 ? "" : "s",
		    p.draining);
	else
		printf("%s: %u worker%s\n", r->name, p.wanted,
		    p.wanted == 1 ? "" : "s");
	return EXIT_SUCCESS;
}

static int
scale(struct request *r, const struct cadre__frame_scale *to)
{
	char line[640];
	int code, err;

	if ((code = request_open(r)) != 0)
		return code;
	err = request_send(r, CADRE_FRAME_SCALE, to, sizeof(*to));
	if (err == 0)
		err = request_answer(r);
	request_attach(r);
	if (err < 0 && r->text[0] != '\0' && err != -EACCES) {
		snprintf(line, sizeof(line), "%s: %s", r->name, r->text);
		verb_tell(r->verb, line);
		code = EXIT_FAILED;
	} else if (err < 0)
		code = request_failed(r, err);
	else if (r->region != NULL)
		code = await(r);
	request_close(r);
	return code;
}

int
cmd_scale(const struct verb *v, int argc, char **argv)
{
	struct request r = { .verb = v, .done = "scaled", .dir = -1, .fd = -1 };
	struct cadre__frame_scale to = { .by = 0 };
	double seconds = READY_S;
	int c, code;

	/* Up to NAME only: what follows may begin with a minus. */
	while ((c = getopt_long(argc, argv, "+:t:", options, NULL)) != -1) {
		if (c != 't')
			return verb_flag(v, c, argv);
		if (!verb_seconds(optarg, 0, 1e6, &seconds))
			return verb_usage(v, "flag --timeout needs seconds, "
			    "not '%s'", optarg);
	}
	if (argc - optind != 2)
		return verb_usage(v, "which app, and how many workers? "
		    "%s scale NAME N, +N, -N or max", verb_program);
	if ((code = count(v, argv[optind + 1], &to)) != 0)
		return code;
	r.timeout_ns = (uint64_t)(seconds * 1e9);
	if ((code = verb_name(v, argc - 1, argv, &r.name)) != 0)
		return code;
	return scale(&r, &to);
}
