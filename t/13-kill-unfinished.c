/* t/13-kill-unfinished: a reader that comes at any instruction of a region's creation refuses it, or finds it whole */
/* SPDX-License-Identifier: BSD-2-Clause */
#include "shm/atomic.h"
#include "t/lib/maker.h"
#include "t/lib/step.h"
#include "t/lib/tap.h"

#ifdef SHM_SANITIZED		/* whose code has too many to look after each */
#define STRIDE	53
#else
#define STRIDE	1
#endif

int
main(void)
{
	unsigned int seen[MAKER_SEEN_MAX] = { 0 }, boundaries = 0, back = 0;
	enum maker_seen now = MAKER_NOTHING, before;
	pid_t pid;

	step_start(&pid, maker_make);
	do {
		if (boundaries++ % STRIDE != 0)
			continue;
		before = now;
		now = maker_look(pid);
		seen[now]++;
		back += now < before;
	} while (step_next(pid));
	seen[now = maker_look(pid)]++;
	step_kill(pid);
	ok(seen[MAKER_NOTHING] > 0, "%u boundaries; no anchor at %u of them",
	    boundaries, seen[MAKER_NOTHING]);
	ok(seen[MAKER_REFUSED] > 0, "refused at %u", seen[MAKER_REFUSED]);
	is_int(seen[MAKER_WRONG], 0, "accepted and not right, or another error");
	is_int(back, 0, "once there it stays, once whole it stays");
	is_int(now, MAKER_WHOLE, "whole in the end, and at %u boundaries",
	    seen[MAKER_WHOLE]);
	return done_testing();
}
