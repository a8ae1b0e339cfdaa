/* SPDX-License-Identifier: BSD-2-Clause */
/* t/84-hello-drain-queue: who waits in the accept queue at a stop is served */
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "t/lib/example.h"
#include "t/lib/tap.h"

#define QUEUED	20

static const char busy[] = "GET /busy?ms=500 HTTP/1.1\r\nHost: x\r\n\r\n";
static const char get[] = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";

int
main(void)
{
	char *argv[] = { "hello", "-n", "app", "-i", "1", "-l",
	    "tcp:127.0.0.1:0", NULL };
	struct app *a = example_start("hello", 1, argv, NULL);
	int first = app_connect(a), waiting[QUEUED], served = 0;
	struct answer answer;

	/* Its only worker looks at nothing else for a while. */
	example_send(first, busy, sizeof(busy) - 1);
	if (!app_wait_total(a, "accepted", 1))
		bail_out("hello does not accept");
	for (int i = 0; i < QUEUED; i++) {
		waiting[i] = app_connect(a);
		if (waiting[i] < 0)
			bail_out("connection %d is refused", i);
		example_send(waiting[i], get, sizeof(get) - 1);
	}
	kill(a->master, SIGTERM);
	example_answer(first, false, &answer);
	is_int(answer.status, 200, "what was under way is answered");
	for (int i = 0; i < QUEUED; i++) {
		example_answer(waiting[i], false, &answer);
		served += answer.status == 200;
		close(waiting[i]);
	}
	is_int(served, QUEUED, "and all that waited behind it");
	close(first);
	is_int(app_wait_end(a), 0, "exit status 0");
	is_u64(app_total(a, "requests"), QUEUED + 1, "all were counted");
	app_free(a);
	return done_testing();
}
