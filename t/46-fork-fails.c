/* SPDX-License-Identifier: BSD-2-Clause */
/* t/46-fork-fails: when no process can be had the master lives, and retries */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "t/lib/app.h"
#include "t/lib/tap.h"

#define USER		54321	/* has no processes; root has no limit */
#define FAILURES	2

static struct rlimit limit;

static void
processes(rlim_t n)
{
	struct rlimit l = { n, limit.rlim_max };

	setrlimit(RLIMIT_NPROC, &l);
}

/* In the master: none more when its workers are up, until it has failed. */
static void
note(const struct cadre_shm_event *e, void *arg)
{
	static int ready, failures;

	(void)arg;
	if (e->kind == CADRE_EVENT_READY && ++ready == 2)
		processes(1);
	if (e->kind == CADRE_EVENT_TROUBLE && ++failures == FAILURES)
		processes(limit.rlim_cur);
}

static void
config(struct cadre_master *m, void *arg)
{
	const char *dir = getenv("CADRE_RUNTIME_DIR");

	(void)arg;
	if (geteuid() == 0 && (chmod(dir, 0755) < 0 ||
	    chown(dir, USER, USER) < 0 || setgid(USER) < 0 ||
	    setuid(USER) < 0))
		exit(98);
	prctl(PR_SET_PDEATHSIG, SIGKILL);	/* the change cleared it */
	getrlimit(RLIMIT_NPROC, &limit);
	cadre_master_listen(m, "tcp:127.0.0.1:0", NULL);
	cadre_master_set(m, CADRE_MIN_UPTIME_MS, 0);
	cadre_master_on_event(m, note, NULL);
}

int
main(void)
{
	struct app *a = app_start_with(2, app_answer, config, NULL);
	uint64_t generation;
	struct cadre_shm_event e;
	char answer[64];

	ok(app_wait_state(a, 0, CADRE_STATE_UP) &&
	    app_wait_state(a, 1, CADRE_STATE_UP), "two workers are up");
	generation = app_generation(a, 0);
	app_kill(a, 0, SIGKILL);
	for (int i = 0; i < FAILURES; i++) {
		ok(app_wait_event(a, CADRE_EVENT_TROUBLE, 0, &e) &&
		    memmem(e.text, e.text_bytes, "cannot fork", 11) != NULL,
		    "try %d fails: %.*s", i, (int)e.text_bytes, e.text);
		ok(app_ask(a, "hello\n", answer, sizeof(answer)) > 0,
		    "the other worker serves on");
	}
	ok(app_wait_respawn(a, 0, generation), "then a worker comes");
	is_int(app_stop(a), 0, "the master exits 0");
	return done_testing();
}
