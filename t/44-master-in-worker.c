/* t/44-master-in-worker: a worker has no say in its master, whose handle it has inherited */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <unistd.h>

#include <cadre/cadre.h>

#include "t/lib/app.h"
#include "t/lib/probe.h"
#include "t/lib/tap.h"

static struct cadre_master *m;
static int told[2];		/* a pipe */

static const char *const names[] = { "listen", "workers", "program", "env",
	"set", "log_dir", "keep_fd", "counter", "gauge", "slot_bytes", "start",
	"dispatch", "wait", "stop", "restart", "health" };
enum { CALLS = sizeof(names) / sizeof(names[0]) };

static int
try_all(struct cadre_worker *w, void *arg)
{
	static const char *const argv[] = { "/bin/true", NULL };
	struct cadre_counter *c;
	struct cadre_health h;
	struct cadre_gauge *g;
	const int given[CALLS] = {
		cadre_master_listen(m, "unix:@x", NULL),
		cadre_master_workers(m, 2, app_idle, NULL),
		cadre_master_program(m, 2, argv),
		cadre_master_env(m, "A=b"),
		cadre_master_set(m, CADRE_MAX_TRIES, 1),
		cadre_master_log_dir(m, "/tmp"),
		cadre_master_keep_fd(m, 0),
		cadre_master_counter(m, "n", NULL, NULL, &c),
		cadre_master_gauge(m, "n", NULL, NULL, &g),
		cadre_master_slot_bytes(m, 8000),
		cadre_master_start(m),
		cadre_master_dispatch(m),
		cadre_master_wait(m, -1),
		cadre_master_stop(m, CADRE_STOP_NOW),
		cadre_master_restart(m, NULL),
		cadre_master_health(m, 0, &h),
	};

	cadre_master_free(m);
	(void)!write(told[1], given, sizeof(given));
	return app_idle(w, arg);
}

int
main(void)
{
	int given[CALLS] = { 0 };

	probe_dir();
	if (pipe(told) < 0 || cadre_master_new("app", &m) < 0)
		bail_out("no master");
	cadre_master_keep_fd(m, told[1]);
	cadre_master_workers(m, 1, try_all, NULL);
	is_int(cadre_master_start(m), 0, "it starts");
	ok(read(told[0], given, sizeof(given)) == sizeof(given), "it tells");
	for (int i = 0; i < CALLS - 1; i++)
		is_int(given[i], -EPERM, "%s: EPERM", names[i]);
	is_int(given[CALLS - 1], -EINVAL, "%s: EINVAL", names[CALLS - 1]);
	ok(probe_up(m, 0, 0), "it is up, and its master was not freed");
	cadre_master_stop(m, CADRE_STOP_GRACEFUL);
	ok(probe_ends(m), "that stops it");
	cadre_master_free(m);
	return done_testing();
}
