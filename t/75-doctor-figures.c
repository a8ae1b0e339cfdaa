/* SPDX-License-Identifier: BSD-2-Clause */
/* t/75-doctor-figures: what it says an app needs is what an app does need */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sys/resource.h>

#include "t/lib/app.h"
#include "t/lib/doctor.h"
#include "t/lib/tap.h"
#include "tools/text.h"

static struct cadre_app app;

struct limits {
	unsigned int	workers, descriptors;
};

static void
end_when_all_are_ready(const struct cadre_shm_event *e, void *arg)
{
	static unsigned int ready;
	const struct limits *l = arg;

	if (e->kind == CADRE_EVENT_READY && ++ready == l->workers)
		kill(getpid(), SIGTERM);
}

/* Programs need one more each, their notify sockets. */
static void
config(struct cadre_master *m, void *arg)
{
	const char *const argv[] = { "/bin/sleep", "60", NULL };
	const struct limits *l = arg;
	rlim_t n = l->descriptors;

	setrlimit(RLIMIT_NOFILE, &(struct rlimit){ n, n });
	cadre_master_listen(m, "tcp:127.0.0.1:0", NULL);
	cadre_master_program(m, (int)l->workers, argv);
	cadre_master_set(m, CADRE_READY_AFTER_MS, 1);
	cadre_master_on_event(m, end_when_all_are_ready, arg);
}

static int
start_with(unsigned int workers, unsigned int descriptors, char *err,
    size_t bytes)
{
	struct limits l = { workers, descriptors };

	return app_try((int)workers, app_idle, config, &l,
	    getenv("CADRE_RUNTIME_DIR"), err, bytes);
}

static void
measure(int workers)
{
	struct app *a = app_start(workers, app_idle);

	cadre_region_app(a->region, &app);
	app_stop(a);
}

int
main(void)
{
	unsigned int workers = 0, need = 0, seats;
	char err[1024], want[64], *dir;
	const char *found;
	struct command c;
	json_t *j;

	/* What a parallel make passes on is not the master's. */
	close_range(3, ~0U, 0);
	measure(cadre_cpus(NULL));
	dir = command_dir();
	doctor(&c, NULL, NULL, &j);
	found = doctor_found(j, "nofile");
	found = found != NULL ? strchr(found, ';') : NULL;
	is_int(found == NULL ? 0 : sscanf(found, "; the master of %u workers "
	    "needs %u", &workers, &need), 2, "figures%s", found);
	is_int(workers, cadre_cpus(NULL), "of -i max");
	is_int(start_with(workers, need, err, sizeof(err)), 0, "with %u "
	    "descriptors all get ready", need) || (diag("%s", err), 0);
	seats = app.max_workers;
	ok(start_with(workers, 3 * seats, err, sizeof(err)) != 0,
	    "with %u, for its %u seats alone, it does not", 3 * seats, seats);
	ok(strstr(err, "ulimit") != NULL, "and says so") ||
	    (diag("%s", err), 0);
	ok(need < 7 * seats + 7 * workers + 35, "not many more are named");
	snprintf(want, sizeof(want), "the region of %u workers takes %s,",
	    workers, text_size(app.bytes).s);
	doctor_is(j, "memory", "ok", want, NULL);
	json_decref(j);
	is_int(rmdir(dir), 0, "nothing is left behind");
	return done_testing();
}
