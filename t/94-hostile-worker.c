/* SPDX-License-Identifier: BSD-2-Clause */
/* t/94-hostile-worker: whatever a worker with a uid of its own does, it does to its own seat only */
#include <unistd.h>

#include <sys/prctl.h>
#include <sys/wait.h>

#include "shm/clock.h"
#include "t/hostile/bystanders.h"
#include "t/hostile/noise.h"
#include "t/hostile/siege.h"
#include "t/hostile/witness.h"
#include "t/lib/app.h"
#include "t/lib/probe.h"
#include "t/lib/tap.h"

#define SECONDS		60
#define P99_US		5000

static void
loop_tell(const struct siege *s)
{
	unsigned long long p50 = siege_percentile_us(s, 0.5),
	    p99 = siege_percentile_us(s, 0.99),
	    p999 = siege_percentile_us(s, 0.999);

	diag("%llu turns: p50 %llu us, p99 %llu us, p99.9 %llu us, longest "
	    "%llu us; of processor time %llu us", (unsigned long long)s->turns,
	    p50, p99, p999, (unsigned long long)s->longest_us,
	    (unsigned long long)s->longest_cpu_us);
	ok(s->turns > 0 && p99 < P99_US, "99 of 100 turns of the master's "
	    "loop took less than %d us", P99_US);
}

int
main(void)
{
	struct witness w = { .region = NULL };
	struct siege *s;
	uint64_t end_ns;
	pid_t master;
	int role = siege_program();

	if (role >= 0)
		return role;
	if (getuid() != 0)
		skip_all("a worker with a uid of its own: needs root");
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	probe_dir();
	w.siege = s = siege_begin();
	master = siege_master(s);
	end_ns = clock_now_ns() + SECONDS * NS_PER_S;
	while (clock_now_ns() < end_ns) {
		bystanders_come();
		witness_look(&w);
	}
	s->over = true;
	witness_close(&w);
	is_int(app_end_of(master), 0, "the master ends well after %u cycles, "
	    "%u of them with programs", w.cycles, s->programs);
	ok(siege_said_nothing(), "and it said nothing");
	bystanders_tell();
	ok(waitpid(-1, NULL, WNOHANG) < 0, "nobody is left");
	noise_end();
	ok(w.cycles > 2 && s->programs > 0 && w.kills > SECONDS &&
	    s->restarted > 0, "%u kills, %u restarts, %u went through, %u "
	    "workers spawned, %u killed late, %u bad frames", w.kills,
	    s->restarts, s->restarted, s->spawned, s->late, s->bad_frames);
	loop_tell(s);
	witness_tell(&w);
	return done_testing();
}
