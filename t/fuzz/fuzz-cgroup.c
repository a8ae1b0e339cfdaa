/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The limits of a cgroup, as mountinfo(5), cgroup(7) and its files tell them.
 * The input is those files, in the order in which they are opened.
 */
#include <limits.h>
#include <sched.h>

#include <cadre/master.h>

#include "runtime/cgroup.h"
#include "t/fuzz/feed.h"

#include "runtime/cgroup.c"	/* NOLINT(bugprone-suspicious-include) */
#include "runtime/cpus.c"	/* NOLINT(bugprone-suspicious-include) */

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *why = NULL;
	uint64_t room;
	int n;

	feed = (struct bytes){ data, size };
	if (input_byte(&feed) % 2 == 0) {
		room = memory_room(&why);
		claim(why != NULL && text_is_clean(why));
		claim(room == UINT64_MAX || strcmp(why, "nothing") != 0);
	} else {
		n = cadre_cpus(&why);
		claim(n >= 1 && why != NULL && text_is_clean(why));
	}
	return 0;
}
