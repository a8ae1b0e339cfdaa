/* t/57-signals: HUP reloads, TTIN and TTOU scale, USR1 opens logs anew, WINCH drains, as with nginx */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <sys/stat.h>

#include "t/lib/app.h"
#include "t/lib/restart.h"
#include "t/lib/tap.h"

#define SEATS	2

static void
config(struct cadre_master *m, void *arg)
{
	(void)arg;
	if (cadre_master_listen(m, "tcp:127.0.0.1:0", NULL) < 0 ||
	    cadre_master_set(m, CADRE_MIN_UPTIME_MS, 20) < 0)
		exit(99);
}

/* Says so on its standard output, where its log is. */
static int
serve(struct cadre_worker *w, void *arg)
{
	printf("it begins\n");
	fflush(stdout);
	return app_answer(w, arg);
}

struct log {
	const char	*path;
	off_t		least;
	struct app	*app;		/* asked to print meanwhile, or NULL */
};

static bool
is_long(void *arg)
{
	const struct log *l = arg;
	char answer[64];
	struct stat st;

	if (l->app != NULL)
		(void)app_ask(l->app, "print\n", answer, sizeof(answer));

	return stat(l->path, &st) == 0 && st.st_size >= l->least;
}

static void
logs(struct app *a)
{
	char old[200], new[200];
	struct stat st;

	snprintf(old, sizeof(old), "%s/%s/log/seat-0.log.1", a->dir, a->name);
	snprintf(new, sizeof(new), "%s/%s/log/seat-0.log", a->dir, a->name);
	ok(app_until(is_long, &(struct log){ new, 1, NULL }), "seat 0 has a "
	    "log");
	is_int(rename(new, old), 0, "it is moved away");
	kill(a->master, SIGUSR1);
	ok(app_until(is_long, &(struct log){ new, 0, NULL }), "USR1: a new "
	    "one");
	is_int(stat(new, &st) == 0 ? (int)st.st_size : -1, 0, "is empty");
	ok(app_until(is_long, &(struct log){ new, 1, a }), "its worker writes "
	    "there");
	unlink(old);
}

int
main(void)
{
	struct app *a = app_start_with(SEATS, serve, config, NULL);
	struct cadre_shm_event e;

	for (unsigned int i = 0; i < SEATS; i++)
		ok(app_wait_state(a, i, CADRE_STATE_UP), "seat %u is up", i);
	logs(a);
	kill(a->master, SIGHUP);
	ok(app_wait_event(a, CADRE_EVENT_RELOADED, CADRE_NO_SEAT, &e) &&
	    e.tries == SEATS, "HUP: both are replaced");
	kill(a->master, SIGTTIN);
	ok(app_wait_event(a, CADRE_EVENT_SCALED, CADRE_NO_SEAT, &e) &&
	    e.tries == SEATS + 1, "TTIN: one more");
	ok(app_wait_state(a, SEATS, CADRE_STATE_UP), "it is up");
	kill(a->master, SIGTTOU);
	ok(app_wait_event(a, CADRE_EVENT_SCALED, CADRE_NO_SEAT, &e) &&
	    e.tries == SEATS, "TTOU: one less");
	kill(a->master, SIGWINCH);
	for (unsigned int i = 0; i <= SEATS; i++)
		ok(app_wait_state(a, i, CADRE_STATE_EMPTY), "WINCH: seat %u is "
		    "empty", i);
	kill(a->master, SIGHUP);
	ok(app_wait_event(a, CADRE_EVENT_RELOADED, CADRE_NO_SEAT, &e) &&
	    e.tries == SEATS && e.text_bytes == 0, "HUP: they come again");
	is_int(app_stop(a), 0, "the master exits 0");
	return done_testing();
}
