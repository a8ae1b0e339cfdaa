/* SPDX-License-Identifier: BSD-2-Clause */
/* t/83-hello-slow-client: who does not read is waited for, without memory */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <sys/wait.h>

#include "t/lib/example.h"
#include "t/lib/tap.h"

#define REQUESTS 80000		/* the answers are more than sockets hold */

static const char get[] = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
static struct app *a;

static int
rss_pages(void)
{
	char path[64];
	int pages = -1;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/statm", (int)app_pid(a, 0));
	f = fopen(path, "r");
	if (f == NULL || fscanf(f, "%*d %d", &pages) != 1)
		bail_out("cannot read %s", path);
	fclose(f);
	return pages;
}

/* The same total for a hundred looks in a row. */
static bool
is_calm(void *arg)
{
	static uint64_t last;
	uint64_t total = app_total(a, "requests");
	int *looks = arg;

	*looks = total == last && total > 1 ? *looks + 1 : 0;
	last = total;
	return *looks == 100;
}

int
main(void)
{
	char *argv[] = { "hello", "-n", "app", "-i", "1", "-l",
	    "tcp:127.0.0.1:0", NULL };
	int fd, looks = 0, status = -1, before, asker;
	ssize_t length, n, got = 0;
	char answers[65536];

	a = example_start("hello", 1, argv, NULL);
	fd = app_connect(a);
	setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &(int){ 1 << 17 }, sizeof(int));
	example_send(fd, get, sizeof(get) - 1);
	length = recv(fd, answers, sizeof(answers), 0);
	before = rss_pages();
	asker = fork();
	if (asker == 0) {
		for (int i = 0; i < REQUESTS; i++)
			if (example_send(fd, get, sizeof(get) - 1) < 0)
				_exit(1);
		_exit(0);
	}
	ok(app_until(is_calm, &looks), "it stops reading");
	ok(app_total(a, "requests") < REQUESTS, "before it has read all");
	is_int(example_ask(a, get).status, 200, "others are answered");
	ok(rss_pages() < before + 128, "it took no memory for that");
	while (got < length * REQUESTS &&
	    (n = recv(fd, answers, sizeof(answers), 0)) > 0)
		got += n;
	is_int(got, length * REQUESTS, "then it goes on, to the last answer");
	waitpid(asker, &status, 0);
	is_int(status, 0, "all requests were sent");
	is_int(app_stop(a), 0, "TERM: exit status 0");
	return done_testing();
}
