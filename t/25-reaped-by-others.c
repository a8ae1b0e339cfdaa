/* SPDX-License-Identifier: BSD-2-Clause */
/* t/25-reaped-by-others: deaths are noticed though an embedder reaps them */
#include <errno.h>
#include <signal.h>
#include <unistd.h>

#include <sys/wait.h>

#include "t/lib/app.h"
#include "t/lib/probe.h"
#include "t/lib/tap.h"

static struct cadre_shm_event died;

static void
note(const struct cadre_shm_event *e, void *arg)
{
	(void)arg;
	if (e->kind == CADRE_EVENT_DIED)
		died = *e;
}

/* The embedder waits for any child, and is quicker than we are. */
static bool
stolen(void *pid)
{
	return waitpid(-1, NULL, WNOHANG) == *(pid_t *)pid;
}

static void
live_and_die(bool ignored)
{
	struct cadre_master *m;
	struct cadre_health h;
	pid_t pid;

	signal(SIGCHLD, SIG_DFL);
	cadre_master_new("app", &m);
	cadre_master_workers(m, 1, app_idle, NULL);
	cadre_master_on_event(m, note, NULL);
	if (ignored) {
		signal(SIGCHLD, SIG_IGN);
		is_int(cadre_master_start(m), -EINVAL, "ignored before: no start");
		signal(SIGCHLD, SIG_DFL);
	}
	is_int(cadre_master_start(m), 0, "started, SIGCHLD is %s",
	    ignored ? "then ignored" : "not ignored");
	signal(SIGCHLD, ignored ? SIG_IGN : SIG_DFL);
	ok(probe_up(m, 0, 0) && cadre_master_health(m, 0, &h) == 0, "up");
	pid = (pid_t)h.pid;
	kill(pid, SIGKILL);
	if (!ignored)
		ok(app_until(stolen, &pid), "its status is taken by us");
	ok(probe_up(m, 0, h.generation), "another worker comes");
	is_u64(died.generation, h.generation, "the death was told");
	is_int(cadre_master_health(m, 0, &h), 0, "there is health");
	is_u64(h.restarts, 1, "one restart");
	pid = (pid_t)h.pid;
	cadre_master_free(m);
	ok(kill(pid, 0) < 0 && errno == ESRCH, "free leaves no worker");
}

int
main(void)
{
	probe_dir();
	live_and_die(true);
	live_and_die(false);
	return done_testing();
}
