/* SPDX-License-Identifier: BSD-2-Clause */
/* t/27-memory: a region that would not fit is refused, with both figures */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include <cadre/error.h>

#include "t/lib/app.h"
#include "t/lib/limit.h"
#include "t/lib/probe.h"
#include "t/lib/tap.h"

#define LIMIT		"67108864"	/* 64 MiB; an empty process has some */
#define SEATS		1024		/* need about 140 */

struct result {
	int	err;
	char	text[512];
};

static void
start_in(const struct limit *l, int seats, struct result *r)
{
	struct cadre_master *m;
	pid_t pid = fork();

	if (pid != 0) {
		waitpid(pid, NULL, 0);
		return;
	}
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	r->err = -ESRCH;
	if (!limit_enter(l))
		_exit(1);
	cadre_master_new("app", &m);
	cadre_master_set(m, CADRE_MAX_WORKERS, seats);
	cadre_master_workers(m, 1, app_idle, NULL);
	r->err = cadre_master_start(m);
	strncpy(r->text, cadre_error(r->err), sizeof(r->text) - 1);
	cadre_master_free(m);
	_exit(0);
}

int
main(void)
{
	struct result *r = mmap(NULL, sizeof(*r), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	const char *dir = probe_dir(), *file;
	struct limit l;

	if (!limit_make(&l, "memory", "memory.limit_in_bytes", "memory.max"))
		skip_all("no cgroup with a memory limit can be made here");
	file = l.v2 ? "memory.max" : "memory.limit_in_bytes";
	ok(limit_set(&l, file, LIMIT), "%s is %s", file, LIMIT);
	start_in(&l, SEATS, r);
	is_int(r->err, -ENOMEM, "%d seats are refused", SEATS);
	ok(strstr(r->text, "needs 1") != NULL && strstr(r->text, file) != NULL &&
	    strstr(r->text, "CADRE_MAX_WORKERS") != NULL, "said: %s", r->text);
	ok(probe_empty(dir), "nothing is left");
	start_in(&l, 16, r);
	is_int(r->err, 0, "a small one starts in the same group");
	return done_testing();
}
