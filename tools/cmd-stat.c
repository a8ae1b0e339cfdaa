/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cadre stat: the seats of an app, over and over on a terminal, else once.
 * Attaching asks the app once; from then on nothing but loads and /proc.
 */
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tools/json.h"
#include "tools/stat.h"
#include "tools/table.h"
#include "tools/verb.h"

static const struct option options[] = {
	{ "once", no_argument, NULL, '1' },
	{ "all", no_argument, NULL, 'a' },
	{ "json", no_argument, NULL, 'j' },
	{ "wait", required_argument, NULL, 'w' },
	{ NULL, 0, NULL, 0 },
};

struct wish {
	bool	once, json, all;
	bool	measure;	/* -w was given: two samples also when once */
	double	wait_s;
};

static void
view_make(const struct cadre_region *r, const struct wish *w,
    const struct sample *before, const struct sample *now, struct stat_view *v)
{
	*v = (struct stat_view){
		.region = r,
		.before = before,
		.now = now,
		.all = w->all,
		.requests = cadre_region_find(r, "requests"),
		.busy_ns = cadre_region_find(r, "busy_ns"),
	};
	table_screen(&v->width, &v->height);
}

/* A screen is made whole and written at once, so that it does not flicker. */
static int
repaint(const struct stat_view *v)
{
	char *text = NULL, *line, *next;
	unsigned int left = v->height > 1 ? v->height - 1 : 0;
	size_t bytes = 0;
	FILE *f;

	f = open_memstream(&text, &bytes);
	if (f == NULL)
		return -errno;
	stat_screen(v, f);
	if (fclose(f) != 0) {
		free(text);
		return -ENOMEM;
	}
	fputs("\033[H", stdout);
	for (line = text; (next = strchr(line, '\n')) != NULL; line = next + 1) {
		if (v->height > 0 && left-- == 1) {
			fputs("\033[K... more with -1\033[K\n", stdout);
			break;
		}
		printf("%.*s\033[K\n", (int)(next - line), line);
	}
	fputs("\033[J", stdout);
	fflush(stdout);
	free(text);
	return 0;
}

static int
once(const struct cadre_region *r, const struct wish *w)
{
	struct sample before = { 0 }, now = { 0 };
	struct stat_view v;
	int err = 0;

	if (w->measure) {
		err = sample_take(r, &before);
		if (err == 0)
			verb_nap((int)(w->wait_s * 1000));
	}
	if (err == 0)
		err = sample_take(r, &now);
	if (err == 0) {
		view_make(r, w, w->measure ? &before : NULL, &now, &v);
		if (w->json)
			err = json_print(stat_json(&v));
		else
			stat_screen(&v, stdout);
	}
	sample_free(&before);
	sample_free(&now);
	return err;
}

/* The app has stopped; or its master is dead, and its workers have left too. */
static bool
is_over(const struct sample *s)
{
	if (s->app.state == CADRE_APP_STOPPED)
		return true;
	for (unsigned int i = 0; i < s->seats; i++) {
		if (s->seat[i].lives || s->seat[i].view.has_draining)
			return false;
	}
	return !s->app.master_lives;
}

static int
watch(const struct cadre_region *r, const struct wish *w)
{
	struct sample s[2] = { { 0 }, { 0 } };
	struct stat_view v;
	int err, turn = 0;

	fputs("\033[2J", stdout);
	for (;;) {
		err = sample_take(r, &s[turn & 1]);
		if (err < 0)
			break;
		view_make(r, w, turn > 0 ? &s[(turn & 1) ^ 1] : NULL,
		    &s[turn & 1], &v);
		err = repaint(&v);
		if (err < 0 || is_over(&s[turn & 1]) || ferror(stdout))
			break;
		turn = turn == 2 ? 1 : turn + 1;
		verb_nap((int)(w->wait_s * 1000));
	}
	sample_free(&s[0]);
	sample_free(&s[1]);
	return err;
}

static int
flags(const struct verb *v, int argc, char **argv, struct wish *w)
{
	int c;

	while ((c = getopt_long(argc, argv, ":1ajw:", options, NULL)) != -1) {
		if (c == '1') {
			w->once = true;
		} else if (c == 'a') {
			w->all = true;
		} else if (c == 'j') {
			w->json = w->once = true;
		} else if (c == 'w') {
			if (!verb_seconds(optarg, 0.1, 3600, &w->wait_s))
				return verb_usage(v, "flag -w needs 0.1 to 3600"
				    " seconds, not '%s'", optarg);
			w->measure = true;
		} else {
			return verb_flag(v, c, argv);
		}
	}
	return 0;
}

int
cmd_stat(const struct verb *v, int argc, char **argv)
{
	struct wish wish = { .wait_s = 1 };
	struct cadre_region *r;
	const char *name;
	int code, err;

	if ((code = flags(v, argc, argv, &wish)) != 0 ||
	    (code = verb_name(v, argc, argv, &name)) != 0 ||
	    (code = verb_attach(v, name, &r)) != 0)
		return code;
	if (wish.once || !isatty(STDOUT_FILENO))
		err = once(r, &wish);
	else
		err = watch(r, &wish);
	cadre_region_close(r);
	return err < 0 ? verb_fail(v, err) : EXIT_SUCCESS;
}
