/* SPDX-License-Identifier: BSD-2-Clause */
/* The options of contrast.c, and what is due when. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "examples/plan.h"
#include "examples/yardstick.h"

struct plan plan = {
	.event_ms = 2000, .workers = 2, .updates = 1000, .rate = 1000,
};

static bool
word_of(const char *const *words, const char *text, int *ret_i)
{
	for (int i = 0; words[i] != NULL; i++) {
		if (strcmp(words[i], text) == 0) {
			*ret_i = i;
			return true;
		}
	}
	return false;
}

static bool
number_of(const char *text, uint64_t low, uint64_t high, uint64_t *ret_n)
{
	char *end;

	*ret_n = strtoull(text, &end, 10);
	return end != text && *end == '\0' && text[0] != '-' &&
	    *ret_n >= low && *ret_n <= high;
}

bool
plan_read(int argc, char **argv)
{
	static const char *const ways[] = { "change", "interval", "region",
	    "fact", "counter", NULL };
	static const char *const events[] = { "none", "loop", "kill", "slow",
	    NULL };
	int c, event = NONE, way = 0;
	bool good = true;

	while (good && (c = getopt(argc, argv, "i:n:r:e:d:")) != -1)
		good = c == 'i' ? number_of(optarg, 1, SEATS, &plan.workers) :
		    c == 'n' ? number_of(optarg, 1, UINT32_MAX, &plan.updates) :
		    c == 'r' ? number_of(optarg, 0, MS, &plan.rate) :
		    c == 'd' ? number_of(optarg, 1, 60000, &plan.event_ms) :
		    c == 'e' && word_of(events, optarg, &event);
	if (!good || optind + 1 != argc ||
	    !word_of(ways, argv[optind], &way)) {
		fprintf(stderr, "usage: contrast [-i WORKERS] [-n UPDATES] "
		    "[-r RATE] [-e none|loop|kill|slow] [-d MS]\n\t"
		    "change|interval|region|fact|counter\n");
		return false;
	}
	plan.event = (enum event)event;
	plan.way = (enum way)way;
	return true;
}

bool
plan_observed(void)
{
	return plan.way == REGION || plan.way == COUNTER;
}

uint64_t
plan_due(uint64_t start_ns)
{
	uint64_t due = 1 + (now_ns() - start_ns) * plan.rate / SECOND;

	return plan.rate == 0 || due > plan.updates ? plan.updates : due;
}

int
plan_wait_ms(uint64_t start_ns, uint64_t told)
{
	uint64_t now = now_ns(), at = start_ns;

	if (plan.rate != 0 && told < plan.updates)
		at += told * SECOND / plan.rate;
	return at <= now ? 0 : (int)((at - now) / MS) + 1;
}
