/* SPDX-License-Identifier: BSD-2-Clause */
/* t/73-mute: no figure is shown of a program that gave none, but /proc's */
#include <string.h>
#include <unistd.h>

#include "t/lib/app.h"
#include "t/lib/command.h"
#include "t/lib/plain.h"
#include "t/lib/tap.h"

static const char *const unknown[] = {
	"idle", "beat_age_ns", "open", "busy", "requests_per_s",
	"stalled_for_ns", "metrics.requests", "metrics.errors",
	"metrics.accepted", "metrics.open", "metrics.turns",
	"metrics.busy_ns", "life.requests", "life.turns",
};

static json_t *
json_of(const char *const words[])
{
	struct command c;

	if (command(&c, words) != 0)
		bail_out("%s: %s", words[0], c.err);
	return command_json(&c);
}

int
main(void)
{
	char *dir = plain_dir(), at[64], cell[4][8] = { "" }, beat[8] = "";
	const char *line;
	struct command c;
	struct app *a;
	json_t *j;

	if (COMMAND(&c, "start", "-n", "p", "-i", "1", "--ready-after", "50",
	    "sh", "-c", PLAIN_FOR_EVER) != 0)
		bail_out("no app: %s", c.err);
	j = json_of((const char *[]){ "stat", "-j", "-w", "0.1", "p", NULL });
	for (size_t i = 0; i < sizeof(unknown) / sizeof(unknown[0]); i++) {
		snprintf(at, sizeof(at), "seats.0.%s", unknown[i]);
		ok(json_is_null(json_at(j, at)), "%s is null", unknown[i]);
	}
	ok(json_is_null(json_at(j, "totals.requests")), "and the sum is, too");
	ok(json_is_false(json_at(j, "seats.0.attached")), "it has not attached");
	ok(json_int_at(j, "seats.0.rss_bytes") > 0, "its memory is known");
	ok(json_is_real(json_at(j, "seats.0.cpu")), "and its cpu");
	json_decref(j);

	COMMAND(&c, "stat", "-1", "p");
	line = strstr(c.out, "  0* ");
	if (line != NULL)
		sscanf(line, " 0* %*u up %*s %7s %7s %7s %7s %*s %*s %*s %7s",
		    cell[0], cell[1], cell[2], cell[3], beat);
	for (int i = 0; i < 4; i++)
		is_str(cell[i], "-", "its row, column %d", 4 + i);
	is_str(beat, "-", "and no beat") || (diag("%s", c.out), 0);
	ok(strstr(c.out, "seats marked * run a program that does not use "
	    "libcadre") != NULL, "what the mark means");
	ok(strstr(c.out, "accepted") == NULL, "no totals of nothing");
	COMMAND(&c, "health", "p");
	ok(strstr(c.out, "does not use libcadre") != NULL &&
	    command_lines(c.out) == 1, "no health either");
	j = json_of((const char *[]){ "health", "-j", "p", NULL });
	ok(json_is_false(json_at(j, "seats.0.attached")) &&
	    json_array_size(json_at(j, "seats.0.records")) == 0, "nor as JSON");
	json_decref(j);
	j = json_of((const char *[]){ "ls", "-j", NULL });
	ok(json_is_true(json_at(j, "apps.0.program")), "ls: it is a program");
	json_decref(j);
	is_int(COMMAND(&c, "stop", "p"), 0, "stop: 0");
	is_int(rmdir(dir), 0, "nothing is left behind");

	a = app_start(1, app_idle);
	j = json_of((const char *[]){ "stat", "-j", "app", NULL });
	ok(json_is_true(json_at(j, "seats.0.attached")) &&
	    json_int_at(j, "seats.0.metrics.requests") == 0 &&
	    json_int_at(j, "totals.requests") == 0,
	    "a worker of libcadre has figures, be they 0");
	json_decref(j);
	is_int(app_stop(a), 0, "its end");
	return done_testing();
}
