/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * make check-faults: each fault point × each action, a run of scene.c each.
 * Which points there are the linker knows; which of them forked workers reach
 * and which only programs do, runs find out that count and do nothing.
 *
 *	check-faults [-j JOBS] [NAME …]
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "shm/clock.h"
#include "t/fault/fault.h"
#include "t/lib/tap.h"

#define CASES_MAX	2048
#define OFTEN		4	/* passes: worth a later one too */
#define LATER		3	/* that one: a respawn, of what a spawn does */

static const struct action {
	const char	*what;
	bool		fails;	/* for points that can */
	bool		later;	/* only where it is passed often */
} actions[] = {
	{ "kill", false, false },
	{ "stop", false, false },
	{ "delay:50", false, false },
	{ "kill@3", false, true },
	{ "stop@3", false, true },
	{ "errno:ENOMEM", true, false },
	{ "errno:EMFILE", true, false },
	{ "errno:EAGAIN", true, false },
	{ "errno:EMFILE@3", true, true },
	{ "errno:ENOMEM@*", true, false },
};

/* Not passed unless something else has failed before. */
static const struct { const char *name, *first; } needs[] = {
	{ "channel.queue", "channel.send:errno:EAGAIN" },
	{ "channel.flush", "channel.send:errno:EAGAIN" },
	{ "wake.clock", "topics.join:errno:ENOMEM" },
};

#define NO_RELOAD "where a call fails for ever nothing but a start is tried"

/* What the kernel does not do, and what the contract says ends an app. */
static const struct { const char *name, *what, *why; } left_out[] = {
	{ "door.listen", "errno:ENOMEM@*", NO_RELOAD },
	{ "directory.alive", "errno:EAGAIN", "it says that another has the "
	    "lock: then nothing of what is there may be removed" },
	{ "child.signal", "errno:ENOMEM@*", "a pidfd of an own child is never "
	    "refused for ever: nothing could be ended then" },
	{ "wake.pull", "errno:ENOMEM@*", NO_RELOAD },
	{ "probe.fork", "errno:ENOMEM@*", NO_RELOAD },
	{ "probe.said", "errno:ENOMEM@*", NO_RELOAD },
	{ "probe.pidfd", "errno:ENOMEM@*", NO_RELOAD },
	{ "probe.pair", "errno:ENOMEM@*", NO_RELOAD },
};
static const char *const ends[] = { "loop.wait" };
static const char *const kinds[FAULT_KINDS] = {
	"forked", "program", "forked, killed", "handed", "kept",
	"recycled", "talked", "proxied", "peeked",
};

static struct fault_case cases[CASES_MAX];
static unsigned int ncases;
static struct fault_result *results;

static const struct cadre__fault *
point(size_t i)
{
	return __start_cadre_faults[i];
}

static size_t
points(void)
{
	return (size_t)(__stop_cadre_faults - __start_cadre_faults);
}

/* In a process of its own, which takes in whom a master leaves. */
static void
run_all(unsigned int jobs)
{
	char host[16];

	for (unsigned int j = 0; j < jobs; j++) {
		fflush(NULL);
		if (fork() != 0)
			continue;
		prctl(PR_SET_CHILD_SUBREAPER, 1);
		snprintf(host, sizeof(host), "127.0.0.%u", j + 2);
		setenv("T_HOST", host, 1);
		for (unsigned int i = j; i < ncases; i += jobs)
			fault_run(&cases[i], &results[i]);
		_exit(0);
	}
	while (wait(NULL) > 0)
		;
}

static struct fault_case *
case_new(enum fault_kind kind, const char *label)
{
	struct fault_case *c = &cases[ncases++];

	if (ncases == CASES_MAX)
		bail_out("more than %d runs", CASES_MAX);
	c->kind = kind;
	snprintf(c->label, sizeof(c->label), "%s", label);
	return c;
}

static void
count_all(struct fault_result dry[FAULT_KINDS])
{
	struct fault_case *c;
	size_t used;

	for (int kind = 0; kind < FAULT_KINDS; kind++) {
		c = case_new((enum fault_kind)kind, kinds[kind]);
		c->dry = true;
		used = 0;
		for (size_t i = 0; i < points(); i++)
			used += (size_t)snprintf(c->spec + used,
			    sizeof(c->spec) - used, "%s%s:count",
			    i > 0 ? "," : "", point(i)->name);
	}
	run_all(1);
	for (int kind = 0; kind < FAULT_KINDS; kind++) {
		dry[kind] = results[kind];
		ok(dry[kind].good, "%s: no fault (%llu ms) %s", kinds[kind],
		    (unsigned long long)dry[kind].took_ms, dry[kind].why);
	}
	memset(results, 0, CASES_MAX * sizeof(*results));
	memset(cases, 0, sizeof(cases));
	ncases = 0;
}

static const char *
needed(const char *name)
{
	for (size_t i = 0; i < sizeof(needs) / sizeof(needs[0]); i++)
		if (strcmp(needs[i].name, name) == 0)
			return needs[i].first;
	return NULL;
}

static bool
is_left_out(const char *name, const char *what)
{
	for (size_t i = 0; i < sizeof(left_out) / sizeof(left_out[0]); i++)
		if (strcmp(left_out[i].name, name) == 0 &&
		    strcmp(left_out[i].what, what) == 0) {
			skip(1, "%s %s: %s", name, what, left_out[i].why);
			return true;
		}
	return false;
}

static void
case_add(const struct cadre__fault *f, const struct action *a,
    enum fault_kind kind, const struct fault_result *dry, bool quiet)
{
	const char *first = needed(f->name);
	struct fault_case *c;
	char label[96];

	snprintf(label, sizeof(label), "%s: %s %s", kinds[kind], f->name,
	    a->what);
	c = case_new(kind, label);
	snprintf(c->spec, sizeof(c->spec), "%s%s%s:%s",
	    first != NULL ? first : "", first != NULL ? "," : "", f->name,
	    a->what);
	c->watched = first != NULL;
	c->refused = a->fails;
	c->always = strchr(a->what, '*') != NULL;
	c->quiet = quiet;
	c->fds = dry[kind].fds;
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
		c->ends |= strcmp(ends[i], f->name) == 0;
}

/* All there is to do to one point, where it is passed. */
static void
point_add(size_t i, const struct fault_result dry[FAULT_KINDS])
{
	const struct cadre__fault *f = point(i);
	enum fault_kind kind = FAULT_FORKED;
	uint64_t before;

	while (needed(f->name) == NULL && dry[kind].passes[i] == 0)
		if (++kind == FAULT_KINDS && geteuid() != 0) {
			skip(1, "%s: for root", f->name);
			return;
		} else if (kind == FAULT_KINDS) {
			ok(false, "%s is passed by the scenario", f->name);
			return;
		}
	before = dry[kind].before_stop[i];
	for (size_t k = 0; k < sizeof(actions) / sizeof(actions[0]); k++)
		if ((!actions[k].fails || f->fails) &&
		    (!actions[k].later || before >= OFTEN) &&
		    !is_left_out(f->name, actions[k].what))
			case_add(f, &actions[k], kind, dry, before > 0);
}

/* What stands in the sources is what was linked, each name once. */
static void
names_check(void)
{
	char command[512], line[128];
	size_t n = 0, found = 0;
	FILE *f;

	snprintf(command, sizeof(command), "grep -ohE "
	    "'CADRE_FAULT(_AT)?\\(\"[^\"]*\"' '%s'/shm/*.c '%s'/runtime/*.c | "
	    "cut -d'\"' -f2", getenv("top_srcdir"), getenv("top_srcdir"));
	f = popen(command, "r");
	while (f != NULL && fgets(line, sizeof(line), f) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		n++;
		for (size_t i = 0; i < points(); i++)
			found += strcmp(point(i)->name, line) == 0;
	}
	if (f != NULL)
		pclose(f);
	ok(n > 0 && n == points() && found == n, "%zu points in the sources, "
	    "%zu here, each name once", n, points());
}

static bool
is_asked_for(const char *name, int argc, char **argv)
{
	for (int i = optind; i < argc; i++)
		if (strncmp(argv[i], name, strlen(argv[i])) == 0)
			return true;
	return optind == argc;
}

int
main(int argc, char **argv)
{
	struct fault_result dry[FAULT_KINDS];
	uint64_t begun_ns = clock_now_ns();
	unsigned int jobs = 4;
	int role = fault_role(argc, argv), c;

	if (role >= 0)
		return role;
	while ((c = getopt(argc, argv, "j:")) == 'j')
		jobs = (unsigned int)atoi(optarg);
	results = mmap(NULL, CASES_MAX * sizeof(*results),
	    PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	names_check();
	count_all(dry);
	for (size_t i = 0; i < points(); i++)
		if (is_asked_for(point(i)->name, argc, argv))
			point_add(i, dry);
	run_all(jobs);
	for (unsigned int i = 0; i < ncases; i++)
		ok(results[i].done && results[i].good, "%s (%llu ms)%s%s",
		    cases[i].label, (unsigned long long)results[i].took_ms,
		    results[i].good ? "" : ": ",
		    results[i].done ? results[i].why : "its run crashed");
	diag("%u runs, %zu points, %llu s", ncases, points(),
	    (unsigned long long)((clock_now_ns() - begun_ns) / NS_PER_S));
	return done_testing();
}
