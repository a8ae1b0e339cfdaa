/* t/28-stopped: one that a signal stops is called stalled at once, without traffic too */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <signal.h>
#include <unistd.h>

#include "shm/clock.h"
#include "t/lib/probe.h"
#include "t/lib/server.h"
#include "t/lib/tap.h"

#define ROUNDS		6
#define AT_ONCE_MS	250		/* less than the tick of a second */

static uint64_t
since_ms(uint64_t begin_ns, uint64_t end_ns)
{
	return end_ns > begin_ns ? (end_ns - begin_ns) / NS_PER_MS : 0;
}

int
main(void)
{
	struct app *a = app_start(2, server_run);
	struct cadre_shm_event e = { .kind = 0 };
	uint64_t begin_ns, stopped_ns;
	int fd, late = 0;

	for (int i = 0; i < ROUNDS; i++) {
		ok(app_wait_idle(a, 1), "the worker is idle");
		begin_ns = clock_now_ns();
		app_kill(a, 1, SIGSTOP);
		ok(app_wait_event(a, CADRE_EVENT_STALLED, 1, &e), "it stalls");
		is_u64(e.cause, CADRE_CAUSE_STOPPED, "stopped by a signal");
		late += since_ms(begin_ns, e.mono_ns) > AT_ONCE_MS;
		stopped_ns = e.mono_ns;
		ok(server_cause(a, 1, CADRE_CAUSE_STOPPED), "its row says so");
		fd = server_open(a, "hello\n");
		ok(server_answer(fd, NULL, NULL) == 0, "the other one answers");
		close(fd);
		begin_ns = clock_now_ns();
		app_kill(a, 1, SIGCONT);
		ok(app_wait_event(a, CADRE_EVENT_RESUMED, 1, &e), "it resumes");
		is_u64(e.cause, CADRE_CAUSE_STOPPED, "the cause");
		late += since_ms(begin_ns, e.mono_ns) > AT_ONCE_MS;
		ok(e.duration_ns >= begin_ns - stopped_ns && e.duration_ns <=
		    e.mono_ns - stopped_ns + NS_PER_MS, "and how long: %llu ns",
		    (unsigned long long)e.duration_ns);
		ok(server_cause(a, 1, 0), "its row is clean");
	}
	is_int(late, 0, "none of these had to wait for a tick");
	is_int(app_stop(a), 0, "the master exits 0");
	return done_testing();
}
