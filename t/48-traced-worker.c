/* SPDX-License-Identifier: BSD-2-Clause */
/* t/48-traced-worker: a dead worker that a debugger holds costs nothing */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include <sys/ptrace.h>
#include <sys/wait.h>

#include "shm/clock.h"
#include "t/lib/app.h"
#include "t/lib/tap.h"

struct ticks {
	struct app	*app;
	uint64_t	until;		/* a beat of the master */
};

/* Beats come once a second, whatever else goes on. */
static uint64_t
beats(const struct app *a)
{
	struct cadre_app app;

	cadre_region_app(a->region, &app);
	return (clock_now_ns() - app.beat_age_ns) / NS_PER_S;
}

static bool
ticked(void *arg)
{
	struct ticks *t = arg;

	return beats(t->app) >= t->until;
}

static unsigned long
cpu_ticks(pid_t pid)
{
	unsigned long user = 0, system = 0;
	char path[32];
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	f = fopen(path, "r");
	if (f == NULL || fscanf(f, "%*d (%*[^)]) %*c %*d %*d %*d %*d %*d %*u "
	    "%*u %*u %*u %*u %lu %lu", &user, &system) != 2)
		bail_out("no %s", path);
	fclose(f);
	return user + system;
}

int
main(void)
{
	struct app *a = app_start(1, app_answer);
	struct ticks t = { .app = a };
	pid_t worker = app_pid(a, 0);
	unsigned long before;

	if (ptrace(PTRACE_SEIZE, worker, NULL, NULL) < 0) {
		app_stop(a);
		skip_all("ptrace is not allowed here");
	}
	is_int(kill(worker, SIGKILL), 0, "the traced worker is killed");
	before = cpu_ticks(a->master);
	t.until = beats(a) + 3;
	ok(app_until(ticked, &t), "three ticks go by");
	ok(cpu_ticks(a->master) - before < 50, "the master did not spin");
	is_int(waitpid(worker, NULL, __WALL), worker, "the tracer lets it go");
	ok(app_wait_respawn(a, 0, 1), "then its successor comes");
	is_int(app_stop(a), 0, "the master exits 0");
	return done_testing();
}
