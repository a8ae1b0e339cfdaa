/* SPDX-License-Identifier: BSD-2-Clause */
/* t/78-silent: a stopped or dead master is shown as that, and stop gives 4 */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "t/lib/app.h"
#include "t/lib/command.h"
#include "t/lib/tap.h"

static bool
no_beat(void *arg)
{
	const struct app *a = arg;
	struct cadre_app app;

	return cadre_region_app(a->region, &app) == 0 &&
	    app.beat_age_ns > 3000000000;
}

static const char *
state(struct command *c)
{
	static char text[32];
	json_t *j;

	is_int(COMMAND(c, "stat", "-j", "app"), 0, "stat -j reads on");
	j = command_json(c);
	snprintf(text, sizeof(text), "%s",
	    json_string_value(json_at(j, "state")));
	is_int(json_int_at(j, "totals.requests"), 1, "the counts are there");
	json_decref(j);
	return text;
}

int
main(void)
{
	struct app *a = app_start(2, app_answer);
	char answer[64], remedy[64];
	struct command c;
	json_t *j;
	int fd;

	app_ask(a, "x\n", answer, sizeof(answer));
	kill(a->master, SIGSTOP);
	ok(app_until(no_beat, a), "the master is stopped, its beat is old");
	is_str(state(&c), "silent", "it is silent");
	COMMAND(&c, "stat", "-1", "app");
	ok(strstr(c.out, "silent for") != NULL, "a banner says so");
	is_int(COMMAND(&c, "stop", "app"), 4, "stop: 4");
	snprintf(remedy, sizeof(remedy), "kill -CONT %d", (int)a->master);
	ok(strstr(c.err, remedy) != NULL, "and the remedy");
	ok(strstr(c.err, "queued") != NULL, "and that it will be obeyed");
	COMMAND(&c, "stop", "-t", "0.1", "app");
	is_int(c.code, 4, "stop -t 0.1: 4 too");
	kill(a->master, SIGCONT);
	is_int(app_wait_end(a), 0, "woken it obeys");
	app_free(a);

	a = app_start(1, app_answer);
	app_ask(a, "x\n", answer, sizeof(answer));
	fd = app_hold(a);
	ok(fd >= 0, "another one, a client is being served");
	kill(a->master, SIGKILL);
	ok(app_wait_end(a) != 0, "the master is killed");
	is_str(state(&c), "dead", "it is dead");
	COMMAND(&c, "stat", "-j", "app");
	j = command_json(&c);
	is_int(json_int_at(j, "missing_slots"), 0, "its one seat is complete");
	ok(json_is_true(json_at(j, "seats.0.alive")), "its worker lives");
	json_decref(j);
	is_int(COMMAND(&c, "events", "-f", "app"), 4, "events -f: 4");
	is_int(COMMAND(&c, "stop", "app"), 4, "stop: 4");
	snprintf(remedy, sizeof(remedy), "kill -9 %d", (int)app_pid(a, 0));
	ok(strstr(c.err, remedy) != NULL, "and its worker's pid");
	ok(app_kill(a, 0, SIGKILL) == 0 && app_gone(app_pid(a, 0)),
	    "that gone too");
	is_int(COMMAND(&c, "stop", "app"), 3, "there is nothing to stop: 3");
	app_free(a);
	return done_testing();
}
