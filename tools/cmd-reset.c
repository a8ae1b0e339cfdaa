/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cadre reset: seats at rest, parked or done, and those that wait for their
 * next try are tried again at once, as if nothing had failed there before.
 */
#include <ctype.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cadre/layout.h>

#include "shm/frame.h"
#include "tools/request.h"

static const struct option options[] = {
	{ NULL, 0, NULL, 0 },
};

/* 0, or EXIT_USAGE, said. */
static int
which(const struct verb *v, const char *word, uint32_t *ret_seat)
{
	unsigned long seat;
	char *end;

	*ret_seat = CADRE_NO_SEAT;
	if (word == NULL || strcmp(word, VERB_ALL) == 0)
		return 0;
	seat = strtoul(word, &end, 10);
	if (!isdigit((unsigned char)*word) || *end != '\0' ||
	    seat >= CADRE_SEATS_MAX)
		return verb_usage(v, "'%s' is no seat: a number below %d, or "
		    "all", word, CADRE_SEATS_MAX);
	*ret_seat = (uint32_t)seat;
	return 0;
}

int
cmd_reset(const struct verb *v, int argc, char **argv)
{
	struct request r = { .verb = v, .done = "reset", .dir = -1, .fd = -1 };
	uint32_t seat;
	int c, code, words;

	if ((c = getopt_long(argc, argv, "+:", options, NULL)) != -1)
		return verb_flag(v, c, argv);
	words = argc - optind;
	if (words < 1 || words > 2)
		return verb_usage(v, "which app, and which seat? %s reset NAME "
		    "[SEAT|all]", verb_program);
	if ((code = which(v, argv[optind + 1], &seat)) != 0 ||
	    (code = verb_name(v, optind + 1, argv, &r.name)) != 0)
		return code;
	return request_ask(&r, CADRE_FRAME_RESET, &seat, sizeof(seat));
}
