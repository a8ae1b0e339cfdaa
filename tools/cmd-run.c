/* SPDX-License-Identifier: BSD-2-Clause */
/* cadre run and cadre start: a program as an app, here or in the background. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tools/background.h"
#include "tools/service.h"
#include "tools/text.h"

/* All is in the journal, which is standard error here. */
static void
told_already(void *arg, enum service_news news, const char *text)
{
	(void)arg;
	(void)news;
	(void)text;
}

int
cmd_run(const struct verb *v, int argc, char **argv)
{
	struct service s = { .tell = told_already };
	struct app app;
	int code, err;

	code = app_flags(&app, v, argc, argv);
	if (code != 0 || app.help)
		return code;
	code = app_make(&app, &s.master);
	if (code != 0)
		return code;
	s.app = &app;
	/* Without a directory of their own the workers write where we do. */
	err = app.log_dir == NULL ? cadre_master_log_dir(s.master, NULL) : 0;
	if (err < 0) {
		cadre_master_free(s.master);
		return verb_fail(v, err);
	}
	err = service_run(&s);
	if (err < 0)
		verb_tell(v, s.why);
	return err < 0 ? app_exit(err) : EXIT_SUCCESS;
}

/* With the pid in front and what to type next behind. */
static void
tell_parent(void *arg, enum service_news news, const char *text)
{
	struct background *b = arg;
	char line[1000];

	if (news == SERVICE_NOTE) {
		background_tell(b, BACKGROUND_NOTE, text);
		return;
	}
	snprintf(line, sizeof(line), "%s, master pid %d; type: %s stat %s; "
	    "%s stop %s", text, (int)getpid(), verb_program, b->name,
	    verb_program, b->name);
	background_tell(b, BACKGROUND_READY, line);
}

static int
in_background(struct background *b, struct service *s)
{
	char line[128];
	int code, err;

	s->log = true;
	s->tell = tell_parent;
	s->arg = b;
	err = service_run(s);
	if (err == 0 && s->finished) {
		snprintf(line, sizeof(line), "%s has ended: the exit codes of "
		    "all workers ask for no successor", b->name);
		background_tell(b, BACKGROUND_READY, line);
		return EXIT_SUCCESS;
	}
	snprintf(line, sizeof(line), "%s was stopped before it was ready",
	    b->name);
	code = err < 0 ? app_exit(err) : EXIT_FAILED;
	background_fail(b, code, err < 0 ? s->why : line);
	return err < 0 ? code : EXIT_SUCCESS;
}

int
cmd_start(const struct verb *v, int argc, char **argv)
{
	struct background b = { .verb = v };
	struct service s = { .app = NULL };
	struct app app;
	int code, err;

	code = app_flags(&app, v, argc, argv);
	if (code != 0 || app.help)
		return code;
	/* Nobody watches it here: seats that are parked wait for a reset. */
	if (!app.given[CADRE_QUORUM]) {
		app.given[CADRE_QUORUM] = true;
		app.value[CADRE_QUORUM] = 0;
	}
	/* What the command was left open would stay open in the background. */
	(void)close_range(STDERR_FILENO + 1, ~0U, 0);
	code = app_make(&app, &s.master);
	if (code != 0)
		return code;
	s.app = &app;
	b.name = app.name;
	err = background_fork(&b);
	if (b.child)
		return in_background(&b, &s);
	cadre_master_free(s.master);
	if (err < 0) {
		verb_say(v, "cannot go into the background: %s",
		    strerror(-err));
		return EXIT_FAILED;
	}
	return background_wait(&b);
}
