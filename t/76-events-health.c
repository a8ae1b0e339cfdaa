/* SPDX-License-Identifier: BSD-2-Clause */
/* t/76-events-health: a death is told, records add up, -f ends with the app */
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "t/lib/app.h"
#include "t/lib/command.h"
#include "t/lib/tap.h"

/* Requests by the records of seat 0: by their sum, and by the last's total. */
static void
add_up(json_t *health, json_int_t *ret_sum, json_int_t *ret_last)
{
	json_t *records = json_at(health, "seats.0.records"), *record;
	json_int_t sum = 0;
	size_t i;

	json_array_foreach(records, i, record) {
		if (!json_is_null(json_at(record, "delta")))
			sum += json_int_at(record, "delta.requests");
		*ret_last = json_int_at(record, "requests");
	}
	*ret_sum = sum;
}

struct followed {
	struct app	*app;
	struct command	*health;
};

/* It tells what is new since it began, and that nothing but a record shows. */
static bool
has_begun(void *arg)
{
	struct followed *f = arg;
	char answer[64];

	app_ask(f->app, "x\n", answer, sizeof(answer));
	return lseek(f->health->fd[0], 0, SEEK_END) > 0;
}

int
main(void)
{
	struct app *a = app_start(1, app_answer);
	json_int_t sum = -1, last = -1;
	struct command c, follow, health;
	char answer[64], *line;
	json_t *j;

	for (int i = 0; i < 10; i++)
		app_ask(a, "x\n", answer, sizeof(answer));
	is_int(COMMAND(&c, "health", "-j", "app"), 0, "health -j");
	j = command_json(&c);
	is_str(json_string_value(json_at(j, "app")), "app", "of the app");
	is_int(json_int_at(j, "seats.0.lost"), 0, "no record is lost");
	add_up(j, &sum, &last);
	is_int(sum, 10, "the differences of the records add up");
	is_int(last, 10, "to the newest, which is made of live words");
	json_decref(j);
	is_int(COMMAND(&c, "health", "app", "0"), 0, "health of one seat");
	ok(strstr(c.out, "seat 0 slot 0") != NULL &&
	    strstr(c.out, " now ") != NULL, "as a table");
	is_int(COMMAND(&c, "health", "app", "9999"), 2, "no such seat: 2");

	COMMAND_START(&follow, "events", "-fj", "app");
	COMMAND_START(&health, "health", "-fj", "app");
	ok(command_says(&follow, "\"ready\""), "events -f begins at the start");
	ok(app_until(has_begun, &(struct followed){ a, &health }),
	    "health -f begins with what is new");
	app_kill(a, 0, SIGKILL);
	ok(command_says(&follow, "\"died\""), "a death is told as it happens");
	ok(command_says(&health, "\"first\":true"), "so is the next life");
	is_int(COMMAND(&c, "events", "app"), 0, "events");
	ok(strstr(c.out, "SIGKILL") != NULL, "the signal by its name");
	app_stop(a);
	ok(command_ends(&follow), "events -f ends");
	is_int(follow.code, 0, "with 0%s%s", follow.err[0] != '\0' ? ": " : "",
	    follow.err);
	ok(command_ends(&health) && health.code == 0, "so does health -f");
	line = strstr(follow.out, "\"died\"");
	while (line != NULL && line > follow.out && line[-1] != '\n')
		line--;
	j = line != NULL ? json_loads(line, JSON_DISABLE_EOF_CHECK, NULL) :
	    NULL;
	is_int(json_int_at(j, "exit_signal"), SIGKILL, "as JSON: the signal");
	is_int(json_int_at(j, "seat"), 0, "the seat");
	ok(json_array_size(json_at(j, "healths")) > 0, "its last records");
	is_int(json_int_at(j, "lost"), 0, "no event is lost");
	json_decref(j);
	ok(strstr(follow.out, "\"stopped\"") != NULL, "to the last event");
	return done_testing();
}
