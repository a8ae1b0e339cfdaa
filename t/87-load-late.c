/* t/87-load-late: cadre-load that was late itself says so and fails */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <poll.h>
#include <signal.h>
#include <string.h>

#include "t/lib/app.h"
#include "t/lib/stub.h"
#include "t/lib/tap.h"

static bool
begun(void *arg)
{
	const struct stub *s = arg;

	return s->seen->requests >= 10;
}

int
main(void)
{
	const struct stub_plan plan = { .after = STUB_KEEP };
	const char *const words[] = { "-r", "200", "-d", "0.8",
	    "--max-lateness", "150", NULL };
	struct command c;
	struct stub s;
	json_t *j;

	stub_start(&s, &plan);
	load_start(&c, &s, words);
	ok(app_until(begun, &s), "it runs");
	kill(c.pid, SIGSTOP);
	poll(NULL, 0, 250);		/* it is to be late by that */
	kill(c.pid, SIGCONT);
	command_ends(&c);
	j = command_json(&c);
	is_int(c.code, 1, "stopped for 250 ms: exit 1");
	ok(strstr(c.err, "late") != NULL, "it says that it was late");
	ok(json_int_at(j, "generator.max_late_us") >= 200000, "by how much");
	is_int(json_int_at(j, "sent"), 160, "but leaves out none");
	is_int(json_int_at(j, "ok"), 160, "all are answered");
	ok(json_int_at(j, "latency_us.max") >= 200000,
	    "and their latency counts from when they were due");
	json_decref(j);
	stub_stop(&s);
	return done_testing();
}
