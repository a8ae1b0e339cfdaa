/* SPDX-License-Identifier: BSD-2-Clause */
/* t/88-sessions-heap: a session in one worker's heap is none in another's */
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "t/lib/session.h"
#include "t/lib/tap.h"

static const char get[] = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";

int
main(void)
{
	struct app *a = session_start(2, "--store=heap", NULL);
	int one = session_connect(a, 0), other = session_connect(a, 1);
	uint64_t generation;
	struct answer first, second;
	struct visit v;

	first = example_ask(a, get);
	second = example_ask(a, get);
	is_u64(strspn(first.cookie + strlen("session="), "0123456789abcdef"),
	    32, "who has no cookie gets one");
	ok(strcmp(first.cookie, second.cookie) != 0, "each another");

	for (unsigned int i = 1; i <= 3; i++) {
		v = session_visit(one, SESSION);
		is_u64(v.count, i, "one worker counts what reaches it");
	}
	v = session_visit(other, SESSION);
	is_u64(v.seat, 1, "the fourth request reaches the other one");
	is_u64(v.count, 1, "which knows nothing of three: wrong");
	v = session_visit(one, SESSION);
	is_u64(v.count, 4, "nor does the first know of that one");

	generation = app_generation(a, 0);
	app_kill(a, 0, SIGKILL);
	ok(app_wait_respawn(a, 0, generation), "the first is replaced");
	close(one);
	one = session_connect(a, 0);
	is_u64(session_visit(one, SESSION).count, 1,
	    "and its successor begins anew");
	is_int(app_stop(a), 0, "TERM: exit status 0");
	return done_testing();
}
