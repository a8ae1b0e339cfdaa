/* SPDX-License-Identifier: BSD-2-Clause */
/* t/80-hello-http: hello speaks HTTP/1.1, however its requests are cut */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "t/lib/example.h"
#include "t/lib/tap.h"
#define H	" HTTP/1.1\r\nHost: x\r\n"
static const char line[] = "GET /" H "\r\n" "HEAD /?a=b" H "\r\n"
    "GET /nix" H "\r\n" "POST /" H "Content-Length: 7\r\n\r\nGET /\r\n"
    "GET /busy?ms=x" H "\r\n"
    "POST /" H "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"
    "GET http://x/sleep?ms=1" H "Connection: close\r\n\r\n";
static const int statuses[] = { 200, 200, 404, 200, 400, 200, 200 };
#define N	(sizeof(statuses) / sizeof(statuses[0]))

/* All of `line` on one connection, in two pieces. */
static bool
pipelined(const struct app *a, size_t cut)
{
	struct answer answer;
	int fd = app_connect(a);
	bool good = example_send(fd, line, cut) == 0 &&
	    example_send(fd, line + cut, sizeof(line) - 1 - cut) == 0;

	for (size_t i = 0; i < N && good; i++) {
		example_answer(fd, i == 1, &answer);
		good = answer.status == statuses[i] &&
		    answer.closes == (i == N - 1);
	}
	good = good && example_ended(fd);
	close(fd);
	return good;
}

static void
malformed(const struct app *a, const char *request, const char *what)
{
	struct answer answer = { .status = 0 };
	int fd = app_connect(a);

	example_send(fd, request, strlen(request));
	example_answer(fd, false, &answer);
	ok(answer.status == 400 && answer.closes && example_ended(fd),
	    "%s: 400, and the end", what);
	close(fd);
}

int
main(void)
{
	char *argv[] = { "hello", "-n", "app", "-i", "2", "-l",
	    "tcp:127.0.0.1:0", NULL };
	struct app *a = example_start("hello", 2, argv, NULL);
	char large[20000] = "GET / HTTP/1.1\r\nX: ", want[64];
	struct answer answer;
	int seat = -1, pid;
	size_t cut;

	answer = example_ask(a, "GET /" H "Connection: close\r\n\r\n");
	ok(answer.status == 200 && sscanf(answer.body, "seat %d pid %d\n",
	    &seat, &pid) == 2, "200 and who answered");
	snprintf(want, sizeof(want), "seat %d pid %d\n", seat,
	    app_pid(a, (unsigned int)seat));
	is_str(answer.body, want, "the region says the same of that seat");
	for (cut = 1; cut < sizeof(line) && pipelined(a, cut); cut++)
		;
	is_u64(cut, sizeof(line), "pipelined requests, cut at each place");
	malformed(a, "what?\r\n\r\n", "no HTTP");
	memset(large + strlen(large), 'x', 17000);
	malformed(a, large, "headers over 16 KiB");
	answer = example_ask(a, "GET /sleep?ms=10001" H "\r\n");
	is_int(answer.status, 400, "a wait out of bounds");
	is_u64(app_total(a, "requests"), N * (sizeof(line) - 1) + 4, "requests");
	is_u64(app_total(a, "errors"), 2 * (sizeof(line) - 1) + 3, "errors");
	is_int(app_stop(a), 0, "TERM: exit status 0");
	return done_testing();
}
