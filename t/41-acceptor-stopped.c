/* t/41-acceptor-stopped: an acceptor that stands while connections wait is replaced, and they are answered */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>
#include <unistd.h>

#include "t/lib/keeper.h"
#include "t/lib/tap.h"

enum { WAITING = 10 };

int
main(void)
{
	struct app *a = keeper_start(2, keeper, "mode=rr");
	pid_t pid = keeper_acceptor(a);
	int fds[WAITING], answered = 0;
	struct cadre_shm_event e;

	ok(keeper_stand(pid), "the acceptor is stopped");
	for (int i = 0; i < WAITING; i++)
		fds[i] = app_connect(a);
	for (int i = 0; i < WAITING; i++) {
		answered += keeper_greeted(fds[i]) >= 0;
		close(fds[i]);
	}
	is_int(answered, WAITING, "all who waited are answered");
	ok(app_wait_event(a, CADRE_EVENT_ACCEPTOR, CADRE_NO_SEAT, &e) &&
	    strstr(e.text, "takes nothing") != NULL, "it is told why");
	ok(keeper_acceptor(a) != pid, "by another acceptor");
	ok(app_gone(pid), "the first is gone");
	is_int(app_stop(a), 0, "the master exits 0");
	return done_testing();
}
