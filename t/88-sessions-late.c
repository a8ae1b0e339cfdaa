/* SPDX-License-Identifier: BSD-2-Clause */
/* t/88-sessions-late: while the master is silent, 503 in time, and others served */
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "t/lib/session.h"
#include "t/lib/tap.h"

static const char elsewhere[] = "GET /nix HTTP/1.1\r\nHost: x\r\n\r\n";

int
main(void)
{
	struct app *a = session_start(1, "--store=message", "--timeout=300");
	int fd = session_connect(a, 0), leaver = session_connect(a, 0);
	int other = session_connect(a, 0);
	const char request[] = "GET / HTTP/1.1\r\nCookie: session=" SESSION
	    "\r\n\r\n";
	struct answer answer;
	uint64_t errors;

	is_u64(session_visit(fd, SESSION).count, 1, "the master answers");
	kill(a->master, SIGSTOP);
	example_send(leaver, request, strlen(request));
	example_send(fd, request, strlen(request));
	example_send(other, elsewhere, strlen(elsewhere));
	example_answer(other, false, &answer);
	is_int(answer.status, 404, "stopped: what needs no store is answered");
	close(leaver);
	example_answer(fd, false, &answer);
	is_int(answer.status, 503, "what does gets 503 when its time is over");
	kill(a->master, SIGCONT);
	is_u64(session_visit(fd, SESSION).count, 4,
	    "it goes on: the two before were counted, though too late");
	errors = app_total(a, "errors");
	ok(errors == 2 || errors == 3,
	    "errors: one of each kind, and of who left if not closed before");
	is_int(app_stop(a), 0, "TERM: exit status 0");
	return done_testing();
}
