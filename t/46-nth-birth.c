/* t/46-nth-birth: whichever call of a forked worker's birth fails, it ends with a reason, and another comes */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <stddef.h>

#include <cadre/cadre.h>

#include "t/lib/app.h"
#include "t/lib/birth.h"
#include "t/lib/tap.h"

static void
config(struct cadre_master *m)
{
	cadre_master_workers(m, 1, app_idle, NULL);
}

int
main(void)
{
	/* In the order in which they are called. */
	static const struct birth_call calls[] = {
		{ "setpgid", 1 }, { "open", 1 }, { "dup2", 3 },
		{ "mmap", 1 }, { "madvise", 1 }, { "close_range", 2 },
		{ "setrlimit", 1 }, { "setenv", 1 }, { "calloc", 1 },
		{ "eventfd", 2 }, { "timer_create", 1 }, { "sigaction", 2 },
		{ "epoll_create1", 2 }, { "epoll_ctl", 5 }, { "prctl", 1 },
		{ NULL, 0 },
	};

	birth_walk(config, calls);
	return done_testing();
}
