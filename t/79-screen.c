/* SPDX-License-Identifier: BSD-2-Clause */
/* t/79-screen: stat repaints a terminal, keeps to its width, invents no rate */
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sys/wait.h>

#include "t/lib/app.h"
#include "t/lib/command.h"
#include "t/lib/tap.h"

#define HOME	"\033[H"

/* Run stat on a terminal of 50 by 12 until it has painted twice. */
static void
watch(char *screen, size_t room)
{
	struct winsize size = { .ws_row = 12, .ws_col = 50 };
	const char *const words[] = { "stat", "-w", "0.1", "app", NULL };
	char *second = NULL;
	size_t at = 0;
	ssize_t n;
	pid_t pid;
	int fd;

	fflush(stdout);
	pid = forkpty(&fd, NULL, NULL, &size);
	if (pid == 0)
		command_exec(words);
	while (at < room - 1 && (n = read(fd, screen + at, room - 1 - at)) > 0) {
		screen[at += (size_t)n] = '\0';
		if ((second = strstr(screen, HOME)) != NULL &&
		    (second = strstr(second + 1, HOME)) != NULL)
			break;
	}
	kill(pid, SIGINT);
	close(fd);
	waitpid(pid, NULL, 0);
	ok(second != NULL, "it paints again");
}

/* The longest line of the first screen, and how many there are. */
static size_t
measure(const char *screen, int *ret_lines)
{
	const char *end = strstr(screen, "\033[J");
	size_t n, width = 0;

	*ret_lines = 0;
	for (screen = strstr(screen, HOME) + 3; screen < end; ++*ret_lines) {
		n = strcspn(screen, "\033\r\n");
		width = n > width ? n : width;
		screen += strcspn(screen, "\n") + 1;
	}
	return width;
}

int
main(void)
{
	struct app *a = app_start(4, app_idle);
	char *screen = calloc(1, 65536);
	struct command c;
	size_t width;
	int lines;

	watch(screen, 65536);
	width = measure(screen, &lines);
	ok(width <= 50 && width > 20, "no line over 50 columns: %zu", width);
	ok(lines < 12 && lines > 6, "nor over 11 lines: %d", lines);
	ok(strstr(screen, "SEAT") != NULL && strstr(screen, "CPU%") == NULL,
	    "seats stay, what matters least went");
	is_int(COMMAND(&c, "stat", "app"), 0, "on no terminal: once");
	ok(strchr(c.out, '\033') == NULL && strstr(c.out, "CPU%") != NULL,
	    "without escapes, with all columns");
	ok(strstr(c.out, "  -   0    0     -    -") != NULL,
	    "and with no rate, for there was one look");
	app_stop(a);
	free(screen);
	return done_testing();
}
