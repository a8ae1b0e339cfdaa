/* SPDX-License-Identifier: BSD-2-Clause */
/* A program without libcadre; see plain.h. */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <arpa/inet.h>
#include <sys/socket.h>

#include "t/lib/command.h"
#include "t/lib/plain.h"
#include "t/lib/tap.h"

static void
serve(void)
{
	struct pollfd p = { .fd = 3, .events = POLLIN };
	const char *pid = getenv("LISTEN_PID");
	int fd;

	if (pid == NULL || atoi(pid) != getpid())
		_exit(99);
	while (poll(&p, 1, -1) >= 0) {
		fd = accept(3, NULL, NULL);
		if (fd < 0)
			continue;	/* it may not block */
		dprintf(fd, "%d\n", (int)getpid());
		close(fd);
	}
	_exit(98);
}

void
plain_main(int argc, char **argv)
{
	if (argc > 1 && strcmp(argv[1], "plain") == 0)
		serve();
}

const char *
plain_program(void)
{
	static char path[4096];

	if (readlink("/proc/self/exe", path, sizeof(path) - 1) < 0)
		bail_out("no /proc/self/exe");
	return path;
}

static pid_t test;

static void
end_all(void)
{
	struct command c;

	if (getpid() == test)
		COMMAND(&c, "stop", "--now", "all");
}

char *
plain_dir(void)
{
	test = getpid();
	atexit(end_all);
	return command_dir();
}

unsigned int
plain_port(const char *text)
{
	const char *at = strstr(text, "127.0.0.1:");

	return at == NULL ? 0 :
	    (unsigned int)atoi(at + strlen("127.0.0.1:"));
}

pid_t
plain_ask(unsigned int port)
{
	struct sockaddr_in in = { .sin_family = AF_INET,
	    .sin_port = htons((uint16_t)port),
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct timeval limit = { .tv_sec = 10 };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	char answer[32] = "";

	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	if (connect(fd, (struct sockaddr *)&in, sizeof(in)) == 0)
		(void)!read(fd, answer, sizeof(answer) - 1);
	close(fd);
	return answer[0] != '\0' ? atoi(answer) : -1;
}
