/* t/46-nth-exec: whichever call fails between a program's fork and its exec, a reason is told, and another comes */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <stddef.h>

#include <cadre/cadre.h>

#include "t/lib/birth.h"
#include "t/lib/exec.h"
#include "t/lib/tap.h"

/* Ready by its word only: so it is up when its exec has been, not before. */
static void
config(struct cadre_master *m)
{
	const char *argv[] = { exec_path(), "notify", "self", "READY=1", NULL };

	cadre_master_set(m, CADRE_READY_AFTER_MS, -1);
	cadre_master_program(m, 1, argv);
}

int
main(void)
{
	/* In the order in which they are called. */
	static const struct birth_call calls[] = {
		{ "setpgid", 1 }, { "open", 2 }, { "dup2", 8 },
		{ "fcntl", 5 }, { "close_range", 1 }, { "setrlimit", 1 },
		{ "prctl", 1 }, { NULL, 0 },
	};

	birth_walk(config, calls);
	return done_testing();
}
