/* SPDX-License-Identifier: BSD-2-Clause */
/* t/81-hello-drain: told to stop, hello finishes what is open, then leaves */
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "t/lib/example.h"
#include "t/lib/tap.h"

static const char get[] = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
static const char nap[] = "GET /sleep?ms=500 HTTP/1.1\r\nHost: x\r\n\r\n";

static int
open_one(const struct app *a, const char *text)
{
	int fd = app_connect(a);

	if (fd < 0 || example_send(fd, text, strlen(text)) < 0)
		bail_out("cannot connect to hello");
	return fd;
}

int
main(void)
{
	char *argv[] = { "hello", "-n", "app", "-i", "1", "-l",
	    "tcp:127.0.0.1:0", NULL };
	struct app *a = example_start("hello", 1, argv, NULL);
	int idle = open_one(a, get), still = open_one(a, get);
	int asleep = open_one(a, nap);
	int half = open_one(a, "GET /"), silent = open_one(a, "");
	struct answer answer;
	uint64_t asked = 0;

	example_answer(idle, false, &answer);
	ok(answer.status == 200 && !answer.closes, "kept alive before");
	example_answer(still, false, &answer);
	ok(answer.status == 200 && !answer.closes, "and another");
	if (!app_wait_total(a, "accepted", 5))
		bail_out("not all were accepted");
	kill(a->master, SIGTERM);
	ok(app_wait_event(a, CADRE_EVENT_DRAINING, 0, NULL), "it drains");

	/* The first ones may reach it before it knows. */
	do {
		example_send(idle, get, sizeof(get) - 1);
		example_answer(idle, false, &answer);
		asked++;
	} while (answer.status == 200 && !answer.closes);
	ok(answer.status == 200 && answer.closes,
	    "an idle connection may still ask, once");
	example_send(half, get + 5, sizeof(get) - 6);
	example_answer(half, false, &answer);
	ok(answer.status == 200 && answer.closes,
	    "a request begun is answered, as the last");
	example_send(silent, get, sizeof(get) - 1);
	example_answer(silent, false, &answer);
	ok(answer.status == 200 && answer.closes,
	    "one that was silent yet is still served");
	example_answer(asleep, false, &answer);
	ok(answer.status == 200 && answer.closes,
	    "what it slept over is answered, as the last");
	ok(example_ended(asleep) && example_ended(half) &&
	    example_ended(silent) && example_ended(idle),
	    "then all are closed");
	ok(example_ended(still), "and in the end who asks no more");
	is_int(app_wait_end(a), 0, "exit status 0");
	is_u64(app_total(a, "requests"), 5 + asked, "all were counted");
	app_free(a);
	return done_testing();
}
