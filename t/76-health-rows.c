/* SPDX-License-Identifier: BSD-2-Clause */
/* t/76-health-rows: what was counted before a death is in a row of health */
#include <signal.h>
#include <string.h>

#include <cadre/cadre.h>

#include "t/lib/app.h"
#include "t/lib/command.h"
#include "t/lib/tap.h"

/* No record but the first of each life: a death takes all the rest along. */
static void
config(struct cadre_master *m, void *arg)
{
	(void)arg;
	if (cadre_master_listen(m, "tcp:127.0.0.1:0", NULL) < 0 ||
	    cadre_master_set(m, CADRE_HEALTH_INTERVAL_MS, 3600000) < 0)
		bail_out("the app cannot be configured");
}

/* Requests in the differences of the records of seat 0, and the last total. */
static json_int_t
rows(const char *column, json_int_t *ret_last)
{
	static struct command c;
	json_t *j, *record, *delta;
	json_int_t sum = 0;
	size_t i;

	*ret_last = -1;
	is_int(COMMAND(&c, "health", "-j", "app"), 0, "health -j");
	j = command_json(&c);
	json_array_foreach(json_at(j, "seats.0.records"), i, record) {
		delta = json_at(record, "delta");
		if (!json_is_null(delta))
			sum += json_int_at(delta, column);
		*ret_last = json_int_at(record, column);
	}
	json_decref(j);
	return sum;
}

int
main(void)
{
	struct app *a = app_start_with(1, app_answer, config, NULL);
	json_int_t last;
	struct command c;
	uint64_t generation = 0;
	char answer[64];

	for (int life = 0; life < 2; life++) {
		for (int i = 0; i < 3; i++)
			app_ask(a, "x\n", answer, sizeof(answer));
		ok(app_kill_next(a, 0, &generation), "killed");
	}
	ok(app_wait_respawn(a, 0, generation), "its second successor is up");
	is_int(rows("requests", &last), 6, "no request is in no row");
	is_int(last, 6, "and they are the total");
	is_int(rows("accepted", &last), 6, "nor is a connection");
	is_int(COMMAND(&c, "health", "app"), 0, "as a table");
	ok(strstr(c.out, "first") != NULL, "it has the first record of a life");
	app_stop(a);
	return done_testing();
}
