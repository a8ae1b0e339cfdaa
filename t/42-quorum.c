/* t/42-quorum: when fewer seats than the quorum are not parked the app lets the others finish and exits 1 */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sys/wait.h>

#include "t/lib/app.h"
#include "t/lib/probe.h"
#include "t/lib/restart.h"
#include "t/lib/tap.h"

#define SEATS	3

/* Where a file of the seat's name is, its worker cannot be. */
static int
serve(struct cadre_worker *w, void *arg)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/broken-%u",
	    getenv("CADRE_RUNTIME_DIR"), cadre_worker_seat(w));
	if (access(path, F_OK) == 0) {
		fprintf(stderr, "this seat is broken\n");
		return 9;
	}
	return app_idle(w, arg);
}

static void
config(struct cadre_master *m, void *arg)
{
	if (cadre_master_set(m, CADRE_MAX_TRIES, 2) < 0 ||
	    cadre_master_set(m, CADRE_BACKOFF_FIRST_MS, 1) < 0 ||
	    cadre_master_set(m, CADRE_QUORUM, *(int *)arg) < 0)
		exit(99);
}

static void
breaks(struct app *a, unsigned int seat)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/broken-%u", a->dir, seat);
	fclose(fopen(path, "we"));
	ok(app_kill(a, seat, SIGKILL) == 0, "seat %u breaks", seat);
	ok(app_wait_event(a, CADRE_EVENT_PARKED, seat, NULL), "is parked");
}

static struct app *
begin(int quorum)
{
	struct app *a = app_start_with(SEATS, serve, config, &quorum);

	for (unsigned int i = 0; i < SEATS; i++)
		ok(app_wait_state(a, i, CADRE_STATE_UP), "quorum %d: seat %u "
		    "is up", quorum, i);
	return a;
}

static void
clean(struct app *a)
{
	char path[128];

	for (unsigned int i = 0; i < SEATS; i++) {
		snprintf(path, sizeof(path), "%s/broken-%u", a->dir, i);
		unlink(path);
	}
}

static void
gives_up(int quorum, unsigned int last)
{
	struct app *a = begin(quorum);
	struct cadre_shm_event e = { .kind = 0 };

	for (unsigned int i = 0; i < last; i++)
		breaks(a, i);
	ok(app_wait_event(a, CADRE_EVENT_TROUBLE, CADRE_NO_SEAT, &e) &&
	    strstr(e.text, "gives up") != NULL, "%.*s", (int)e.text_bytes,
	    e.text);
	for (unsigned int i = last; i < SEATS; i++)
		ok(app_wait_event(a, CADRE_EVENT_DRAINING, i, NULL),
		    "seat %u may finish", i);
	is_int(WEXITSTATUS(app_wait_end(a)), 1, "the app exits 1");
	clean(a);
	app_free(a);
}

int
main(void)
{
	int too_many = SEATS + 1;
	struct app *a;
	char err[1024];
	const char *dir;

	gives_up(1, SEATS);
	gives_up(2, 2);
	a = begin(0);
	for (unsigned int i = 0; i < SEATS; i++)
		breaks(a, i);
	clean(a);
	is_int(ask_reset(a, CADRE_NO_SEAT, err, sizeof(err)), 0, "without a "
	    "quorum it stays, and a reset");
	for (unsigned int i = 0; i < SEATS; i++)
		ok(app_wait_state(a, i, CADRE_STATE_UP), "brings seat %u", i);
	is_int(app_stop(a), 0, "the master exits 0");
	dir = probe_dir();
	ok(WEXITSTATUS(app_try(SEATS, serve, config, &too_many, dir, err,
	    sizeof(err))) == 1 && strstr(err, "quorum of 4 cannot be met by 3 "
	    "workers") != NULL, "a quorum that cannot be met: %s", err);
	ok(probe_empty(dir), "nothing is left behind");
	return done_testing();
}
