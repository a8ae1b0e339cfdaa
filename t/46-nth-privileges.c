/* t/46-nth-privileges: whichever step of its privileges fails in a worker's birth, it ends with a reason, and another comes */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include <cadre/cadre.h>

#include "t/lib/app.h"
#include "t/lib/birth.h"
#include "t/lib/tap.h"
#include "t/lib/user.h"

static bool execs;

static void
config(struct cadre_master *m)
{
	const char *argv[] = { NULL, "notify", "self", "READY=1", NULL };

	user_take(m);
	cadre_master_rlimit(m, "nofile=100");
	cadre_master_rlimit(m, "core=1");
	cadre_master_affinity(m, "spread");
	cadre_master_chdir(m, "/");
	if (!execs) {
		cadre_master_workers(m, 1, app_idle, NULL);
		return;
	}
	argv[0] = user_program();
	cadre_master_set(m, CADRE_READY_AFTER_MS, -1);
	cadre_master_program(m, 1, argv);
}

int
main(void)
{
	/* The last prctl is that of the death signal. */
	static const struct birth_call calls[] = {
		{ "sched_setaffinity", 1 }, { "setrlimit", 3 },
		{ "setgroups", 1 }, { "setresgid", 1 }, { "setresuid", 1 },
		{ "chdir", 1 }, { "prctl", 4 }, { NULL, 0 },
	};

	if (geteuid() != 0)
		skip_all("needs root, to become another user");
	birth_walk(config, calls);
	execs = true;
	birth_walk(config, calls);
	return done_testing();
}
