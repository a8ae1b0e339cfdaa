/* t/74-starves: who wants to run and had little of a processor starves; who sleeps, is stopped or loops does not */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <unistd.h>

#include "shm/clock.h"
#include "t/lib/tap.h"
#include "tools/proc.h"

#define SPAN_NS	(10 * NS_PER_S)

static const struct {
	char		state;
	double		had_s;		/* of the processor, in that time */
	bool		starves;
	const char	*who;
} rows[] = {
	{ 'R', 0, true, "who had nothing" },
	{ 'R', 4.9, true, "who had less than half" },
	{ 'R', 5, false, "who had half" },
	{ 'R', 10, false, "who loops" },
	{ 'S', 0, false, "who sleeps" },
	{ 'D', 0, false, "who waits for a disk" },
	{ 'T', 0, false, "who is stopped" },
	{ 'Z', 0, false, "who is dead" },
};

int
main(void)
{
	struct proc before = { .state = 'S', .start = 1, .cpu_ticks = 700 }, now;
	double hz = (double)sysconf(_SC_CLK_TCK);

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		now = before;
		now.state = rows[i].state;
		now.cpu_ticks += (uint64_t)(rows[i].had_s * hz);
		ok(proc_starves(&before, &now, SPAN_NS) == rows[i].starves,
		    "%s %s", rows[i].who, rows[i].starves ? "starves" :
		    "does not");
	}
	now = before;
	now.state = 'R';
	now.start = 2;
	ok(!proc_starves(&before, &now, SPAN_NS), "nor does who has its pid "
	    "by now");
	return done_testing();
}
