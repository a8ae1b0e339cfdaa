/* SPDX-License-Identifier: BSD-2-Clause */
/* See front.h. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "t/lib/command.h"
#include "t/lib/front.h"
#include "t/lib/tap.h"

#define PATHS	"/usr/local/sbin:/usr/sbin"
#define ROUNDS	10
#define ASK_MS	20	/* between the questions of a client */

bool
front_has(const char *proxy)
{
	char path[4096];

	snprintf(path, sizeof(path), "%s:" PATHS, getenv("PATH"));
	setenv("PATH", path, 1);
	snprintf(path, sizeof(path), "command -v %s >/dev/null", proxy);
	return system(path) == 0;
}

/* Up to the empty line; what follows stays where it is. */
static bool
head_read(int fd, char *head, size_t room)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	size_t n = 0;

	head[0] = '\0';
	while (n < room - 1 && strstr(head, "\r\n\r\n") == NULL) {
		if (poll(&p, 1, APP_WAIT_S * 1000) != 1 ||
		    recv(fd, head + n, 1, 0) != 1)
			return false;
		head[++n] = '\0';
	}
	return true;
}

static void
echo(int fd, unsigned int seat)
{
	static const char *const reply = "HTTP/1.1 101 Switching Protocols\r\n"
	    "Upgrade: echo\r\nConnection: Upgrade\r\n\r\n";
	struct pollfd p = { .fd = fd, .events = POLLIN };
	char line[64], back[80];
	ssize_t n;

	(void)example_send(fd, reply, strlen(reply));
	n = poll(&p, 1, APP_WAIT_S * 1000) == 1 ?
	    recv(fd, line, sizeof(line) - 1, 0) : 0;
	line[n > 0 ? n : 0] = '\0';
	snprintf(back, sizeof(back), "%u %s", seat, line);
	(void)example_send(fd, back, strlen(back));
}

/* A look of a proxy that asks nothing ends at once. */
static void
answer(struct cadre_worker *w, int fd, const struct cadre_peer *peer)
{
	const struct sockaddr_in *in = (const void *)&peer->address;
	unsigned int seat = cadre_worker_seat(w);
	char head[4096], from[INET_ADDRSTRLEN] = "?";
	char body[3100], reply[3300];

	if (head_read(fd, head, sizeof(head))) {
		if (strcasestr(head, "\r\nUpgrade: echo\r\n") != NULL)
			echo(fd, seat);
		else {
			inet_ntop(AF_INET, &in->sin_addr, from, sizeof(from));
			snprintf(body, sizeof(body), "seat %u pid %d from %s\n"
			    "%.3000s", seat, (int)getpid(), from, head);
			snprintf(reply, sizeof(reply), "HTTP/1.1 200 OK\r\n"
			    "Content-Length: %zu\r\nConnection: close\r\n\r\n"
			    "%s", strlen(body), body);
			(void)example_send(fd, reply, strlen(reply));
		}
	}
	cadre_worker_close(w, fd);
}

static int
serve(struct cadre_worker *w, void *arg)
{
	int epfd = epoll_create1(EPOLL_CLOEXEC), fd;
	struct epoll_event e = { .events = EPOLLIN };
	struct cadre_peer peer;
	unsigned int l;

	(void)arg;
	for (l = 0; (fd = cadre_worker_listener_fd(w, l)) >= 0; l++)
		epoll_ctl(epfd, EPOLL_CTL_ADD, fd, &e);
	cadre_worker_ready(w);
	while (!cadre_worker_draining(w)) {
		cadre_worker_wait(w, epfd, &e, 1, -1);
		for (l = 0; (fd = cadre_worker_accept(w, l, &peer)) != -ENOENT;)
			if (fd >= 0)
				answer(w, fd, &peer);
			else
				l++;
	}
	return 0;
}

static void
config(struct cadre_master *m, void *options)
{
	char door[256];

	/* A busy machine moves nobody: a worker that is late is not passed. */
	snprintf(door, sizeof(door), "stalled=wait%s%s", options != NULL ?
	    "," : "", options != NULL ? (const char *)options : "");
	if (cadre_master_listen(m, "tcp:127.0.0.1:0", options) < 0 ||
	    cadre_master_seat_listen(m, "tcp:127.0.0.1:0+N", door) < 0 ||
	    cadre_master_set(m, CADRE_MAX_WORKERS, FRONT_SEATS) < 0)
		exit(99);
}

struct app *
front_app(const char *options, unsigned int workers)
{
	struct app *a = app_start_with((int)workers, serve, config,
	    (void *)(uintptr_t)options);

	for (unsigned int i = 0; i < workers; i++)
		if (!app_wait_state(a, i, CADRE_STATE_UP))
			bail_out("worker %u does not get ready", i);
	return a;
}

/* One that is free now. */
static unsigned int
free_port(void)
{
	struct sockaddr_in in = { .sin_family = AF_INET,
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t bytes = sizeof(in);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (bind(fd, (struct sockaddr *)&in, bytes) < 0 ||
	    getsockname(fd, (struct sockaddr *)&in, &bytes) < 0)
		bail_out("no port: %s", strerror(errno));
	close(fd);
	return ntohs(in.sin_port);
}

/* Its own directory, and nothing of the machine's. */
static void
command_line(const struct front *f, const char *proxy, bool tries, char *to,
    size_t room)
{
	if (strcmp(proxy, "haproxy") == 0)
		snprintf(to, room, "exec haproxy %s -f %s >%s.log 2>&1",
		    tries ? "-c" : "-db", f->conf, f->conf);
	else
		snprintf(to, room, "exec nginx %s -p %s -c %s -e %s.log -g "
		    "'daemon off; %s' >%s.out 2>&1",
		    tries ? "-t" : "", f->app->dir, f->conf, f->conf,
		    geteuid() == 0 ? "user root; " : "", f->conf);
}

static void
say_log(const struct front *f)
{
	char line[600];

	snprintf(line, sizeof(line), "cat %s %s.log %s.out 2>/dev/null | "
	    "sed 's/^/# /' >&2", f->conf, f->conf, f->conf);
	(void)!system(line);
}

/* From an address of loopback that the client chooses. */
static int
connect_from(const struct front *f, const char *from)
{
	struct sockaddr_in in = { .sin_family = AF_INET }, to = in;
	struct timeval limit = { .tv_sec = APP_WAIT_S };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	inet_pton(AF_INET, from, &in.sin_addr);
	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	to.sin_port = htons((in_port_t)f->proxy.port);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	if (bind(fd, (struct sockaddr *)&in, sizeof(in)) == 0 &&
	    connect(fd, (struct sockaddr *)&to, sizeof(to)) == 0)
		return fd;
	close(fd);
	return -1;
}

bool
front_names(const struct front *f, const char *from)
{
	int fd = connect_from(f, from);
	char text[1024] = "", want[48];
	ssize_t n = -1;

	snprintf(want, sizeof(want), " from %s\n", from);
	(void)example_send(fd, "GET / HTTP/1.0\r\n\r\n", 18);
	for (size_t at = 0; fd >= 0 && n != 0; at += (size_t)n) {
		n = recv(fd, text + at, sizeof(text) - 1 - at, 0);
		if (n < 0)
			break;
		text[at + (size_t)n] = '\0';
	}
	if (fd >= 0)
		close(fd);
	return strstr(text, want) != NULL || (diag("%s", text), false);
}

bool
front_fetch(const struct front *f, const char *cookies, char text[4096])
{
	int fd = app_connect(&f->proxy);
	size_t n = 0;
	ssize_t got = 1;

	if (fd < 0)
		return false;
	snprintf(text, 4096, "GET / HTTP/1.1\r\nHost: x\r\n"
	    "Connection: close\r\n%s%s%s\r\n", cookies[0] != '\0' ?
	    "Cookie: " : "", cookies, cookies[0] != '\0' ? "\r\n" : "");
	(void)example_send(fd, text, strlen(text));
	while (got > 0 && n < 4095) {
		got = recv(fd, text + n, 4095 - n, 0);
		n += got > 0 ? (size_t)got : 0;
	}
	text[n] = '\0';
	close(fd);
	return strncmp(text, "HTTP/1.1 200 ", 13) == 0;
}

/* Proxies write headers as they like. */
unsigned int
front_ask(const struct front *f, char cookie[64])
{
	char text[4096] = "";
	bool good = front_fetch(f, cookie, text);
	unsigned int seat = FRONT_NOWHERE;
	const char *found;

	found = strcasestr(text, "\r\nSet-Cookie: ");
	if (found != NULL)
		(void)sscanf(found + 14, "%63[^;\r]", cookie);
	found = strstr(text, "\r\n\r\nseat ");
	if (good && found != NULL)
		(void)sscanf(found + 9, "%u", &seat);
	else
		fprintf(stderr, "# %.60s\n", text);
	return seat;
}

static bool
is_there(void *arg)
{
	const struct front *f = arg;
	int fd = app_connect(&f->proxy);
	char text[64] = "";

	if (fd < 0)
		return false;
	(void)example_send(fd, "GET / HTTP/1.0\r\n\r\n", 18);
	(void)!recv(fd, text, sizeof(text) - 1, 0);
	close(fd);
	return strstr(text, " 200 ") != NULL;
}

/* Where one may not use the directories that nginx was built with. */
static void
temporary(const struct front *f)
{
	char line[800];

	snprintf(line, sizeof(line), "sed -i 's,^pid .*,pid %s.pid;,' %s",
	    f->conf, f->conf);
	(void)!system(line);
	if (geteuid() == 0)
		return;
	snprintf(line, sizeof(line), "sed -i 's,^http {,&access_log off;"
	    "client_body_temp_path %s/1;proxy_temp_path %s/2;"
	    "fastcgi_temp_path %s/3;uwsgi_temp_path %s/4;"
	    "scgi_temp_path %s/5;,' %s", f->app->dir, f->app->dir, f->app->dir,
	    f->app->dir, f->app->dir, f->conf);
	(void)!system(line);
}

void
front_start(struct front *f, struct app *a, const char *proxy,
    const char *by)
{
	char listen[32], line[800];
	struct command c;

	*f = (struct front){ .app = a, .proxy.port = free_port() };
	snprintf(f->conf, sizeof(f->conf), "%s/%s.conf", a->dir, proxy);
	snprintf(listen, sizeof(listen), "127.0.0.1:%u", f->proxy.port);
	is_int(COMMAND(&c, "gen", proxy, "--by", by, "-l", listen, "-o",
	    f->conf, a->name), 0, "%s by %s: there is a configuration%s",
	    proxy, by, c.err);
	temporary(f);
	command_line(f, proxy, true, line, sizeof(line));
	ok(system(line) == 0, "which is valid") || (say_log(f), 0);
	command_line(f, proxy, false, line, sizeof(line));
	f->pid = fork();
	if (f->pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGTERM);
		execl("/bin/sh", "sh", "-c", line, (char *)NULL);
		_exit(127);
	}
	ok(app_until(is_there, f), "and %s answers with it", proxy) ||
	    (say_log(f), 0);
}

struct said {
	const struct front *front;
	const char	*text;
};

static bool
has_said(void *arg)
{
	const struct said *s = arg;
	char path[160], text[65536];
	size_t n;
	FILE *f;

	snprintf(path, sizeof(path), "%s.log", s->front->conf);
	f = fopen(path, "re");
	if (f == NULL)
		return false;
	n = fread(text, 1, sizeof(text) - 1, f);
	text[n] = '\0';
	fclose(f);
	return strstr(text, s->text) != NULL;
}

bool
front_says(struct front *f, const char *text)
{
	return app_until(has_said, &(struct said){ f, text });
}

void
front_stop(struct front *f)
{
	kill(f->pid, SIGTERM);
	app_end_of(f->pid);
}

static void
ask_on(const struct front *f, struct front_clients *c, unsigned int me)
{
	char cookie[64] = "";
	unsigned int seat;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;; poll(NULL, 0, ASK_MS)) {
		seat = front_ask(f, cookie);
		if (seat == FRONT_NOWHERE) {
			__atomic_add_fetch(&c->failed, 1, __ATOMIC_RELAXED);
			continue;
		}
		if (c->seat[me] != FRONT_NOWHERE && c->seat[me] != seat)
			__atomic_add_fetch(&c->moved, 1, __ATOMIC_RELAXED);
		__atomic_store_n(&c->seat[me], seat, __ATOMIC_RELAXED);
		__atomic_add_fetch(&c->rounds[me], 1, __ATOMIC_RELAXED);
		__atomic_add_fetch(&c->answered, 1, __ATOMIC_RELAXED);
	}
}

struct front_clients *
front_clients(const struct front *f)
{
	struct front_clients *c = mmap(NULL, sizeof(*c), PROT_READ |
	    PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (c == MAP_FAILED)
		bail_out("no memory");
	memset(c->seat, 0xff, sizeof(c->seat));
	for (unsigned int i = 0; i < FRONT_CLIENTS; i++) {
		pid_t pid = fork();

		if (pid == 0)
			ask_on(f, c, i);
		if (pid < 0)
			bail_out("cannot fork a client");
		c->pids[c->n++] = pid;
	}
	return c;
}

struct more {
	const struct front_clients *clients;
	unsigned int	rounds[FRONT_CLIENTS];
};

static bool
all_had(void *arg)
{
	const struct more *m = arg;

	for (unsigned int i = 0; i < FRONT_CLIENTS; i++)
		if (__atomic_load_n(&m->clients->rounds[i],
		    __ATOMIC_RELAXED) - m->rounds[i] < ROUNDS)
			return false;
	return true;
}

bool
front_goes_on(const struct front_clients *c)
{
	struct more m = { .clients = c };

	memcpy(m.rounds, c->rounds, sizeof(m.rounds));
	return app_until(all_had, &m);
}

void
front_end(struct front_clients *c)
{
	for (unsigned int i = 0; i < c->n; i++) {
		kill(c->pids[i], SIGKILL);
		app_end_of(c->pids[i]);
	}
	c->n = 0;
}
