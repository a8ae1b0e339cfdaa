/* SPDX-License-Identifier: BSD-2-Clause */
/* A program of examples/ as the app under test; see example.h. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "t/lib/example.h"
#include "t/lib/tap.h"

/* In the child: never returns. */
static void
run(const char *program, char *const argv[], int input[2], int output[2])
{
	const char *build = getenv("top_builddir");
	char path[4096];

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	snprintf(path, sizeof(path), "%s/examples/%s",
	    build != NULL ? build : ".", program);
	dup2(input[0], STDIN_FILENO);
	dup2(output[1], STDOUT_FILENO);
	execv(path, argv);
	fprintf(stderr, "%s: %s\n", path, strerror(errno));
	_exit(127);
}

static bool
attached(void *arg)
{
	struct app *a = arg;

	if (cadre_region_open(a->name, &a->region) == 0)
		return true;
	if (waitpid(a->master, &a->status, WNOHANG) == a->master)
		bail_out("the example ended at its start, status %#x",
		    (unsigned int)a->status);
	return false;
}

struct app *
example_start(const char *program, unsigned int workers, char *const argv[],
    int ret_ends[2])
{
	struct app *a = calloc(1, sizeof(*a));
	struct cadre_shm_listener l = { .address = "" };
	const char *colon;
	int input[2], output[2];

	strcpy(a->dir, "/tmp/cadre-test-XXXXXX");
	strcpy(a->name, "app");
	if (mkdtemp(a->dir) == NULL || pipe2(input, O_CLOEXEC) < 0 ||
	    pipe2(output, O_CLOEXEC) < 0)
		bail_out("example: %s", strerror(errno));
	setenv("CADRE_RUNTIME_DIR", a->dir, 1);
	fflush(stdout);
	a->master = fork();
	if (a->master == 0)
		run(program, argv, input, output);
	close(input[0]);
	close(output[1]);
	if (!app_until(attached, a))
		bail_out("%s does not come up", program);
	for (unsigned int i = 0; i < workers; i++)
		if (!app_wait_state(a, i, CADRE_STATE_UP))
			bail_out("worker %u does not get ready", i);
	cadre_region_listener(a->region, 0, &l);
	colon = strrchr(l.address, ':');
	a->port = colon != NULL ? (unsigned int)atoi(colon + 1) : 0;
	if (ret_ends != NULL) {
		ret_ends[0] = output[0];
		ret_ends[1] = input[1];
	}
	return a;
}

int
example_send(int fd, const char *text, size_t bytes)
{
	ssize_t n;

	for (; bytes > 0; text += n, bytes -= (size_t)n)
		if ((n = send(fd, text, bytes, MSG_NOSIGNAL)) < 0)
			return -errno;
	return 0;
}

/* Byte by byte up to the empty line, so that nothing of the next is taken. */
void
example_answer(int fd, bool to_head, struct answer *ret_answer)
{
	struct answer a = { .status = 0 };
	char head[1024] = "";
	const char *length, *cookie;
	size_t n = 0;

	while (n < sizeof(head) - 1 && strstr(head, "\r\n\r\n") == NULL &&
	    recv(fd, head + n, 1, 0) == 1)
		head[++n] = '\0';
	length = strstr(head, "Content-Length: ");
	*ret_answer = a;
	if (sscanf(head, "HTTP/1.1 %d ", &a.status) != 1 || length == NULL)
		return;
	a.closes = strstr(head, "Connection: close\r\n") != NULL;
	cookie = strstr(head, "Set-Cookie: ");
	if (cookie != NULL)
		sscanf(cookie, "Set-Cookie: %63[^;\r]", a.cookie);
	n = (size_t)atoi(length + strlen("Content-Length: "));
	if (n >= sizeof(a.body) || (!to_head &&
	    recv(fd, a.body, n, MSG_WAITALL) != (ssize_t)n))
		return;
	*ret_answer = a;
}

bool
example_ended(int fd)
{
	char byte;

	return recv(fd, &byte, 1, 0) == 0;
}

struct answer
example_ask(const struct app *a, const char *request)
{
	struct answer answer = { .status = 0 };
	int fd = app_connect(a);

	if (fd < 0)
		return answer;
	if (example_send(fd, request, strlen(request)) == 0)
		example_answer(fd, strncmp(request, "HEAD", 4) == 0, &answer);
	close(fd);
	return answer;
}
