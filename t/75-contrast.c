/* SPDX-License-Identifier: BSD-2-Clause */
/* t/75-contrast: a word costs no system call, a message some on each side */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sys/stat.h>

#include "t/lib/command.h"
#include "t/lib/tap.h"

static json_t *all;

/* A figure of the run that counted the calls of this way; -1: none. */
static double
counted(const char *way, const char *name)
{
	json_t *run;
	size_t i;

	json_array_foreach(json_object_get(all, "runs"), i, run)
		if (strcmp(json_string_value(json_at(run, "part")), "calls")
		    == 0 && strcmp(json_string_value(json_at(run, "way")), way)
		    == 0 && json_is_number(json_at(run, name)))
			return json_number_value(json_at(run, name));
	return -1;
}

/* Of each run: what is known of a worker that was killed, and else nothing. */
static bool
known_of_killed(void)
{
	json_t *run, *event;
	bool right = true;
	int kills = 0;
	size_t i;

	json_array_foreach(json_object_get(all, "runs"), i, run) {
		event = json_at(run, "event");
		if (json_is_string(event) &&
		    strcmp(json_string_value(event), "kill") == 0)
			kills += json_is_integer(json_at(run, "known"));
		else
			right &= json_is_null(json_at(run, "known"));
	}
	return right && kills == 3;
}

static void
calls(void)
{
	if (json_is_string(json_at(all, "without_calls"))) {
		skip(4, "cannot trace: %s",
		    json_string_value(json_at(all, "without_calls")));
		return;
	}
	ok(counted("counter", "tells_calls") == 0,
	    "to add to a counter takes no system call");
	ok(counted("region", "tells_calls") == 0 &&
	    counted("region", "knows_calls") == 0,
	    "nor does health, nor looking at it");
	/* On a busy machine the receiver begins to count after the first. */
	ok(counted("change", "tells_calls") >= 1 &&
	    counted("change", "knows_calls") > 0,
	    "a message takes one, and some to receive it");
	ok(counted("change", "bytes_moved") > 2 * 40,
	    "and its bytes move twice");
}

int
main(void)
{
	char *dir = command_dir(), svg[256], text[65536] = "";
	char programs[256], contrast[512], here[PATH_MAX];
	const char *build = getenv("top_builddir");
	struct command c;
	FILE *f;

	snprintf(svg, sizeof(svg), "%s.svg", dir);
	/* A place where there is no script for Node, which would take long. */
	snprintf(programs, sizeof(programs), "%s.programs", dir);
	snprintf(contrast, sizeof(contrast), "%s/contrast", programs);
	if (realpath(build != NULL ? build : ".", here) == NULL ||
	    chdir(here) < 0 || mkdir(programs, 0700) < 0 ||
	    symlink(strncat(here, "/examples/contrast",
	    sizeof(here) - strlen(here) - 1), contrast) < 0)
		bail_out("%s: %s", contrast, strerror(errno));
	setenv("CADRE_LIBEXEC", programs, 1);
	setenv("ASAN_OPTIONS", "detect_leaks=0", 1);	/* it would trace, too */
	COMMAND_START(&c, "contrast", "--quick", "--json", "--svg", svg);
	/* Its runs take 8 s when nothing else runs: more than one wait. */
	ok(command_says(&c, "}\n") || command_says(&c, "}\n"),
	    "contrast --quick --json answers");
	ok(command_ends(&c) && c.code == 0, "ends with 0") ||
	    (diag("%s", c.err), 0);
	is_int(command_lines(c.out), 1, "one line");
	if ((all = command_json(&c)) == NULL)
		bail_out("no JSON: %s", c.out);
	ok(json_is_null(json_at(all, "node")) && strstr(json_string_value(
	    json_at(all, "without_node")), "not installed") != NULL,
	    "without Node, and it says why");
	calls();
	ok(known_of_killed(), "what is known of who was killed, of no other");
	ok(json_number_value(json_at(all, "ratio_number")) > 10,
	    "a message is the dearer of the two");
	f = fopen(svg, "r");
	ok(f != NULL && fread(text, 1, sizeof(text) - 1, f) > 0 &&
	    strncmp(text, "<svg ", 5) == 0 && strstr(text, "</svg>\n") != NULL &&
	    strstr(text, "nan") == NULL && strstr(text, "inf") == NULL,
	    "two plots as SVG");
	if (f != NULL)
		fclose(f);
	is_int(unlink(svg) | unlink(contrast) | rmdir(programs), 0,
	    "its file is there");
	is_int(rmdir(dir), 0, "nothing else is left behind");
	return done_testing();
}
