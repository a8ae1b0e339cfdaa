/* SPDX-License-Identifier: BSD-2-Clause */
/* t/73-stat-json: stat -j has every key, counts exactly, and guesses nothing */
#include <signal.h>

#include "t/lib/app.h"
#include "t/lib/command.h"
#include "t/lib/tap.h"

static json_t *
stat_of(struct command *c, const char *flag)
{
	json_t *j;

	if (flag == NULL)
		COMMAND(c, "stat", "-j", "app");
	else
		COMMAND(c, "stat", "-j", flag, "app");
	is_int(c->code, 0, "stat -j %s", flag != NULL ? flag : "");
	is_str(c->err, "", "nothing on standard error");
	is_int(command_lines(c->out), 1, "one line");
	if ((j = command_json(c)) == NULL)
		bail_out("no JSON");
	return j;
}

int
main(void)
{
	static const char *const keys[] = { "app", "state", "master_pid",
	    "seats", "totals" };
	static const char *const of_seat[] = { "seat", "pid", "state",
	    "generation", "restarts", "idle", "beat_age_ns", "cpu",
	    "rss_bytes", "metrics", "life", "draining" };
	struct app *a = app_start(2, app_answer);
	struct command c;
	pid_t killed;
	char answer[64];
	json_t *j;

	for (int i = 0; i < 20; i++)
		app_ask(a, "x\n", answer, sizeof(answer));
	j = stat_of(&c, NULL);
	for (int i = 0; i < 5; i++)
		ok(json_at(j, keys[i]) != NULL, "it has %s", keys[i]);
	for (int i = 0; i < 12; i++)
		ok(json_object_get(json_at(j, "seats.1"), of_seat[i]) != NULL,
		    "a seat has %s", of_seat[i]);
	is_int(json_int_at(j, "master_pid"), a->master, "the master's pid");
	is_int((int)json_array_size(json_at(j, "seats")), 2, "two seats");
	is_int(json_int_at(j, "seats.1.pid"), app_pid(a, 1), "a pid");
	is_int(json_int_at(j, "seats.0.metrics.requests") +
	    json_int_at(j, "seats.1.metrics.requests"), 20, "20 requests");
	is_int(json_int_at(j, "totals.requests"), 20, "and the total");
	ok(json_int_at(j, "seats.0.rss_bytes") > 4096, "memory from /proc");
	ok(json_is_null(json_at(j, "seats.0.cpu")), "one look, no cpu");
	json_decref(j);

	killed = app_pid(a, 0);
	app_kill(a, 0, SIGKILL);
	ok(app_wait_respawn(a, 0, 1), "worker of seat 0 killed, another came");
	j = stat_of(&c, "-w0.1");
	ok(json_int_at(j, "seats.0.pid") != killed, "its pid is new");
	is_int(json_int_at(j, "seats.0.restarts"), 1, "one restart");
	is_int(json_int_at(j, "seats.0.life.requests"), 0, "it answered none");
	is_int(json_int_at(j, "totals.requests"), 20, "the total stays");
	ok(json_is_number(json_at(j, "seats.0.cpu")), "two looks: cpu");
	ok(json_is_number(json_at(j, "seats.0.busy")), "and busy");
	json_decref(j);
	j = stat_of(&c, "-a");
	is_int((int)json_array_size(json_at(j, "seats")),
	    json_int_at(j, "max_workers"), "-a: all seats there are");
	is_str(json_string_value(json_at(j, "seats.2.state")), "empty",
	    "an unused one is empty");
	json_decref(j);
	app_stop(a);
	return done_testing();
}
