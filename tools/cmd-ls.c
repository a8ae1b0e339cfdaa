/* SPDX-License-Identifier: BSD-2-Clause */
/* cadre ls: every app this user can see, running or left behind. */
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "shm/clock.h"
#include "tools/json.h"
#include "tools/sample.h"
#include "tools/table.h"
#include "tools/text.h"
#include "tools/verb.h"

static const struct option options[] = {
	{ "json", no_argument, NULL, 'j' },
	{ NULL, 0, NULL, 0 },
};

static const struct column columns[] = {
	{ "NAME", true, 0 },
	{ "STATE", true, 0 },
	{ "MASTER", false, 1 },
	{ "WORKERS", false, 0 },
	{ "RESTARTS", false, 3 },
	{ "UPTIME", false, 4 },
	{ "WORKER", true, 5 },
	{ "ADDRESS", true, 2 },
};

#define LENGTH(array)	(sizeof(array) / sizeof((array)[0]))

struct list {
	struct table	*table;		/* one of the two */
	json_t		*json;
	unsigned int	apps;
	bool		failed;		/* no memory */
};

/* What stands for an app that gives no region. */
static const char *
state_of(int err)
{
	static const struct { int err; const char *state; } states[] = {
		{ -ENOENT, "gone" },	/* only its directory is left */
		{ -ETIMEDOUT, "silent" },
		{ -EACCES, "denied" },
		{ -EPERM, "denied" },
	};

	for (size_t i = 0; i < LENGTH(states); i++) {
		if (states[i].err == err)
			return states[i].state;
	}
	return "broken";
}

/* All addresses behind each other, none cut in half. */
static void
addresses(const struct cadre_region *r, char *to, size_t room)
{
	struct cadre_shm_listener l;
	struct text_line a;
	size_t at = 0;

	to[0] = '\0';
	for (unsigned int i = 0; cadre_region_listener(r, i, &l) == 0; i++) {
		a = text_line(l.address);
		if (at + strlen(a.s) + 2 > room)
			break;
		at += (size_t)snprintf(to + at, room - at, "%s%s",
		    at > 0 ? " " : "", a.s);
	}
}

/* Its workers are programs that are exec'd, not a function of the master's. */
static bool
runs_program(const struct sample *s)
{
	for (unsigned int i = 0; i < s->seats; i++)
		if ((s->seat[i].view.newest.life.flags & CADRE_LIFE_PROGRAM))
			return true;
	return false;
}

static void
row(struct list *list, const struct cadre_region *r, const struct sample *s)
{
	uint64_t made = s->app.created_mono_ns;
	uint64_t up = s->now_ns > made ? s->now_ns - made : 0;
	char where[2048];

	addresses(r, where, sizeof(where));
	table_cell(list->table, "%s", text_line(s->app.name).s);
	table_cell(list->table, "%s", verb_state(&s->app));
	table_cell(list->table, "%" PRId64, s->app.master_pid);
	table_cell(list->table, "%u/%u", sample_up(s), s->app.workers);
	table_cell(list->table, "%" PRIu64, sample_restarts(s));
	table_cell(list->table, "%s", text_duration(up).s);
	table_cell(list->table, "%s", runs_program(s) ? "program" : "function");
	table_cell(list->table, "%s", where);
}

static json_t *
object(const struct cadre_region *r, const struct sample *s, const char *dir)
{
	uint64_t made = s->app.created_mono_ns;

	return json_pack("{s:o, s:s, s:o, s:i, s:i, s:o, s:o, s:o, s:o, s:b}",
	    "app", json_bytes(s->app.name, sizeof(s->app.name)),
	    "state", verb_state(&s->app),
	    "master_pid", json_integer(s->app.master_pid),
	    "workers_up", (int)sample_up(s),
	    "workers", (int)s->app.workers,
	    "restarts", json_u64(sample_restarts(s)),
	    "uptime_ns", json_u64(s->now_ns > made ? s->now_ns - made : 0),
	    "listeners", json_listeners(r, s->now_ns),
	    "directory", json_bytes(dir, strlen(dir)),
	    "program", (int)runs_program(s));
}

static void
left_behind(struct list *list, const char *name, const char *dir, int err)
{
	if (list->json != NULL) {
		list->failed |= json_array_append_new(list->json,
		    json_pack("{s:o, s:s, s:n, s:n, s:n, s:n, s:n, s:[], s:o,"
		    " s:n}",
		    "app", json_bytes(name, strlen(name)),
		    "state", state_of(err), "master_pid", "workers_up",
		    "workers", "restarts", "uptime_ns", "listeners",
		    "directory", json_bytes(dir, strlen(dir)),
		    "program")) < 0;
		return;
	}
	table_cell(list->table, "%s", text_line(name).s);
	table_cell(list->table, "%s", state_of(err));
	for (int i = 0; i < 5; i++)
		table_cell(list->table, "-");
	table_cell(list->table, "%s", text_line(dir).s);
}

static void
each(const char *name, const char *dir, void *arg)
{
	struct sample s = { 0 };
	struct list *list = arg;
	struct cadre_region *r;
	int err;

	list->apps++;
	err = cadre_region_open(name, &r);
	if (err < 0) {
		left_behind(list, name, dir, err);
		return;
	}
	if (sample_take(r, &s) < 0)
		list->failed = true;
	else if (list->json == NULL)
		row(list, r, &s);
	else
		list->failed |= json_array_append_new(list->json,
		    object(r, &s, dir)) < 0;
	sample_free(&s);
	cadre_region_close(r);
}

int
cmd_ls(const struct verb *v, int argc, char **argv)
{
	struct list list = { .table = NULL };
	unsigned int width, height;
	char dir[64];
	bool json = false;
	int c, err;

	while ((c = getopt_long(argc, argv, ":j", options, NULL)) != -1) {
		if (c != 'j')
			return verb_flag(v, c, argv);
		json = true;
	}
	if (optind < argc)
		return verb_usage(v, "takes no NAME, but '%s' is given; type: "
		    "%s stat %s", argv[optind], verb_program, argv[optind]);
	if (json)
		list.json = json_array();
	else
		list.table = table_new(columns, LENGTH(columns));
	if (list.json == NULL && list.table == NULL)
		return verb_fail(v, -ENOMEM);
	err = cadre_region_list(each, &list);
	if (err >= 0 && list.failed)
		err = -ENOMEM;
	if (err < 0) {
		json_decref(list.json);
	} else if (json) {
		err = json_print(json_pack("{s:o}", "apps", list.json));
	} else if (list.apps == 0 && verb_elsewhere(dir, sizeof(dir))) {
		printf("no apps running; try: CADRE_RUNTIME_DIR=%s %s ls\n",
		    dir, verb_program);
	} else if (list.apps == 0) {
		puts("no apps running");
	} else {
		table_screen(&width, &height);
		table_print(list.table, stdout, width);
	}
	table_free(list.table);
	return err < 0 ? verb_fail(v, err) : EXIT_SUCCESS;
}
