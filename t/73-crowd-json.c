/* SPDX-License-Identifier: BSD-2-Clause */
/* t/73-crowd-json: the same as JSON, and what doctor makes of it */
#include <string.h>
#include <unistd.h>

#include "t/lib/crowd.h"
#include "t/lib/doctor.h"
#include "t/lib/tap.h"

#define S	1000000000LL

static struct command c;

static void
of_app(void)
{
	json_t *j;

	CROWD_LOOK(&c, "stat", "-j", "web");
	j = command_json(&c);
	is_int(json_int_at(j, "acceptor_pid"), getpid(), "its acceptor");
	is_int(json_int_at(j, "acceptor_restarts"), 4, "its restarts");
	is_int(json_int_at(j, "shed"), 7, "what was shed");
	is_int(json_int_at(j, "listeners.0.queue"), 12, "a queue");
	ok(json_int_at(j, "listeners.0.queue_age_ns") >= 3 * S, "its age");
	is_int(json_int_at(j, "listeners.0.acceptor.rescued"), 9, "rescued");
	is_int(json_int_at(j, "listeners.0.acceptor.shed"), 7, "shed");
	is_int(json_int_at(j, "seats.0.load"), 5, "a load");
	is_int(json_int_at(j, "seats.0.assigned"), 5, "what it was given");
	is_int(json_int_at(j, "seats.0.queue"), 4, "its own queue");
	ok(json_int_at(j, "seats.0.queue_age_ns") >= 4 * S, "its age");
	is_str(json_string_value(json_at(j, "seats.0.gate")), "in", "its gate");
	is_str(json_string_value(json_at(j, "seats.0.stall_cause")),
	    "busy loop", "a cause");
	ok(json_is_null(json_at(j, "seats.1.stall_cause")) &&
	    json_is_null(json_at(j, "seats.1.queue_age_ns")), "or none");
	ok(json_is_true(json_at(j, "seats.1.full")) &&
	    json_is_false(json_at(j, "seats.0.full")), "who is full");
	json_decref(j);
}

static void
of_health(void)
{
	json_t *j;

	CROWD_LOOK(&c, "health", "-j", "web");
	j = command_json(&c);
	ok(json_int_at(j, "seats.0.stalled_for_ns") >= 5 * S, "health: stalled");
	is_str(json_string_value(json_at(j, "seats.0.stall_cause")),
	    "busy loop", "by that");
	ok(json_is_true(json_at(j, "seats.1.full")) &&
	    json_is_null(json_at(j, "seats.1.stalled_for_ns")), "full");
	json_decref(j);
}

int
main(void)
{
	char *dir = crowd_begin();
	json_t *j;

	of_app();
	of_health();
	CROWD_LOOK(&c, "doctor", "-j", "web");
	j = command_json(&c);
	doctor_is(j, "acceptor", "warn", "respawned 4", "cadre events web");
	doctor_is(j, "stalls", "warn", "seat 0 (pid 1001): busy loop for ",
	    "gdb -p 1001");
	doctor_is(j, "limits", "warn", "1 of 2", "--worker-connections");
	doctor_is(j, "queues", "warn", "tcp:127.0.0.1:8080 (12 for ", "stat");
	json_decref(j);
	crowd_end(dir);
	return done_testing();
}
