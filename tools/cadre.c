/* SPDX-License-Identifier: BSD-2-Clause */
/* The cadre command: a table of verbs, and the two that only print. */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cadre/cadre.h>

#include "tools/intake.h"
#include "tools/json.h"
#include "tools/privileges.h"
#include "tools/text.h"
#include "tools/verb.h"

static int	cmd_help(const struct verb *, int, char **);
static int	cmd_version(const struct verb *, int, char **);

static const char program_flags[] =
    "  -n, --name NAME       its name, instead of the program's\n"
    "  -i, --instances N     so many workers; max (the default): as many as\n"
    "                        there are processors; -K: all of them but K\n"
    "  -l, --listen ADDRESS[,OPTION...]\n"
    "                        tcp:HOST:PORT or unix:PATH; options: mode=,\n"
    "                        backlog=, name=, socket-mode=, proxy=,\n"
    "                        proxy-timeout=, and of sticky strict, factor=,\n"
    "                        peek-ms=, peek-bytes=; may be repeated\n"
    INTAKE_HELP
    PRIVILEGES_HELP
    "  -e, --env NAME=VALUE  into its environment; may be repeated\n"
    "      --stop-signal S   tells it to finish (TERM)\n"
    "      --kill-timeout S  so many seconds later it is killed (30)\n"
    "      --probe COMMAND   asks each new worker of a reload; or http:PATH\n"
    "      --probe-timeout S and must be answered in that time (5)\n"
    "      --ready-after MS  ready when it lives that long (500), or when\n"
    "                        it says so before\n"
    "      --wait-ready      ready only when it says so\n"
    "      --ready-timeout S killed if not ready by then (10)\n"
    "      --min-uptime S    a death before that is early (1)\n"
    "      --max-tries N     early deaths in a row, then no more (8)\n"
    "      --quorum N        ends with 1 when fewer seats are left unparked (1;\n"
    "                        in the background 0: it stays)\n"
    "      --stop-exit-codes LIST\n"
    "                        a worker that exits so is not replaced: 0,3,10-12\n"
    "      --max-requests N[,J%]\n"
    "      --max-age TIME[,J%]\n"
    "                        a worker is replaced after so many requests, or\n"
    "                        at that age (90s, 12h); each by up to J% later (10)\n"
    "      --memory-soft SIZE  the same above so much memory of its own (512M)\n"
    "      --memory-hard SIZE  killed above it, and replaced\n"
    "      --max-unavailable N  so many are replaced so at once (1)\n"
    "      --max-workers N   seats to make room for\n"
    "      --message-queue N, --message-queue-bytes N\n"
    "                        what may wait for a worker (1024, 1048576)\n"
    "      --message-policy newest|oldest|peer\n"
    "                        what is dropped if more would (newest), or who\n"
    "      --message-bytes N the longest message (16777216)\n"
    "      --message-requests N\n"
    "                        of one process, under way at once (1024)\n"
    "      --message-rights, --no-message-rights\n"
    "                        whether descriptors travel with messages (not\n"
    "                        if workers run as another user)\n"
    "      --publish-bytes N room for what a worker publishes (65536); 0: none\n"
    "      --log-dir DIR     where its output goes, a file per seat\n"
    "      --log-bytes N     a longer file is cut (1048576)\n";

static const struct verb verbs[] = {
	{ "demo", cmd_demo, "run a small HTTP app and show what it does",
	    "[FLAGS]",
	    "  -n, --name NAME       its name, instead of hello\n"
	    "  -i, --instances N     so many workers; max: as many as there are\n"
	    "                        processors; -K: all processors but K\n"
	    "  -l, --listen ADDRESS[,OPTION...]\n"
	    "                        tcp:HOST:PORT or unix:PATH, instead of\n"
	    "                        tcp:127.0.0.1:8080; options: mode=,\n"
	    "                        backlog=, name=, socket-mode=, proxy=,\n"
	    "                        proxy-timeout=, and of sticky strict,\n"
	    "                        factor=, peek-ms=, peek-bytes=; may be\n"
	    "                        repeated\n"
	    INTAKE_HELP
	    PRIVILEGES_HELP },
	{ "contrast", cmd_contrast,
	    "measure messages beside shared memory, here",
	    "[-j] [-i N,...] [--quick] [--seconds S] [--svg FILE]",
	    "  -i, --workers N,...   numbers of workers (2,16,64)\n"
	    "  -j, --json            as one JSON object\n"
	    "      --quick           some seconds, and coarse\n"
	    "      --seconds S       how long a run at a rate takes (1)\n"
	    "      --svg FILE        also as two plots\n" },
	{ "ls", cmd_ls, "list the apps that run here", "[-j]",
	    "  -j, --json            as one JSON object\n" },
	{ "stat", cmd_stat, "show the workers of an app", "[-1aj] [-w S] NAME",
	    "  -1, --once            print once, do not repaint\n"
	    "  -a, --all             with the seats that were never used\n"
	    "  -j, --json            once, as one JSON object\n"
	    "  -w, --wait S          repaint each S seconds (1); with -1 or -j:\n"
	    "                        look twice, S seconds apart, for the rates\n" },
	{ "health", cmd_health, "show what each worker did, and when",
	    "[-fj] [-c N] NAME [SEAT]",
	    "  -c, --count N         the last N records of each slot (20; with\n"
	    "                        -j all); 0: all\n"
	    "  -f, --follow          print new records as they come\n"
	    "  -j, --json            as one JSON object; with -f one per line\n" },
	{ "events", cmd_events, "show what happened to an app", "[-fj] NAME",
	    "  -f, --follow          print new ones as they come\n"
	    "  -j, --json            as JSON objects, one per line\n" },
	{ "run", cmd_run, "run a program as an app, until Ctrl-C",
	    "[FLAGS] [--] PROGRAM [ARGUMENTS]", program_flags },
	{ "start", cmd_start, "the same in the background; returns when ready",
	    "[FLAGS] [--] PROGRAM [ARGUMENTS]", program_flags },
	{ "reload", cmd_reload, "replace the workers, without a gap",
	    "[FLAGS] NAME",
	    "      --no-canary       do not wait for the first to stay up\n"
	    "      --parallel N      so many at once behind the first (1); also\n"
	    "                        --max-surge\n"
	    "      --probe COMMAND   asks each new worker before it serves; or\n"
	    "                        http:PATH; instead of that of the start\n"
	    "      --probe-timeout S how long that may take (5)\n"
	    "      --no-probe        not even that of the start\n"
	    "      --force           kill who still finishes from the last time\n"
	    "  -t, --timeout S       wait at most S seconds; it goes on anyhow\n"
	    "  -j, --json            the end as one JSON object\n" },
	{ "restart", cmd_restart, "replace the workers, one seat after another",
	    "[--parallel N] [--timeout S] [-j] NAME",
	    "      --parallel N      so many seats at once (1); also\n"
	    "                        --max-unavailable\n"
	    "  -t, --timeout S       wait at most S seconds; it goes on anyhow\n"
	    "  -j, --json            the end as one JSON object\n" },
	{ "scale", cmd_scale, "have more workers, or fewer",
	    "[--timeout S] NAME N | +N | -N | max",
	    "  -t, --timeout S       wait at most S seconds until all are up (30)\n" },
	{ "reset", cmd_reset, "try seats again that are parked or done",
	    "NAME [SEAT|all]", NULL },
	{ "signal", cmd_signal, "send workers a signal",
	    "NAME SEAT|all SIGNAL", NULL },
	{ "stop", cmd_stop, "stop apps and wait until they are gone",
	    "[--now | --patient] [--timeout S] NAME... | all",
	    "      --now             kill the workers\n"
	    "      --patient         let them finish, however long it takes\n"
	    "  -t, --timeout S       wait at most S seconds; it stops anyhow\n" },
	{ "gen", cmd_gen, "write the configuration of a proxy for an app",
	    "[FLAGS] nginx|haproxy NAME",
	    "  -o, --output FILE     there, instead of standard output\n"
	    "  -l, --listen HOST:PORT\n"
	    "                        where the proxy listens (127.0.0.1:8000)\n"
	    "      --by cookie|addr|any\n"
	    "                        how it chooses a worker: by a cookie of its\n"
	    "                        own, the client's address, or not at all;\n"
	    "                        cookie if there are doors (--seat-listen)\n"
	    "      --cookie NAME     that cookie (CADRE)\n"
	    "      --all             also seats that have no worker now\n"
	    "      --fragment        without what is there once: for conf.d/ of\n"
	    "                        nginx, or beside another haproxy.cfg\n" },
	{ "doctor", cmd_doctor, "tell what works here, what not, and the remedy",
	    "[-j] [NAME]",
	    "  -j, --json            as one JSON object\n" },
	{ "version", cmd_version, "print the version", "[-j]",
	    "  -j, --json            as one JSON object\n" },
	{ "help", cmd_help, "explain a command", "[COMMAND]", NULL },
};

#define VERBS	(sizeof(verbs) / sizeof(verbs[0]))

static const struct verb *
find(const char *name)
{
	for (size_t i = 0; i < VERBS; i++) {
		if (strcmp(verbs[i].name, name) == 0)
			return &verbs[i];
	}
	return NULL;
}

static size_t
least(size_t a, size_t b, size_t c)
{
	size_t m = a < b ? a : b;

	return m < c ? m : c;
}

/* Letters to add, drop, change or swap with the next, to come from a to b. */
static size_t
distance(const char *a, const char *b)
{
	size_t n = strlen(a), m = strlen(b), d[18][18];

#ifdef FUZZ_PLANT			/* a word longer than its row */
	if (n > 18 || m > 18)
#else
	if (n > 16 || m > 16)
#endif
		return SIZE_MAX;
	for (size_t i = 0; i <= n; i++)
		d[i][0] = i;
	for (size_t j = 0; j <= m; j++)
		d[0][j] = j;
	for (size_t i = 1; i <= n; i++) {
		for (size_t j = 1; j <= m; j++) {
			d[i][j] = least(d[i - 1][j] + 1, d[i][j - 1] + 1,
			    d[i - 1][j - 1] + (a[i - 1] != b[j - 1]));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
			    a[i - 2] == b[j - 1] &&
			    d[i - 2][j - 2] + 1 < d[i][j])
				d[i][j] = d[i - 2][j - 2] + 1;
		}
	}
	return d[n][m];
}

static const struct verb *
nearest(const char *name)
{
	const struct verb *best = NULL;
	size_t d, least_d = 3;

	for (size_t i = 0; i < VERBS; i++) {
		if (name[0] != '\0' && strncmp(verbs[i].name, name,
		    strlen(name)) == 0)
			return &verbs[i];
		d = distance(name, verbs[i].name);
		if (d < least_d && d < strlen(verbs[i].name)) {
			least_d = d;
			best = &verbs[i];
		}
	}
	return best;
}

static int
unknown(const char *what)
{
	const struct verb *near = nearest(what);

	if (near != NULL)
		fprintf(stderr, "cadre: no command '%s'; did you mean: %s %s\n",
		    text_line(what).s, verb_program, near->name);
	else
		fprintf(stderr, "cadre: no command '%s'; type: %s help\n",
		    text_line(what).s, verb_program);
	return EXIT_USAGE;
}

static void
help_all(FILE *f)
{
	fprintf(f, "usage: cadre COMMAND [FLAGS] [NAME]\n\n");
	for (size_t i = 0; i < VERBS; i++)
		fprintf(f, "  %-9s %s\n", verbs[i].name, verbs[i].help);
	fprintf(f, "\nFirst steps: %s demo. More: %s help COMMAND, "
	    "man cadre.\n", verb_program, verb_program);
}

static int
cmd_help(const struct verb *v, int argc, char **argv)
{
	static const struct option none[] = { { NULL, 0, NULL, 0 } };
	const struct verb *about;
	int c;

	while ((c = getopt_long(argc, argv, ":", none, NULL)) != -1)
		return verb_flag(v, c, argv);
	if (optind == argc) {
		help_all(stdout);
		return EXIT_SUCCESS;
	}
	about = find(argv[optind]);
	if (about == NULL)
		return unknown(argv[optind]);
	verb_help(about);
	return EXIT_SUCCESS;
}

static int
cmd_version(const struct verb *v, int argc, char **argv)
{
	static const struct option options[] = {
		{ "json", no_argument, NULL, 'j' },
		{ NULL, 0, NULL, 0 },
	};
	bool json = false;
	char layout[16];
	int c, err = 0;

	while ((c = getopt_long(argc, argv, ":j", options, NULL)) != -1) {
		if (c != 'j')
			return verb_flag(v, c, argv);
		json = true;
	}
	if (optind < argc)
		return verb_usage(v, "takes nothing but -j, not '%s'",
		    argv[optind]);
	snprintf(layout, sizeof(layout), "%d.%d", CADRE_LAYOUT_MAJOR,
	    CADRE_LAYOUT_MINOR);
	if (json)
		err = json_print(json_pack("{s:s, s:s}", "version",
		    cadre_version(), "layout", layout));
	else
		printf("cadre %s, region layout %s\n", cadre_version(), layout);
	return err < 0 ? verb_fail(v, err) : EXIT_SUCCESS;
}

/*
 * How we were called. In the build tree libtool's wrapper calls DIR/.libs/cadre
 * where DIR/cadre was typed; what lies below the working directory is named
 * from there.
 */
static void
program_set(const char *argv0)
{
	static char path[PATH_MAX];
	char here[PATH_MAX], *libs;
	size_t n;

	if (argv0 == NULL || strchr(argv0, '/') == NULL ||
	    strlen(argv0) + 3 > sizeof(path))
		return;
	strcpy(path, argv0);
	libs = strstr(path, "/.libs/");
	if (libs != NULL && strchr(libs + 7, '/') == NULL)
		memmove(libs, libs + 6, strlen(libs + 6) + 1);
	verb_program = path;
	if (getcwd(here, sizeof(here)) == NULL)
		return;
	n = strlen(here);
	if (strncmp(path, here, n) != 0 || path[n] != '/')
		return;
	memmove(path, path + n + 1, strlen(path + n + 1) + 1);
	if (strchr(path, '/') == NULL) {
		memmove(path + 2, path, strlen(path) + 1);
		memcpy(path, "./", 2);
	}
}

/* --help is understood anywhere a flag is, but a program has its own. */
static bool
help_wanted(const struct verb *v, int argc, char **argv)
{
	if (v != NULL && v->flags == program_flags)
		return false;
	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
		if (strcmp(argv[i], "--help") == 0 ||
		    strcmp(argv[i], "-h") == 0)
			return true;
	}
	return false;
}

/* Closed ones would be taken by files of ours, and written to by mistake. */
static void
standard_fds(void)
{
	int fd;

	for (int i = STDIN_FILENO; i <= STDERR_FILENO; i++) {
		if (fcntl(i, F_GETFD) >= 0)
			continue;
		fd = open("/dev/null", O_RDWR);
		if (fd < 0)
			exit(EXIT_FAILED);
	}
}

int
main(int argc, char **argv)
{
	const struct verb *v;
	int code;

	standard_fds();
	/* Ignored, as some starters leave it, children could not be waited for. */
	signal(SIGCHLD, SIG_DFL);
	program_set(argv[0]);
	if (argc < 2) {
		help_all(stderr);
		return EXIT_USAGE;
	}
	v = find(argv[1]);
	if (help_wanted(v, argc, argv)) {
		if (v != NULL)
			verb_help(v);
		else
			help_all(stdout);
		code = EXIT_SUCCESS;
	} else if (strcmp(argv[1], "--version") == 0 ||
	    strcmp(argv[1], "-V") == 0) {
		code = cmd_version(find("version"), 1, argv);
	} else {
		code = v == NULL ? unknown(argv[1]) :
		    v->run(v, argc - 1, argv + 1);
	}
	if (fflush(stdout) != 0 || ferror(stdout)) {
		fprintf(stderr, "cadre: cannot write what was asked for: %s\n",
		    strerror(errno));
		return EXIT_FAILED;
	}
	return code;
}
