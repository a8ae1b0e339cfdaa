/* t/54-door-reload: no client of a seat's door sees a reload, a crash or a quick restart */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <signal.h>

#include "t/lib/restart.h"
#include "t/lib/tap.h"
#include "t/lib/visit.h"

static void
told(const struct visitors *v, const char *what)
{
	is_u64(v->refused + v->lost, 0, "%s: %u answered, %u elsewhere, none "
	    "refused or lost", what, v->answered, v->elsewhere);
}

int
main(void)
{
	struct app *a = visit_start(2, NULL);
	struct visitors *tcp = visitors_begin(a, VISIT_TCP, 0, 2);
	struct visitors *file = visitors_begin(a, VISIT_UNIX, 0, 2);
	unsigned int elsewhere;
	uint64_t generation;
	char why[300];

	ok(visitors_go_on(tcp, 50) && visitors_go_on(file, 50), "they come");
	is_u64(tcp->elsewhere + file->elsewhere, 0, "and meet their seat");
	is_int(ask_reload(a, 0, why, sizeof(why)), 0, "a reload%s", why);
	ok(visitors_go_on(tcp, 50) && visitors_go_on(file, 50), "they go on");
	elsewhere = tcp->elsewhere + file->elsewhere;
	is_u64(elsewhere, 0, "still at their seat");
	is_int(ask_restart(a, why, sizeof(why)), 0, "a restart%s", why);
	ok(visitors_go_on(tcp, 50) && visitors_go_on(file, 50), "they go on");
	visitors_end(tcp);
	visitors_end(file);
	told(tcp, "tcp");
	told(file, "unix");

	/* What a worker had accepted when it was killed is lost with it. */
	generation = app_generation(a, 0);
	app_kill(a, 0, SIGSTOP);
	app_kill(a, 0, SIGKILL);
	for (int i = 0; i < 50; i++)
		if (visit(a, VISIT_TCP, 0) < 0)
			generation = UINT64_MAX;
	ok(generation != UINT64_MAX, "50 at its door while it comes back");
	ok(app_wait_respawn(a, 0, generation), "it came back");
	is_int(app_stop(a), 0, "the master exits 0");
	return done_testing();
}
