/* t/25-wrong-calls: what cannot be done before a start is EINVAL, what cannot be changed after it EBUSY */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>

#include <cadre/cadre.h>

#include "t/lib/app.h"
#include "t/lib/probe.h"
#include "t/lib/tap.h"

int
main(void)
{
	static const char *const argv[] = { "/bin/true", NULL };
	struct cadre_counter *c;
	struct cadre_health h;
	struct cadre_master *m;
	struct cadre_gauge *g;

	probe_dir();
	cadre_master_new("app", &m);
	is_int(cadre_master_start(m), -EINVAL, "no workers, no start");
	is_int(cadre_master_dispatch(m), -EINVAL, "no start, no dispatch");
	is_int(cadre_master_wait(m, -1), -EINVAL, "and no wait");
	is_int(cadre_master_stop(m, CADRE_STOP_NOW), -EINVAL, "no stop");
	is_int(cadre_master_restart(m, NULL), -EINVAL, "no restart");
	is_int(cadre_master_health(m, 0, &h), -EINVAL, "no health");
	is_int(cadre_master_fd(m), -EINVAL, "and no descriptor");

	cadre_master_workers(m, 1, app_idle, NULL);
	is_int(cadre_master_start(m), 0, "a start");
	is_int(cadre_master_start(m), -EBUSY, "then no other");
	is_int(cadre_master_listen(m, "unix:@x", NULL), -EBUSY, "listen");
	is_int(cadre_master_workers(m, 2, app_idle, NULL), -EBUSY, "workers");
	is_int(cadre_master_program(m, 2, argv), -EBUSY, "program");
	is_int(cadre_master_env(m, "A=b"), -EBUSY, "env");
	is_int(cadre_master_set(m, CADRE_MAX_TRIES, 1), -EBUSY, "set");
	is_int(cadre_master_log_dir(m, "/tmp"), -EBUSY, "log_dir");
	is_int(cadre_master_keep_fd(m, 0), -EBUSY, "keep_fd");
	is_int(cadre_master_counter(m, "n", NULL, NULL, &c), -EBUSY, "counter");
	is_int(cadre_master_counter(m, NULL, NULL, NULL, &c), -EBUSY,
	    "whatever its name");
	is_int(cadre_master_gauge(m, "n", NULL, NULL, &g), -EBUSY, "gauge");
	is_int(cadre_master_slot_bytes(m, 8000), -EBUSY, "slot_bytes");
	ok(cadre_master_fd(m) >= 0, "now it has a descriptor");
	ok(probe_up(m, 0, 0), "its worker gets up");
	is_int(cadre_master_health(m, 1, &h), 0, "a seat is there");
	is_u64(h.state, CADRE_STATE_EMPTY, "but no second worker");

	is_int(cadre_master_wait(m, 1), 1, "a wait for next to nothing");
	cadre_master_stop(m, CADRE_STOP_GRACEFUL);
	ok(probe_ends(m), "it stops");
	is_int(cadre_master_stop(m, CADRE_STOP_NOW), 0, "a stop of what has "
	    "stopped is none");
	is_int(cadre_master_dispatch(m), 0, "nor is there anything to do");
	is_int(cadre_master_wait(m, -1), 0, "or to wait for");
	cadre_master_free(m);
	cadre_master_free(NULL);
	return done_testing();
}
