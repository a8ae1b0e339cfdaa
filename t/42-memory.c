/* t/42-memory: a worker that grows beyond the soft limit is replaced, beyond the hard one killed */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sys/mman.h>

#include "t/lib/app.h"
#include "t/lib/tap.h"

#define MIB		1048576
#define LIMIT		(64 * MIB)

static size_t *wanted;		/* shared: how much a worker takes */

static void
take(int signal)
{
	void *p = mmap(NULL, *wanted, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	(void)signal;
	if (p != MAP_FAILED)
		memset(p, 1, *wanted);
}

static int
serve(struct cadre_worker *w, void *arg)
{
	signal(SIGUSR1, take);
	return app_idle(w, arg);
}

static void
config(struct cadre_master *m, void *arg)
{
	if (cadre_master_set(m, *(enum cadre_option *)arg, LIMIT) < 0 ||
	    cadre_master_set(m, CADRE_MIN_UPTIME_MS, 0) < 0)
		exit(99);
}

static void
grows(enum cadre_option option, uint32_t kind, const char *limit)
{
	struct app *a = app_start_with(1, serve, config, &option);
	struct cadre_shm_event e = { .kind = 0 };
	uint64_t generation;
	char text[400];

	ok(app_wait_state(a, 0, CADRE_STATE_UP), "a worker is up");
	generation = app_generation(a, 0);
	ok(app_kill(a, 0, SIGUSR1) == 0, "it takes %zu MiB", *wanted / MIB);
	ok(app_wait_event(a, kind, 0, &e), "which is seen");
	snprintf(text, sizeof(text), "%.*s", (int)e.text_bytes, e.text);
	ok(strstr(text, "RssAnon is ") != NULL && strstr(text, limit) != NULL,
	    "%s", text);
	ok(app_wait_event(a, CADRE_EVENT_DIED, 0, &e) &&
	    e.generation == generation, "it ends");
	is_int((int)e.exit_signal, kind == CADRE_EVENT_MEMORY ? SIGKILL : 0,
	    "as it should");
	snprintf(text, sizeof(text), "%.*s", (int)e.text_bytes, e.text);
	ok(kind != CADRE_EVENT_MEMORY || strstr(text, "hard limit") != NULL,
	    "%s", text);
	ok(app_wait_respawn(a, 0, generation), "another serves");
	is_int(app_stop(a), 0, "the master exits 0");
}

int
main(void)
{
	wanted = mmap(NULL, sizeof(*wanted), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	*wanted = LIMIT;
	grows(CADRE_MEMORY_SOFT, CADRE_EVENT_RECYCLING,
	    "the soft limit 64.0 MiB");
	grows(CADRE_MEMORY_HARD, CADRE_EVENT_MEMORY,
	    "the hard limit 64.0 MiB");
	return done_testing();
}
