/* SPDX-License-Identifier: BSD-2-Clause */
/* t/80-hello-peer: hello tells the client who it is, also behind a proxy */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "t/lib/example.h"
#include "t/lib/tap.h"

#define ASK	"GET /peer HTTP/1.1\r\nHost: x\r\n\r\n"

static void
is_told(const struct app *a, const char *header, const char *want)
{
	struct answer answer = { .status = 0 };
	char request[300];
	int fd = app_connect(a);

	/* Twice on one connection: it stays who it was. */
	snprintf(request, sizeof(request), "%s" ASK ASK, header);
	example_send(fd, request, strlen(request));
	for (int i = 0; i < 2; i++) {
		example_answer(fd, false, &answer);
		ok(answer.status == 200 && strncmp(answer.body, want,
		    strlen(want)) == 0, "%s it says: %s", want, answer.body);
	}
	close(fd);
}

int
main(void)
{
	char *behind[] = { "hello", "-n", "app", "-i", "2", "-l",
	    "tcp:127.0.0.1:0,mode=rr,proxy=127.0.0.1", NULL };
	char *alone[] = { "hello", "-n", "app", "-i", "1", "-l",
	    "tcp:127.0.0.1:0", NULL };
	struct app *a = example_start("hello", 2, behind, NULL);

	is_told(a, "PROXY TCP4 192.0.2.1 198.51.100.7 40000 443\r\n",
	    "192.0.2.1 40000 by a proxy\n");
	is_told(a, "PROXY TCP6 2001:db8::1 2001:db8::2 40001 443\r\n",
	    "2001:db8::1 40001 by a proxy\n");
	is_told(a, "PROXY UNKNOWN\r\n", "127.0.0.1 ");
	is_int(app_stop(a), 0, "the master exits 0");
	a = example_start("hello", 1, alone, NULL);
	is_told(a, "", "127.0.0.1 ");
	is_int(app_stop(a), 0, "the master exits 0");
	return done_testing();
}
