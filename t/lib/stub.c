/* SPDX-License-Identifier: BSD-2-Clause */
/* See stub.h. */
#include "t/lib/stub.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <netinet/in.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "shm/clock.h"
#include "t/lib/tap.h"

#define CONNS_MAX	1024
#define SEATS		4
#define WORDS_MAX	32

struct conn {
	uint64_t	number;		/* the how manieth */
	uint64_t	accepted_ns;
	size_t		bytes;
	char		text[1024];
};

static struct pollfd fds[CONNS_MAX + 1];	/* [0] listens */
static struct conn conns[CONNS_MAX + 1];
static nfds_t nfds = 1;
static struct stub_seen *seen;
static uint32_t sources[CONNS_MAX];

static void
leave(nfds_t i, bool reset)
{
	const struct linger none = { .l_onoff = 1 };

	if (reset)
		setsockopt(fds[i].fd, SOL_SOCKET, SO_LINGER, &none,
		    sizeof(none));
	close(fds[i].fd);
	nfds--;
	fds[i] = fds[nfds];
	conns[i] = conns[nfds];
}

static void
answer(const struct stub_plan *p, nfds_t i)
{
	struct conn *c = &conns[i];
	bool closes = strstr(c->text, "Connection: close") != NULL;
	char body[64], stamp[64] = "", text[256];

	seen->requests++;
	if (p->stall_at != 0 && seen->requests == p->stall_at)
		poll(NULL, 0, p->stall_ms);
	snprintf(body, sizeof(body), "seat %llu pid %d\n",
	    (unsigned long long)(c->number % SEATS), (int)getpid());
	if (p->stamp != NULL)
		snprintf(stamp, sizeof(stamp), "%s: %llu\r\n", p->stamp,
		    (unsigned long long)c->accepted_ns);
	snprintf(text, sizeof(text), "HTTP/1.1 200 OK\r\n%s"
	    "Content-Length: %zu\r\n\r\n%s", stamp, strlen(body), body);
	c->bytes = 0;
	if (p->after == STUB_MUTE)
		return;
	if (p->answer != NULL)
		snprintf(text, sizeof(text), "%s", p->answer);
	send(fds[i].fd, text, strlen(text), MSG_NOSIGNAL);
	if (p->after != STUB_KEEP || closes)
		leave(i, p->after == STUB_RESET);
}

static void
take(const struct stub_plan *p, nfds_t i)
{
	struct conn *c = &conns[i];
	ssize_t n = recv(fds[i].fd, c->text + c->bytes,
	    sizeof(c->text) - 1 - c->bytes, 0);

	if (n <= 0) {
		leave(i, false);
		return;
	}
	c->bytes += (size_t)n;
	c->text[c->bytes] = '\0';
	if (strstr(c->text, "\r\n\r\n") != NULL)
		answer(p, i);
}

static void
meet(void)
{
	struct sockaddr_in in;
	socklen_t bytes = sizeof(in);
	uint64_t i = 0;
	int fd = accept4(fds[0].fd, (struct sockaddr *)&in, &bytes,
	    SOCK_CLOEXEC);

	if (fd < 0)
		return;
	if (nfds > CONNS_MAX) {
		close(fd);
		return;
	}
	fds[nfds] = (struct pollfd){ .fd = fd, .events = POLLIN };
	conns[nfds] = (struct conn){ .number = seen->accepted++,
	    .accepted_ns = clock_now_ns() };
	nfds++;
	while (i < seen->sources && sources[i] != in.sin_addr.s_addr)
		i++;
	sources[i] = in.sin_addr.s_addr;
	if (i == seen->sources && i < CONNS_MAX - 1)
		seen->sources++;
}

static void
count(void)
{
	uint64_t silent = 0, half = 0;

	for (nfds_t i = 1; i < nfds; i++) {
		silent += conns[i].bytes == 0;
		half += conns[i].bytes > 0;
	}
	seen->open = nfds - 1;
	seen->silent = silent;
	seen->half = half;
}

static void __attribute__((noreturn))
serve(const struct stub_plan *p)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;;) {
		poll(fds, nfds, -1);
		for (nfds_t i = nfds - 1; i > 0; i--)
			if (fds[i].revents != 0)
				take(p, i);
		if (fds[0].revents != 0)
			meet();
		count();
	}
}

void
stub_start(struct stub *s, const struct stub_plan *p)
{
	struct sockaddr_in in = { .sin_family = AF_INET };
	socklen_t bytes = sizeof(in);

	in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	seen = mmap(NULL, sizeof(*seen), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	fds[0].fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	fds[0].events = POLLIN;
	if (seen == MAP_FAILED ||
	    bind(fds[0].fd, (struct sockaddr *)&in, sizeof(in)) < 0 ||
	    listen(fds[0].fd, CONNS_MAX) < 0 ||
	    getsockname(fds[0].fd, (struct sockaddr *)&in, &bytes) < 0)
		bail_out("no server: %s", strerror(errno));
	snprintf(s->address, sizeof(s->address), "tcp:127.0.0.1:%u",
	    (unsigned int)ntohs(in.sin_port));
	s->seen = seen;
	fflush(stdout);
	s->pid = fork();
	if (s->pid < 0)
		bail_out("fork: %s", strerror(errno));
	if (s->pid == 0)
		serve(p);
	close(fds[0].fd);
}

void
stub_stop(struct stub *s)
{
	kill(s->pid, SIGKILL);
	waitpid(s->pid, NULL, 0);
}

static void __attribute__((noreturn))
become(const struct stub *s, const char *const words[])
{
	const char *build = getenv("top_builddir");
	char path[4096], *argv[WORDS_MAX] = { path, (char *)"--json" };
	int n = 2;

	snprintf(path, sizeof(path), "%s/bench/cadre-load",
	    build != NULL ? build : ".");
	for (; n < WORDS_MAX - 2 && *words != NULL; words++)
		argv[n++] = (char *)(uintptr_t)*words;
	if (s != NULL)
		argv[n] = (char *)(uintptr_t)s->address;
	execv(path, argv);
	dprintf(STDERR_FILENO, "%s: %s\n", path, strerror(errno));
	_exit(127);
}

void
load_start(struct command *c, const struct stub *s, const char *const words[])
{
	memset(c, 0, sizeof(*c));
	c->fd[0] = memfd_create("out", MFD_CLOEXEC);
	c->fd[1] = memfd_create("err", MFD_CLOEXEC);
	fflush(stdout);
	if (c->fd[0] < 0 || c->fd[1] < 0 || (c->pid = fork()) < 0)
		bail_out("cannot start cadre-load: %s", strerror(errno));
	if (c->pid != 0) {
		setpgid(c->pid, c->pid);	/* whoever is first */
		return;
	}
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	setpgid(0, 0);
	dup2(c->fd[0], STDOUT_FILENO);
	dup2(c->fd[1], STDERR_FILENO);
	become(s, words);
}

json_t *
load_run(struct command *c, const struct stub *s, const char *const words[])
{
	load_start(c, s, words);
	command_ends(c);
	if (c->err[0] != '\0')
		diag("%s", c->err);
	return command_json(c);
}
