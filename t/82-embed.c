/* SPDX-License-Identifier: BSD-2-Clause */
/* t/82-embed: a cadre in a service leaves its signals and children alone */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "t/lib/example.h"
#include "t/lib/tap.h"

/* Read up to a line that begins so; the number behind that. */
static int
line_after(FILE *from, const char *prefix, char *line, size_t bytes)
{
	while (fgets(line, (int)bytes, from) != NULL)
		if (strncmp(line, prefix, strlen(prefix)) == 0)
			return atoi(line + strlen(prefix));
	bail_out("the service ended before it said: %s", prefix);
}

static uint64_t
signals(pid_t pid, const char *field)
{
	char line[256];
	FILE *f;

	snprintf(line, sizeof(line), "/proc/%d/status", pid);
	f = fopen(line, "r");
	line_after(f, field, line, sizeof(line));
	fclose(f);
	return strtoull(line + strlen(field), NULL, 16);
}

int
main(void)
{
	const uint64_t own = 1U << (SIGTERM - 1) | 1U << (SIGINT - 1);
	const uint64_t asan = 1U << (SIGSEGV - 1) | 1U << (SIGBUS - 1) |
	    1U << (SIGFPE - 1);
	char *argv[] = { "embed", "app", NULL };
	char line[1024] = "", want[64];
	struct cadre_seat_view seat;
	int ends[2], pid, fd;
	struct app *a = example_start("embed", 2, argv, ends);
	FILE *said = fdopen(ends[0], "r");

	line_after(said, "with a thread: ", line, sizeof(line));
	ok(strstr(line, "2 threads run") != NULL, "no fork beside a thread");
	pid = line_after(said, "child ", line, sizeof(line));
	line_after(said, "listening on tcp:127.0.0.1:", line, sizeof(line));
	is_u64(signals(a->master, "SigBlk:"), own, "blocked: what it blocked");
	is_u64(signals(a->master, "SigCgt:") & INT32_MAX & ~asan, 0,
	    "caught: none");
	fd = app_connect(a);
	is_int(recv(fd, line, 5, MSG_WAITALL), 5, "a worker greets");

	/* A worker dies and so does the child: each is its parent's business. */
	app_seat(a, 0, &seat);
	app_kill(a, 0, SIGKILL);
	dprintf(ends[1], "7\n");
	ok(app_wait_respawn(a, 0, seat.newest.life.generation),
	    "the cadre replaced its worker");
	snprintf(want, sizeof(want), "child %d exited: 7\n", pid);
	line_after(said, "child ", line, sizeof(line));
	is_str(line, want, "the service reaped its own child");
	pid = line_after(said, "child ", line, sizeof(line));
	kill(pid, SIGKILL);
	snprintf(want, sizeof(want), "child %d died: signal 9\n", pid);
	line_after(said, "child ", line, sizeof(line));
	is_str(line, want, "and a killed one");

	close(ends[1]);
	line_after(said, "cadre: stopped", line, sizeof(line));
	is_int(app_wait_end(a), 0, "the end of its input ends it, status 0");
	app_free(a);
	return done_testing();
}
