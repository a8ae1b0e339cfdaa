/* SPDX-License-Identifier: BSD-2-Clause */
/* t/28-logs: output goes to the seat's file, which is cut when it is too big */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sys/stat.h>

#include "t/lib/app.h"
#include "t/lib/probe.h"
#include "t/lib/tap.h"

#define LIMIT	4096

/* The one of seat 1 says more than there is room for. */
static int
talk(struct cadre_worker *w, void *arg)
{
	char line[64];

	printf("out of seat %u\n", cadre_worker_seat(w));
	fflush(stdout);
	fprintf(stderr, "err of seat %u\n", cadre_worker_seat(w));
	memset(line, 'x', sizeof(line));
	for (int i = 0; cadre_worker_seat(w) == 1 && i < 100; i++)
		(void)!write(STDERR_FILENO, line, sizeof(line));
	return app_idle(w, arg);
}

static void
config(struct cadre_master *m, void *arg)
{
	(void)arg;
	if (cadre_master_set(m, CADRE_LOG_BYTES, LIMIT) < 0)
		exit(99);
}

int
main(void)
{
	struct app *a = app_start_with(2, talk, config, NULL);
	struct cadre_shm_event e;
	char text[256] = "", path[128];
	struct stat st;
	long n;

	ok(app_wait_state(a, 0, CADRE_STATE_UP) &&
	    app_wait_state(a, 1, CADRE_STATE_UP), "two workers are up");
	n = probe_log(a, 0, text, sizeof(text) - 1);
	text[n > 0 ? n : 0] = '\0';
	is_str(text, "out of seat 0\nerr of seat 0\n", "seat 0 has its lines");
	ok(app_wait_event(a, CADRE_EVENT_LOG, 1, &e), "seat 1 says too much");
	cadre_event_text(&e, text, sizeof(text));
	ok(strstr(text, "seat-1.log cut") != NULL && strstr(text, "4096"),
	    "told: %s", text);
	is_int(probe_log(a, 1, text, sizeof(text)), 0, "its file is empty");
	app_kill(a, 1, SIGKILL);
	ok(app_wait_event(a, CADRE_EVENT_DIED, 1, &e), "the seat goes on");
	ok(app_wait_event(a, CADRE_EVENT_LOG, 1, &e), "and is cut again");
	ok(probe_log(a, 0, text, sizeof(text)) == n, "that of seat 0 is not");
	snprintf(path, sizeof(path), "%s/app/log/seat-0.log", a->dir);
	ok(stat(path, &st) == 0 && (st.st_mode & 07777) == 0640, "mode 0640");
	is_int(app_stop(a), 0, "the master exits 0");
	return done_testing();
}
