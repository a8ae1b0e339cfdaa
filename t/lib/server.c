/* SPDX-License-Identifier: BSD-2-Clause */
/* A worker that keeps connections; see server.h. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "shm/clock.h"
#include "t/lib/server.h"

#define EVENTS		64
#define LISTENER	UINT64_C(0x100000000)

struct server_seat *server_seats;

void
server_share(void)
{
	size_t bytes = CADRE_SEATS_MAX * sizeof(*server_seats);

	if (server_seats == NULL)
		server_seats = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
		    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	memset(server_seats, 0, bytes);
}

/* Each seat has one writer at a time. */
static void
count(const struct cadre_worker *w, int opened, unsigned int turns)
{
	struct server_seat *s;

	if (server_seats == NULL)
		return;
	s = &server_seats[cadre_worker_seat(w)];
	s->turns += turns;
	s->open += (unsigned int)opened;
	if (s->open > s->most)
		s->most = s->open;
}

static void
hello(unsigned int ms)
{
	(void)ms;
}

static void
spin(unsigned int ms)
{
	uint64_t end_ns = clock_now_ns() + ms * NS_PER_MS;

	while (ms == 0 || clock_now_ns() < end_ns)
		;
}

static void
deaf(unsigned int ms)
{
	signal(SIGABRT, SIG_IGN);
	spin(ms);
}

static void
nap(unsigned int ms)
{
	struct timespec t = { ms / 1000, (long)(ms % 1000 * NS_PER_MS) };

	while (nanosleep(&t, &t) < 0 && errno == EINTR)
		;
}

/* The child sleeps, and we wait for it as one does for a disk. */
static void
disk(unsigned int ms)
{
	pid_t pid = vfork();

	if (pid == 0) {
		struct timespec t = { ms / 1000, (long)(ms % 1000 * NS_PER_MS) };

		syscall(SYS_nanosleep, &t, NULL);
		_exit(0);
	}
	waitpid(pid, NULL, 0);
}

static void
limit(unsigned int n)
{
	struct rlimit all;

	getrlimit(RLIMIT_NOFILE, &all);
	all.rlim_cur = n;
	setrlimit(RLIMIT_NOFILE, &all);
}

static const struct act {
	const char	*word;
	void		(*run)(unsigned int number);
} acts[] = {
	{ "hello", hello }, { "spin", spin }, { "deaf", deaf },
	{ "sleep", nap }, { "disk", disk }, { "limit", limit },
};

static void
act_on(struct cadre_worker *w, int fd)
{
	char line[64], answer[64], word[16] = "";
	uint64_t begin_ns = clock_now_ns();
	unsigned int number = 0;
	ssize_t n;

	n = recv(fd, line, sizeof(line) - 1, MSG_DONTWAIT);
	if (n < 0 && errno == EBADF && server_seats != NULL)
		server_seats[cadre_worker_seat(w)].stale++;
	if (n < 0 && (errno == EAGAIN || errno == EBADF))
		return;
	if (n <= 0) {
		cadre_worker_close(w, fd);
		count(w, -1, 0);
		return;
	}
	line[n] = '\0';
	(void)sscanf(line, "%15s %u", word, &number);
	for (size_t i = 0; i < sizeof(acts) / sizeof(acts[0]); i++)
		if (strcmp(word, acts[i].word) == 0)
			acts[i].run(number);
	cadre_counter_add(app_requests, 1);
	n = snprintf(answer, sizeof(answer), "seat %u %llu\n",
	    cadre_worker_seat(w),
	    (unsigned long long)(clock_now_ns() - begin_ns));
	(void)!send(fd, answer, (size_t)n, MSG_NOSIGNAL);
}

static void
accept_all(struct cadre_worker *w, int epfd, unsigned int l)
{
	struct epoll_event e = { .events = EPOLLIN };
	int fd;

	while ((fd = cadre_worker_accept(w, l, NULL)) >= 0) {
		count(w, 1, 0);
		e.data.u64 = (uint64_t)fd;
		epoll_ctl(epfd, EPOLL_CTL_ADD, fd, &e);
	}
}

int
server_run(struct cadre_worker *w, void *arg)
{
	struct epoll_event events[EVENTS], e = { .events = EPOLLIN };
	int epfd = epoll_create1(EPOLL_CLOEXEC), fd, n;
	uint64_t what;

	(void)arg;
	for (unsigned int l = 0; (fd = cadre_worker_listener_fd(w, l)) >= 0;) {
		e.data.u64 = LISTENER + l++;
		epoll_ctl(epfd, EPOLL_CTL_ADD, fd, &e);
	}
	cadre_worker_ready(w);
	while (!cadre_worker_draining(w)) {
		n = cadre_worker_wait(w, epfd, events, EVENTS, -1);
		count(w, 0, 1);
		for (int i = 0; i < n; i++) {
			what = events[i].data.u64;
			if (what >= LISTENER)
				accept_all(w, epfd,
				    (unsigned int)(what - LISTENER));
			else
				act_on(w, (int)what);
		}
	}
	return 0;
}

void
server_set(struct cadre_master *m, enum cadre_option o, int64_t value)
{
	if (cadre_master_set(m, o, value) < 0)
		exit(99);
}

void
server_config(struct cadre_master *m, const char *mode)
{
	char options[32];

	snprintf(options, sizeof(options), "mode=%s",
	    mode != NULL ? mode : "auto");
	if (cadre_master_listen(m, "tcp:127.0.0.1:0", options) < 0)
		exit(99);
	server_set(m, CADRE_MIN_UPTIME_MS, 0);
}

int
server_open(const struct app *a, const char *line)
{
	int fd = app_connect(a);

	if (fd >= 0)
		(void)!send(fd, line, strlen(line), MSG_NOSIGNAL);
	return fd;
}

int
server_answer(int fd, unsigned int *ret_seat, uint64_t *ret_ns)
{
	unsigned long long ns = 0;
	unsigned int seat = 0;
	char line[64];
	ssize_t n = recv(fd, line, sizeof(line) - 1, 0);

	line[n > 0 ? n : 0] = '\0';
	if (sscanf(line, "seat %u %llu", &seat, &ns) != 2)
		return -EPIPE;
	if (ret_seat != NULL)
		*ret_seat = seat;
	if (ret_ns != NULL)
		*ret_ns = ns;
	return 0;
}

int
server_answers(const int *fds, int n, int timeout_ms)
{
	uint64_t end_ns = clock_now_ns() + (uint64_t)timeout_ms * NS_PER_MS;
	struct pollfd p = { .events = POLLIN };
	int ready;

	do {
		ready = 0;
		for (int i = 0; i < n; i++) {
			p.fd = fds[i];
			ready += poll(&p, 1, 0) > 0;
		}
		poll(NULL, 0, ready < n);
	} while (ready < n && clock_now_ns() < end_ns);
	return ready;
}

bool
server_all_up(struct app *a, unsigned int workers)
{
	for (unsigned int i = 0; i < workers; i++)
		if (!app_wait_state(a, i, CADRE_STATE_UP))
			return false;
	return true;
}

struct caused {
	struct app	*app;
	unsigned int	seat;
	uint64_t	cause;
};

static bool
is_caused(void *arg)
{
	const struct caused *c = arg;
	struct cadre_seat_view v;

	return app_seat(c->app, c->seat, &v) &&
	    v.newest.life.cause == c->cause &&
	    (v.newest.life.stalled_ns != 0) == (c->cause != 0);
}

static bool
is_busy(void *arg)
{
	const struct caused *c = arg;
	struct cadre_seat_view v;

	return app_seat(c->app, c->seat, &v) &&
	    v.newest.busy_ns >= 20 * NS_PER_MS;
}

bool
server_busy(struct app *a, unsigned int seat)
{
	struct caused c = { a, seat, 0 };

	return app_until(is_busy, &c);
}

bool
server_cause(struct app *a, unsigned int seat, uint64_t cause)
{
	struct caused c = { a, seat, cause };

	return app_until(is_caused, &c);
}
