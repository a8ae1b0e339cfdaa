/* SPDX-License-Identifier: BSD-2-Clause */
/* t/44-forked-child: what a worker forks cannot write the worker's slot */
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include <sys/wait.h>

#include "t/lib/app.h"
#include "t/lib/probe.h"
#include "t/lib/tap.h"

/* The child counts too; how it ends stands in the log. */
static int
fork_one(struct cadre_worker *w, void *arg)
{
	int status = 0;
	pid_t pid;

	cadre_counter_add(app_requests, 1);
	pid = fork();
	if (pid == 0) {
		signal(SIGSEGV, SIG_DFL);	/* a sanitizer may have it */
		cadre_counter_add(app_requests, 1);
		_exit(0);
	}
	waitpid(pid, &status, 0);
	cadre_counter_add(app_requests, 1);
	(void)!write(STDOUT_FILENO, &status, sizeof(status));
	return app_idle(w, arg);
}

static void
config(struct cadre_master *m, void *arg)
{
	(void)arg;
	cadre_master_set(m, CADRE_MAX_WORKERS, 1);
}

int
main(void)
{
	struct app *a = app_start_with(1, fork_one, config, NULL);
	int status = 0;

	ok(app_wait_state(a, 0, CADRE_STATE_UP), "a worker has forked");
	is_int(probe_log(a, 0, &status, sizeof(status)), sizeof(status),
	    "and waited for its child");
	ok(WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV,
	    "which was ended by SIGSEGV as it counted");
	is_u64(app_total(a, "requests"), 2, "the worker's two are counted");
	is_int(app_stop(a), 0, "the master exits 0");
	return done_testing();
}
