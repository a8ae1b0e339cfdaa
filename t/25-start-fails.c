/* SPDX-License-Identifier: BSD-2-Clause */
/* t/25-start-fails: a start that fails at any step leaves nothing behind */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <cadre/error.h>

#include "t/lib/app.h"
#include "t/lib/probe.h"
#include "t/lib/tap.h"

#define ENOUGH	200		/* descriptors: with so many it succeeds */

static struct result {
	int	err;
	char	text[512];
} *result;

/* Run out of descriptors after n; then wait to be looked at. */
static void
start_with(int n)
{
	struct rlimit limit = { (rlim_t)n, (rlim_t)n };
	struct cadre_master *m;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	setrlimit(RLIMIT_NOFILE, &limit);
	cadre_master_new("app", &m);
	cadre_master_listen(m, "tcp:127.0.0.1:0", NULL);
	cadre_master_listen(m, "unix:@cadre-test-25", NULL);
	cadre_master_set(m, CADRE_MAX_WORKERS, 3);
	cadre_master_workers(m, 1, app_idle, NULL);
	result->err = cadre_master_start(m);
	snprintf(result->text, sizeof(result->text), "%s",
	    cadre_error(result->err));
	if (result->err == 0)
		cadre_master_free(m);
	raise(SIGSTOP);
	_exit(0);
}

int
main(void)
{
	int bad = 0, n = probe_fds(0), fds = n, left, first = n;
	const char *dir = probe_dir();
	pid_t pid;

	result = mmap(NULL, sizeof(*result), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	do {
		result->err = 0;
		pid = fork();
		if (pid == 0)
			start_with(n);
		waitpid(pid, NULL, WUNTRACED);
		left = probe_fds(pid) - fds;
		if (left != 0 || !probe_empty(dir) ||
		    probe_children(pid, 0) != 0 ||
		    (result->err != 0 && result->err != -EMFILE)) {
			diag("with %d: %d, %s; %d descriptors left", n,
			    result->err, result->text, left);
			bad++;
		}
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
	} while (result->err != 0 && ++n < ENOUGH);
	is_int(result->err, 0, "with %d descriptors it starts", n);
	ok(n > first + 10, "with %d to %d it does not", first, n - 1);
	is_int(bad, 0, "no failure leaves a descriptor, a child or a file");
	return done_testing();
}
