/* t/59-probe-deaths: a probe is of the worker that comes: whoever else its seat gets meanwhile serves at once */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "t/lib/deploy.h"
#include "t/lib/restart.h"
#include "t/lib/tap.h"

#define WAIT	": >asked; until test -e go; do sleep 0.02; done; "

static struct app *a;

static bool
is_asked(void *arg)
{
	(void)arg;
	return access("asked", F_OK) == 0;
}

static int
reload(const char *version, const char *probe, uint32_t flags)
{
	const struct cadre_reload how = { .probe = probe, .parallel = 2,
	    .probe_timeout_ms = 60000, .flags = flags };

	unlink("asked");
	unlink("go");
	web_deploy(version);
	return ask_reload_begin(a, &how);
}

static void
old_dies(pid_t old, const char *when)
{
	is_int(kill(old, SIGKILL), 0, "the old worker dies %s", when);
	ok(app_wait_event(a, CADRE_EVENT_DIED, 0, NULL), "it is dead");
	ok(app_wait_event(a, CADRE_EVENT_READY, 0, NULL), "another of its "
	    "version is ready");
	ok(web_answers(a, "ok-a"), "and answers");
}

static int
go_on(int fd, char *why, size_t bytes)
{
	close(open("go", O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
	return ask_restart_end(fd, why, bytes);
}

int
main(void)
{
	char why[700];
	pid_t old;
	int fd;

	a = web_start(1, "mode=spread");
	old = app_pid(a, 0);
	fd = reload("ok-b", WAIT "exit 4", 0);
	ok(app_until(is_asked, NULL), "a probe runs");
	old_dies(old, "while the new one is asked");
	is_int(go_on(fd, why, sizeof(why)), -ECHILD, "it fails: %s", why);
	ok(web_answers(a, "ok-a"), "the old one serves on");
	old = app_pid(a, 0);
	fd = reload("waits", WAIT "exit 0", 0);
	ok(app_wait_event(a, CADRE_EVENT_RELOADING, CADRE_NO_SEAT, NULL) &&
	    app_wait_event(a, CADRE_EVENT_SPAWNED, 0, NULL), "a new one comes");
	old_dies(old, "before the new one is ready");
	is_int(go_on(fd, why, sizeof(why)), 0, "it is taken: %s", why);
	is_int(app_stop(a), 0, "the master exits 0");

	a = web_start(2, "mode=spread");
	fd = reload("ok-b", WAIT "exit 0", CADRE_RELOAD_NO_CANARY);
	ok(app_wait_event(a, CADRE_EVENT_SPAWNED, 1, NULL) &&
	    app_wait_event(a, CADRE_EVENT_RELOADING, CADRE_NO_SEAT, NULL) &&
	    app_wait_event(a, CADRE_EVENT_SPAWNED, 1, NULL) &&
	    app_until(is_asked, NULL), "two are asked");
	is_int(ask_scale(a, 1, 0, why, sizeof(why)), 0, "one is not wanted");
	ok(app_wait_event(a, CADRE_EVENT_DIED, 1, NULL) &&
	    app_wait_event(a, CADRE_EVENT_DIED, 1, NULL), "both of its end");
	is_int(ask_scale(a, 2, 0, why, sizeof(why)), 0, "now it is");
	ok(app_wait_event(a, CADRE_EVENT_READY, 1, NULL), "and has a worker");
	is_int(go_on(fd, why, sizeof(why)), 0, "the reload ends: %s", why);
	is_int(app_stop(a), 0, "the master exits 0");
	unlink("asked");
	unlink("go");
	unlink("program");
	return chdir("/") < 0 ? 1 : done_testing();
}
