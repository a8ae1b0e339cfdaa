/* t/25-nth-privileges: whichever step of a worker's privileges fails at the start, it fails with the reason, and all is undone */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <cadre/cadre.h>

#include "t/lib/app.h"
#include "t/lib/nth.h"
#include "t/lib/probe.h"
#include "t/lib/tap.h"
#include "t/lib/user.h"

static const struct row {
	const char	*call, *says;
} rows[] = {
	{ "sched_setaffinity", "sched_setaffinity: " },
	{ "setrlimit", "cannot set the limit " },
	{ "setgroups", "setgroups: " },
	{ "setresgid", "setresgid: " },
	{ "setresuid", "setresuid: " },
	{ "prctl", "PR_SET_NO_NEW_PRIVS: " },
	{ "chdir", "cannot enter /: chdir: " },
};

static int
start(void)
{
	struct cadre_master *m;
	int err;

	cadre_master_new("app", &m);
	cadre_master_listen(m, "tcp:127.0.0.1:0", NULL);
	cadre_master_workers(m, 1, app_idle, NULL);
	user_take(m);
	cadre_master_rlimit(m, "nofile=100");
	cadre_master_affinity(m, "compact");
	cadre_master_chdir(m, "/");
	err = cadre_master_start(m);
	cadre_master_free(m);
	return err;
}

int
main(void)
{
	const char *dir;
	int fds, err;

	if (geteuid() != 0)
		skip_all("needs root, to become another user");
	dir = probe_dir();
	is_int(start(), 0, "a start");
	fds = probe_fds(0);
	for (const struct row *r = rows; r < rows + sizeof(rows) / sizeof(*r);
	    r++) {
		nth_arm_children(r->call, 1, EXFULL);
		err = start();
		ok(err == -EXFULL && nth_fired() &&
		    strstr(cadre_error(err), r->says) != NULL, "%s: %s",
		    r->call, err < 0 ? cadre_error(err) : "it started");
		nth_disarm();
		is_int(probe_fds(0), fds, "no descriptor is left");
		is_int(probe_children(getpid(), 0), 0, "no child");
		ok(probe_empty(dir), "no file");
	}
	for (unsigned int i = 0; i < 2; i++) {
		nth_arm(i == 0 ? "pipe2" : "fork", 1, EMFILE);
		is_int(start(), -EMFILE, "it could not even be tried");
		nth_disarm();
	}
	is_int(probe_fds(0), fds, "no descriptor is left");
	is_int(start(), 0, "and a start is one");
	return done_testing();
}
