/* SPDX-License-Identifier: BSD-2-Clause */
/* What the verbs share: how they end, how they complain, how they attach. */
#include <errno.h>
#include <getopt.h>
#include <math.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sys/stat.h>

#include <cadre/cadre.h>

#include "tools/text.h"
#include "tools/verb.h"

const char *verb_program = "cadre";

static void __attribute__((format(printf, 2, 0)))
complain(const struct verb *v, const char *format, va_list ap)
{
	char line[1024];

	vsnprintf(line, sizeof(line), format, ap);
	fprintf(stderr, "cadre %s: %s\n", v->name, text_line(line).s);
}

void
verb_say(const struct verb *v, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	complain(v, format, ap);
	va_end(ap);
}

void
verb_tell(const struct verb *v, const char *line)
{
	fprintf(stderr, "cadre %s: %s\n", v->name, text_escaped(line).s);
}

int
verb_usage(const struct verb *v, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	complain(v, format, ap);
	va_end(ap);
	return EXIT_USAGE;
}

void
verb_help(const struct verb *v)
{
	printf("usage: cadre %s %s\n\n%s.\n", v->name, v->synopsis, v->help);
	if (v->flags != NULL)
		printf("\n%s", v->flags);
}

int
verb_flag(const struct verb *v, int c, char **argv)
{
	const char *why = c == ':' ? "needs a value" : "is not known, or used "
	    "wrongly";
	char letter[3] = { '-', (char)optopt, '\0' };
	const char *flag = argv[optind - 1];

	/* For a short flag optopt is its letter, wherever in a group it was. */
	if (optopt > ' ' && optopt < 127 && !(flag[0] == '-' && flag[1] == '-'))
		flag = letter;
	return verb_usage(v, "flag %s %s; type: %s help %s", flag, why,
	    verb_program, v->name);
}

int
verb_exit(int err)
{
	static const struct { int err, code; } codes[] = {
		{ -ENOENT, EXIT_NO_APP },
		{ -EINVAL, EXIT_USAGE },	/* a name no app can have */
		{ -ETIMEDOUT, EXIT_SILENT },
	};

	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
		if (codes[i].err == err)
			return codes[i].code;
	}
	return err < 0 ? EXIT_FAILED : EXIT_SUCCESS;
}

bool
verb_elsewhere(char *dir, size_t room)
{
	const char *own = getenv("CADRE_RUNTIME_DIR");
	struct stat st;

	snprintf(dir, room, VERB_TMP_DIR, (unsigned int)geteuid());
	return (own == NULL || own[0] == '\0') && lstat(dir, &st) == 0 &&
	    S_ISDIR(st.st_mode) && st.st_uid == geteuid();
}

int
verb_fail(const struct verb *v, int err)
{
	char dir[64];

	if (err == -ENOENT && verb_elsewhere(dir, sizeof(dir)))
		verb_say(v, "%s; or try: CADRE_RUNTIME_DIR=%s %s ls",
		    cadre_error(err), dir, verb_program);
	else
		verb_tell(v, cadre_error(err));
	return verb_exit(err);
}

int
verb_name(const struct verb *v, int argc, char **argv, const char **ret_name)
{
	if (optind >= argc)
		return verb_usage(v, "which app? type: %s %s NAME; "
		    "%s ls lists them", verb_program, v->name, verb_program);
	if (optind + 1 < argc)
		return verb_usage(v, "one NAME, but '%s' follows '%s'; "
		    "type: %s help %s", argv[optind + 1], argv[optind],
		    verb_program, v->name);
	*ret_name = argv[optind];
	return 0;
}

int
verb_instances(const struct verb *v, const char *text, int *ret_workers)
{
	char *end;
	long n = strtol(text, &end, 10);

	if (strcmp(text, "max") == 0)
		n = CADRE_WORKERS_MAX;
	else if (end == text || *end != '\0' || n == 0 ||
	    n > CADRE_SEATS_MAX || n < -CADRE_SEATS_MAX)
		return verb_usage(v, "flag -i needs a count up to %d, max, or "
		    "-K for all processors but K, not '%s'", CADRE_SEATS_MAX,
		    text);
	*ret_workers = (int)n;
	return 0;
}

bool
verb_seconds(const char *text, double low, double high, double *ret_s)
{
	char *end;
	double s;

	s = strtod(text, &end);
	if (end == text || *end != '\0' || isnan(s) || s < low || s > high)
		return false;
	*ret_s = s;
	return true;
}

int
verb_attach(const struct verb *v, const char *name,
    struct cadre_region **ret_region)
{
	int err;

	err = cadre_region_open(name, ret_region);
	return err < 0 ? verb_fail(v, err) : 0;
}

const char *
verb_state(const struct cadre_app *app)
{
	if (app->state == CADRE_APP_STOPPED)
		return cadre_app_state_name(app->state);
	if (!app->master_lives)
		return "dead";
	if (app->beat_age_ns > CADRE_SILENT_NS)
		return "silent";
	return cadre_app_state_name(app->state);
}

bool
verb_over(const struct cadre_region *r)
{
	struct cadre_app app;

	if (cadre_region_app(r, &app) < 0)
		return true;
	return app.state == CADRE_APP_STOPPED || !app.master_lives;
}

void
verb_nap(int ms)
{
	poll(NULL, 0, ms);
}
