/* t/96-crash-loop: a program that always fails at once costs 20 forks and 64 KiB of log a minute at most, and a stop is obeyed within a second */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>

#include <sys/stat.h>

#include "shm/clock.h"
#include "t/lib/background.h"
#include "t/lib/command.h"
#include "t/lib/probe.h"
#include "t/lib/tap.h"
#include "t/lib/version.h"

enum { SEATS = 2, FORKS = 20, SECONDS = 60, LOG_BYTES = 64 * 1024 };

static long
log_bytes(const struct app *a)
{
	struct dirent *entry;
	char path[160];
	struct stat st;
	long bytes = 0;
	DIR *d;

	snprintf(path, sizeof(path), "%s/%s/log", a->dir, a->name);
	d = opendir(path);
	while (d != NULL && (entry = readdir(d)) != NULL)
		if (fstatat(dirfd(d), entry->d_name, &st, 0) == 0 &&
		    S_ISREG(st.st_mode))
			bytes += st.st_size;
	if (d == NULL || closedir(d) < 0)
		bail_out("no logs in %s", path);
	return bytes;
}

static int
forks(struct app *a)
{
	struct cadre_shm_event e;
	int n = 0;

	while (cadre_region_events(a->region, &a->events, &e, 1) == 1)
		n += e.kind == CADRE_EVENT_SPAWNED;
	return n;
}

/* For ever, with --max-tries 0; else parked in between. */
static void
loops(const char *max_tries)
{
	static const struct version fails = { "fails", "echo no good >&2; "
	    "exit 1", NULL, { "" } };
	struct app *a = background_new();
	struct command c;
	uint64_t asked_ns;
	long bytes;
	int n;

	version_put(a, &version_good);
	BACKGROUND_START(a, "-i", "2", "--wait-ready", "--min-uptime", "0.1",
	    "--max-tries", max_tries, "--", version_path(a));
	ok(probe_beats(a, 2), "it has stayed up");
	version_put(a, &fails);
	(void)forks(a);
	bytes = log_bytes(a);
	for (unsigned int i = 0; i < SEATS; i++)
		is_int(app_kill(a, i, SIGKILL), 0, "seat %u breaks", i);
	for (int s = 0; s < SECONDS; s += 10)
		ok(probe_beats(a, 10), "ten seconds");
	n = forks(a);
	ok(n > SEATS && n <= FORKS, "tries %s: %d forks", max_tries, n);
	bytes = log_bytes(a) - bytes;
	ok(bytes > 0 && bytes <= LOG_BYTES, "%ld bytes of log", bytes);
	asked_ns = clock_now_ns();
	is_int(COMMAND(&c, "stop", "app"), 0, "it stops: %s%s", c.out, c.err);
	ok(clock_now_ns() - asked_ns <= NS_PER_S, "within %.3f s",
	    (double)(clock_now_ns() - asked_ns) / 1e9);
	is_int(app_wait_end(a), 0, "the master exits 0");
	app_free(a);
}

int
main(void)
{
	loops("8");			/* the default */
	loops("0");
	return done_testing();
}
