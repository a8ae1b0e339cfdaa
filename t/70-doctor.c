/* SPDX-License-Identifier: BSD-2-Clause */
/* t/70-doctor: each check is told whole, as text and as JSON, and changes nothing */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "t/lib/doctor.h"
#include "t/lib/tap.h"

static const char *const keys[] = { "name", "state", "found", "means",
    "remedy" };
static const char *const states[] = { "ok", "warn", "fail", "unknown" };

/* All keys, and texts that go with the state: -1, or the state's number. */
static int
row_state(json_t *row)
{
	const char *state = json_string_value(json_object_get(row, "state"));
	bool ill, known = json_object_size(row) == 5;
	int n = -1;

	for (int i = 0; i < 5; i++)
		known &= json_object_get(row, keys[i]) != NULL;
	for (int i = 0; i < 4 && known && state != NULL; i++)
		n = strcmp(state, states[i]) == 0 ? i : n;
	ill = n == 1 || n == 2;
	if (n < 0 || json_string_length(json_object_get(row, "found")) == 0 ||
	    json_is_string(json_object_get(row, "means")) != ill ||
	    json_is_string(json_object_get(row, "remedy")) != ill)
		return -1;
	return n;
}

/* The same check in the text: a line with its state, and one below if ill. */
static bool
in_text(const char *text, json_t *row, int state)
{
	const char *name = json_string_value(json_object_get(row, "name"));
	const char *line = text, *end;
	char begin[64];

	for (; (end = strchr(line, '\n')) != NULL; line = end + 1) {
		snprintf(begin, sizeof(begin), "%-8s %s ", states[state], name);
		if (strncmp(line, begin, strlen(begin)) == 0)
			return (end[1] == ' ') == (state == 1 || state == 2);
	}
	return false;
}

int
main(void)
{
	int count[4] = { 0 }, n, lines;
	char *dir = command_dir(), path[64], last[128];
	struct command c;
	json_t *j, *row;
	size_t i;

	ok(doctor(&c, NULL, NULL, &j) >= 0, "-j: one object, its counts and "
	    "the exit code agree");
	is_str(c.err, "", "nothing on standard error");
	is_int(command_lines(c.out), 1, "one line");
	ok(json_is_null(json_at(j, "app")), "no app");
	COMMAND(&c, "doctor");
	json_array_foreach(json_at(j, "checks"), i, row) {
		n = row_state(row);
		ok(n >= 0 && in_text(c.out, row, n), "%s, in the text too",
		    json_string_value(json_object_get(row, "name"))) ||
		    (diag("%s", json_dumps(row, 0)), 0);
		count[n >= 0 ? n : 0]++;
	}
	ok(i > 45, "%zu checks", i);
	for (n = 0; n < 4; n++) {
		snprintf(path, sizeof(path), "counts.%s", states[n]);
		is_int(json_int_at(j, path), count[n], "%s", path);
	}
	lines = (int)i + count[1] + count[2] + 1;
	is_int(command_lines(c.out), lines, "and nothing besides");
	snprintf(last, sizeof(last), "\n%zu checks: %d ok, %d warn, %d fail, "
	    "%d unknown\n", i, count[0], count[1], count[2], count[3]);
	ok(strstr(c.out, last) != NULL, "the counts come last");
	doctor_is(j, "rundir", "ok", dir, NULL);
	is_int(COMMAND(&c, "doctor", "web"), 3, "of an app that is not: 3");
	is_str(c.out, "", "and nothing on standard output");
	is_int(COMMAND(&c, "doctor", "../web"), 2, "of no name: 2");
	is_int(COMMAND(&c, "doctor", "a", "b"), 2, "of two: 2");
	is_int(rmdir(dir), 0, "nothing is left behind");
	json_decref(j);
	return done_testing();
}
