/* SPDX-License-Identifier: BSD-2-Clause */
/* t/71-journal: a reader that does not read delays nobody, and is told so */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <sys/socket.h>

#include "t/lib/tap.h"
#include "tools/journal.h"

#define LINES	3000		/* more than a pipe or socket takes */

/* Write as one whose standard error is `to`; what `from` reads after that. */
static void
flood(const char *what, int to, int from)
{
	static char text[1 << 20];
	int kept = dup(STDERR_FILENO), flags = fcntl(to, F_GETFL);
	struct journal j;
	ssize_t n;

	dup2(to, STDERR_FILENO);
	journal_stderr(&j);
	alarm(20);		/* ends a journal that waits */
	for (int i = 0; i < LINES; i++)
		journal_text(&j, "a line that is neither short nor long, with "
		    "a \033[31m control byte");
	alarm(0);
	ok(j.lost > 0 && j.lost < LINES, "%s: %d of %d lines are lost", what,
	    (int)j.lost, LINES);
	is_int(fcntl(to, F_GETFL), flags, "the others' way to write is as ever");
	n = read(from, text, sizeof(text) - 1);
	text[n > 0 ? n : 0] = '\0';
	ok(n > 0 && strchr(text, '\033') == NULL &&
	    strstr(text, "a \\x1b[31m control") != NULL, "no control byte");
	/* A socket gives a line at a time; all of them first. */
	while (recv(from, text, sizeof(text), MSG_DONTWAIT) > 0)
		;
	journal_text(&j, "the end");
	is_u64(j.lost, 0, "then there is room again");
	n = read(from, text, sizeof(text) - 1);
	text[n > 0 ? n : 0] = '\0';
	dup2(kept, STDERR_FILENO);
	journal_close(&j);
	ok(strstr(text, "lines before this could not be written\n") != NULL,
	    "and what is missing is said") || (diag("%s", text), 0);
	close(kept);
	close(to);
	close(from);
}

int
main(void)
{
	int fd[2];

	if (pipe(fd) < 0)
		bail_out("pipe: %s", strerror(errno));
	flood("pipe", fd[1], fd[0]);
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, fd) < 0)
		bail_out("socketpair: %s", strerror(errno));
	flood("socket", fd[1], fd[0]);
	return done_testing();
}
