/* t/44-user-apart: workers of a user of their own can neither write foreign memory, nor be traced by each other, nor signal the master */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "t/lib/app.h"
#include "t/lib/probe.h"
#include "t/lib/tap.h"
#include "t/lib/user.h"

static pid_t master, worker;	/* the victims */
static int objects[2];		/* to the worker under test, and back */

/* What one of that user finds out when it tries; 0: all was refused. */
static int
attack(void)
{
	const pid_t victims[] = { master, worker };
	char path[64];
	int got = 0;

	for (int i = 0; i < 2; i++) {
		snprintf(path, sizeof(path), "/proc/%d/mem", victims[i]);
		got |= (open(path, O_RDWR | O_CLOEXEC) >= 0) << (2 * i);
		got |= (ptrace(PTRACE_SEIZE, victims[i], NULL, NULL) == 0) <<
		    (2 * i + 1);
	}
	return -(got | (kill(master, 0) == 0) << 4);
}

/* From within: each descriptor of the region it has, opened anew to write. */
static int
reopen(struct cadre_worker *w, void *arg)
{
	char path[64];
	int got = 0, seals;

	for (int fd = 3; fd < 1024; fd++) {
		seals = fcntl(fd, F_GET_SEALS);
		if (seals < 0 || (seals & F_SEAL_SHRINK) == 0)
			continue;
		got += 100;
		snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
		got += open(path, O_RDWR | O_CLOEXEC) >= 0;
		got += fchmod(fd, 0666) == 0;
		got += mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd,
		    0) != MAP_FAILED;
	}
	(void)!write(objects[1], &got, sizeof(got));
	return app_idle(w, arg);
}

static void
config(struct cadre_master *m, void *arg)
{
	(void)arg;
	user_take(m);
	if (cadre_master_keep_fd(m, objects[1]) < 0)
		exit(99);
}

int
main(void)
{
	struct app *a;
	int got = 0;

	if (geteuid() != 0)
		skip_all("needs root, to become another user");
	if (pipe2(objects, O_CLOEXEC) < 0)
		bail_out("pipe2");
	a = app_start_with(1, reopen, config, NULL);
	ok(app_wait_state(a, 0, CADRE_STATE_UP) && read(objects[0], &got,
	    sizeof(got)) == sizeof(got), "the worker has told");
	is_int(got, 400, "four objects, none of which it can get to write");
	master = a->master;
	worker = app_pid(a, 0);
	is_int(probe_as(USER_UID, USER_GID, attack), 0,
	    "nor can another of that user by way of them");
	is_int(app_stop(a), 0, "the master exits 0");
	return done_testing();
}
