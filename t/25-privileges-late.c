/* t/25-privileges-late: who workers are cannot be changed after the start, nor to what is none, and a refused call changes nothing */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>

#include <cadre/cadre.h>

#include "t/lib/app.h"
#include "t/lib/probe.h"
#include "t/lib/tap.h"

static void
all(struct cadre_master *m, int err, const char *when)
{
	is_int(cadre_master_user(m, err == -EBUSY ? "root" : "no such user",
	    NULL), err, "%s: user", when);
	is_int(cadre_master_no_new_privs(m, err == -EBUSY ? 1 : 2), err,
	    "%s: no_new_privs", when);
	is_int(cadre_master_rlimit(m, err == -EBUSY ? "core=0" : "core"), err,
	    "%s: rlimit", when);
	is_int(cadre_master_umask(m, err == -EBUSY ? 022 : 01000), err,
	    "%s: umask", when);
	is_int(cadre_master_chdir(m, err == -EBUSY ? "/" : ""), err,
	    "%s: chdir", when);
	is_int(cadre_master_affinity(m, err == -EBUSY ? "off" : "on"), err,
	    "%s: affinity", when);
	is_int(cadre_master_clean_env(m, err == -EBUSY ? "A" : "A,"), err,
	    "%s: clean_env", when);
}

int
main(void)
{
	struct cadre_master *m;

	probe_dir();
	cadre_master_new("app", &m);
	cadre_master_workers(m, 1, app_idle, NULL);
	all(m, -EINVAL, "wrong");
	is_int(cadre_master_chdir(m, NULL), -EINVAL, "no directory");
	is_int(cadre_master_chdir(m, "/nonexistent"), -ENOENT, "none there");
	is_int(cadre_master_chdir(m, "/dev/null"), -ENOTDIR, "a file");
	is_int(cadre_master_start(m), 0, "a start, as if nothing had been said");
	all(m, -EBUSY, "late");
	ok(probe_up(m, 0, 0), "its worker gets up");
	cadre_master_free(m);
	return done_testing();
}
