/* SPDX-License-Identifier: BSD-2-Clause */
/* Apps of exec'd workers; see exec.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "t/lib/exec.h"
#include "t/lib/probe.h"
#include "t/lib/tap.h"

#define WORDS_MAX	16

struct wanted {
	int		workers;
	bool		listens;
	app_config_fn	*config;
	const char	*const *words;
};

const char *
exec_path(void)
{
	const char *build = getenv("top_builddir");
	static char path[4096];

	snprintf(path, sizeof(path), "%s/t/lib/program",
	    build != NULL ? build : ".");
	return path;
}

static void
program_config(struct cadre_master *m, void *arg)
{
	const struct wanted *w = arg;
	const char *argv[WORDS_MAX + 2] = { exec_path() };

	for (int i = 0; i < WORDS_MAX && w->words[i] != NULL; i++)
		argv[i + 1] = w->words[i];
	if ((w->listens &&
	    cadre_master_listen(m, "tcp:127.0.0.1:0", NULL) < 0) ||
	    cadre_master_program(m, w->workers, argv) < 0)
		exit(99);
	if (w->config != NULL)
		w->config(m, NULL);
}

struct app *
exec_start(int workers, app_config_fn *config, const char *const words[])
{
	struct wanted w = { workers, true, config, words };

	return app_start_with(workers, app_idle, program_config, &w);
}

int
exec_try(app_config_fn *config, const char *dir, char *err, size_t bytes,
    const char *const words[])
{
	struct wanted w = { 1, false, config, words };

	return app_try(1, app_idle, program_config, &w, dir, err, bytes);
}

struct sought {
	const struct app *app;
	unsigned int	seat;
	const char	*text;
	int		number;
};

/* What stands in the log, "" if there is none yet. */
static void
output(const struct sought *s, char *text, size_t bytes)
{
	long n = probe_log(s->app, s->seat, text, bytes - 1);

	text[n > 0 ? n : 0] = '\0';
}

static bool
stands_there(void *arg)
{
	const struct sought *s = arg;
	char text[65536];

	output(s, text, sizeof(text));
	return strstr(text, s->text) != NULL;
}

bool
exec_says(const struct app *a, unsigned int seat, const char *text)
{
	struct sought s = { .app = a, .seat = seat, .text = text };

	return app_until(stands_there, &s);
}

static bool
number_there(void *arg)
{
	struct sought *s = arg;
	char text[65536], *at;

	output(s, text, sizeof(text));
	at = strstr(text, s->text);
	return at != NULL && strchr(at, '\n') != NULL &&
	    sscanf(at + strlen(s->text), " %d", &s->number) == 1;
}

int
exec_number(const struct app *a, unsigned int seat, const char *name)
{
	struct sought s = { .app = a, .seat = seat, .text = name };

	return app_until(number_there, &s) ? s.number : -1;
}

uint64_t
exec_flags(const struct app *a, unsigned int seat)
{
	struct cadre_seat_view v;

	return app_seat(a, seat, &v) ? v.newest.life.flags : 0;
}
