/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cadre signal: have the master signal workers, which it knows by their pidfd:
 * no stranger that has got the pid meanwhile is ever hit.
 */
#include <ctype.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <cadre/layout.h>

#include "shm/frame.h"
#include "tools/request.h"


static const struct option options[] = {
	{ NULL, 0, NULL, 0 },
};

/* 15, TERM or SIGTERM. 0: none of that name. */
static int
number_of(const char *text)
{
	const char *name = strncasecmp(text, "SIG", 3) == 0 ? text + 3 : text;
	char *end;
	long n;

	for (int i = 1; i < NSIG; i++)
		if (sigabbrev_np(i) != NULL &&
		    strcasecmp(sigabbrev_np(i), name) == 0)
			return i;
	n = strtol(text, &end, 10);
	return end != text && *end == '\0' && n >= 1 && n < NSIG ? (int)n : 0;
}

/* 0, or EXIT_USAGE, said. */
static int
what(const struct verb *v, char **words, struct cadre__frame_signal *to)
{
	unsigned long seat;
	char *end;

	to->seat = CADRE_NO_SEAT;
	if (strcmp(words[0], VERB_ALL) != 0) {
		seat = strtoul(words[0], &end, 10);
		if (!isdigit((unsigned char)words[0][0]) || *end != '\0' ||
		    seat >= CADRE_SEATS_MAX)
			return verb_usage(v, "'%s' is no seat: a number below "
			    "%d, or all", words[0], CADRE_SEATS_MAX);
		to->seat = (uint32_t)seat;
	}
	to->number = number_of(words[1]);
	return to->number != 0 ? 0 : verb_usage(v, "'%s' is no signal: a name "
	    "as TERM, or a number below %d", words[1], NSIG);
}

int
cmd_signal(const struct verb *v, int argc, char **argv)
{
	struct request r = { .verb = v, .done = "signalled", .dir = -1,
	    .fd = -1 };
	struct cadre__frame_signal to;
	int c, code;

	if ((c = getopt_long(argc, argv, "+:", options, NULL)) != -1)
		return verb_flag(v, c, argv);
	if (argc - optind != 3)
		return verb_usage(v, "which app, which seat, which signal? "
		    "%s signal NAME SEAT|all SIGNAL", verb_program);
	if ((code = what(v, argv + optind + 1, &to)) != 0 ||
	    (code = verb_name(v, argc - 2, argv, &r.name)) != 0)
		return code;
	return request_ask(&r, CADRE_FRAME_SIGNAL, &to, sizeof(to));
}
