/* SPDX-License-Identifier: BSD-2-Clause */
/* t/73-doctor-sticky: clients without a key, away from home, or all at one seat are told, and what may be wrong */
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "t/lib/doctor.h"
#include "t/lib/keeper.h"
#include "t/lib/sticky.h"
#include "t/lib/tap.h"

enum { WORKERS = 2, MANY = 1100 };

static void
unkeyed(void)
{
	struct app *a = keeper_start(WORKERS, sticky_web,
	    "mode=sticky:cookie:sid");
	struct sticky_answer answer;
	struct command c;
	json_t *j;

	doctor(&c, NULL, "app", &j);
	doctor_is(j, "sticky", "ok", "0 without a key", NULL);
	json_decref(j);
	for (unsigned int i = 0; i < MANY; i++)
		(void)sticky_get(a, STICKY_CLIENT(i), "/", "other=1", &answer);
	doctor(&c, NULL, "app", &j);
	doctor_is(j, "sticky", "warn", "without a key", "set a cookie");
	json_decref(j);
	is_int(app_stop(a), 0, "the master exits 0");
}

static void
away(void)
{
	struct app *a = keeper_start(WORKERS, app_answer, "mode=sticky:addr");
	struct command c;
	json_t *j;

	ok(sticky_known(a, 32, WORKERS), "all seats are known");
	ok(app_kill(a, 1, SIGSTOP) == 0 && app_wait_event(a,
	    CADRE_EVENT_STALLED, 1, NULL), "one is stopped");
	for (unsigned int i = 0; i < MANY; i++)
		(void)sticky_visit(a, STICKY_CLIENT(i), NULL);
	doctor(&c, NULL, "app", &j);
	doctor_is(j, "sticky", "warn", "led away from home", "cadre events");
	json_decref(j);
	app_kill(a, 1, SIGCONT);
	is_int(app_stop(a), 0, "the master exits 0");
}

/* As many users as there may be, who came first by one address. */
static void
crowded(void)
{
	struct app *a = keeper_start(WORKERS, sticky_web,
	    "mode=sticky:cookie:sid");
	struct sticky_answer answer;
	struct command c;
	char cookie[32];
	json_t *j;

	for (unsigned int i = 0, n = 0; n < MANY; i++) {
		snprintf(cookie, sizeof(cookie), "sid=%u", i);
		if (sticky_home_of_text(cookie + 4, WORKERS) == 0) {
			(void)sticky_get(a, 0, "/", cookie, &answer);
			n++;
		}
	}
	doctor(&c, NULL, "app", &j);
	doctor_is(j, "sticky", "warn", "0 led away", "proxy=");
	json_decref(j);
	is_int(app_stop(a), 0, "the master exits 0");
}

int
main(void)
{
	unkeyed();
	away();
	crowded();
	return done_testing();
}
