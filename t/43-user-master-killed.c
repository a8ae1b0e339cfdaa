/* t/43-user-master-killed: workers of a user of their own leave when their master is killed */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include <sys/prctl.h>
#include <sys/wait.h>

#include "t/lib/exec.h"
#include "t/lib/tap.h"
#include "t/lib/user.h"

static void
config(struct cadre_master *m, void *arg)
{
	const char *argv[] = { NULL, arg, "15", NULL };

	user_take(m);
	if (arg == NULL)
		return;
	argv[0] = user_program();
	if (cadre_master_program(m, 1, argv) < 0)
		exit(99);
}

/* Forked, or a program: attached, or one that only hears the signal. */
static void
orphan(const char *word, int want)
{
	struct app *a = app_start_with(1, app_idle, config,
	    (void *)(uintptr_t)word);
	pid_t pid;
	int status;

	ok(app_wait_state(a, 0, CADRE_STATE_UP), "%s: it is up",
	    word != NULL ? word : "forked");
	pid = app_pid(a, 0);
	kill(a->master, SIGKILL);
	is_int(app_wait_end(a), SIGKILL, "its master is killed");
	status = app_end_of(pid);
	ok(WIFEXITED(status) && WEXITSTATUS(status) == want,
	    "it ends by itself, with %d", want);
	app_free(a);
}

int
main(void)
{
	if (geteuid() != 0)
		skip_all("needs root, to become another user");
	prctl(PR_SET_CHILD_SUBREAPER, 1);	/* an orphan is our child */
	orphan(NULL, 0);
	orphan("answer", 0);
	orphan("hears", 7);
	return done_testing();
}
