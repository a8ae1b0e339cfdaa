/* SPDX-License-Identifier: BSD-2-Clause */
/* Apps that keep connections; see keeper.h. */
#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sys/socket.h>

#include "t/lib/keeper.h"
#include "t/lib/probe.h"
#include "t/lib/tap.h"

#define EVENTS		16
#define KNOWN_ASKS	10000
#define LISTENER	(UINT64_C(1) << 32)	/* in the tag of an event */

static void
config(struct cadre_master *m, void *arg)
{
	char words[256], path[128], *word, *save = NULL;
	int err = cadre_master_set(m, CADRE_MIN_UPTIME_MS, 0);

	snprintf(words, sizeof(words), "%s", (const char *)arg);
	for (word = strtok_r(words, " ", &save); word != NULL && err == 0;
	    word = strtok_r(NULL, " ", &save)) {
		if (strcmp(word, "busy") == 0) {
			err = cadre_master_set(m, CADRE_BUSY_POLL_US, 1000);
		} else if (strncmp(word, "unix,", 5) == 0) {
			snprintf(path, sizeof(path), "unix:%s/web",
			    getenv("CADRE_RUNTIME_DIR"));
			err = cadre_master_listen(m, path, word + 5);
		} else if (word[0] == '6')
			err = cadre_master_listen(m, "tcp:[::1]:0", word + 2);
		else
			err = cadre_master_listen(m, "tcp:127.0.0.1:0", word);
	}
	if (err < 0)
		exit(cadre_fail(err));
}

struct app *
keeper_start(int workers, cadre_worker_fn *fn, const char *options)
{
	struct app *a = app_start_with(workers, fn, config,
	    (void *)(uintptr_t)options);

	for (int i = 0; i < workers; i++)
		if (!app_wait_state(a, (unsigned int)i, CADRE_STATE_UP))
			bail_out("worker %d does not get ready", i);
	return a;
}

static void
greet(struct cadre_worker *w, int epfd, int fd)
{
	struct epoll_event e = { .events = EPOLLIN, .data.fd = fd };
	uint32_t seat = cadre_worker_seat(w);

	if (app_requests != NULL)
		cadre_counter_add(app_requests, 1);
	(void)!send(fd, &seat, sizeof(seat), MSG_NOSIGNAL);
	if (epoll_ctl(epfd, EPOLL_CTL_ADD, fd, &e) < 0)
		cadre_worker_close(w, fd);
}

static void
echo(struct cadre_worker *w, int fd)
{
	char bytes[64];
	ssize_t n = recv(fd, bytes, sizeof(bytes), MSG_DONTWAIT);

	if (n > 0)
		(void)!send(fd, bytes, (size_t)n, MSG_NOSIGNAL);
	else if (n == 0 || errno != EAGAIN)
		cadre_worker_close(w, fd);
}

int
keeper(struct cadre_worker *w, void *arg)
{
	struct epoll_event e = { .events = EPOLLIN }, events[EVENTS];
	int epfd = epoll_create1(EPOLL_CLOEXEC), fd, n;

	(void)arg;
	for (unsigned int l = 0; (fd = cadre_worker_listener_fd(w, l)) >= 0;
	    l++) {
		e.data.u64 = LISTENER | l;
		epoll_ctl(epfd, EPOLL_CTL_ADD, fd, &e);
	}
	cadre_worker_ready(w);
	while (!cadre_worker_draining(w)) {
		n = cadre_worker_wait(w, epfd, events, EVENTS, -1);
		for (int i = 0; i < n; i++)
			if ((events[i].data.u64 & LISTENER) == 0)
				echo(w, events[i].data.fd);
			else
				while ((fd = cadre_worker_accept(w,
				    (unsigned int)events[i].data.u64,
				    NULL)) >= 0)
					greet(w, epfd, fd);
	}
	for (unsigned int l = 0; cadre_worker_listener_fd(w, l) >= 0; l++)
		while ((fd = cadre_worker_accept(w, l, NULL)) >= 0)
			greet(w, epfd, fd);
	cadre_worker_turn_end(w);	/* says that it has left */
	return 0;
}

int
keeper_greeted(int fd)
{
	uint32_t seat = 0;
	ssize_t n = recv(fd, &seat, sizeof(seat), MSG_WAITALL);

	return n == sizeof(seat) ? (int)seat : n < 0 ? -errno : -EPIPE;
}

int
keeper_enter(const struct app *a, unsigned int *ret_seat)
{
	int fd = app_connect(a), seat;

	if (fd < 0)
		return fd;
	seat = keeper_greeted(fd);
	if (seat < 0) {
		close(fd);
		return seat;
	}
	*ret_seat = (unsigned int)seat;
	return fd;
}

bool
keeper_echoes(int fd)
{
	char byte = 'x';

	return send(fd, &byte, 1, MSG_NOSIGNAL) == 1 &&
	    recv(fd, &byte, 1, 0) == 1 && byte == 'x';
}

unsigned int
keeper_port(const struct app *a, unsigned int listener)
{
	struct cadre_shm_listener l;
	const char *colon;

	if (cadre_region_listener(a->region, listener, &l) < 0 ||
	    (colon = strrchr(l.address, ':')) == NULL)
		return 0;
	return (unsigned int)strtoul(colon + 1, NULL, 10);
}

int64_t
keeper_load(const struct app *a, unsigned int seat)
{
	struct cadre_seat_view v;

	return app_seat(a, seat, &v) ? v.newest.load : INT64_MAX;
}

/* All threads of that process, in that state of proc(5). */
static bool
all_are(pid_t pid, char wanted)
{
	char path[64], state;
	struct dirent *d;
	unsigned int all = 0, are = 0;
	DIR *tasks;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/task", (int)pid);
	tasks = opendir(path);
	while (tasks != NULL && (d = readdir(tasks)) != NULL) {
		if (d->d_name[0] == '.')
			continue;
		all++;
		snprintf(path, sizeof(path), "/proc/%d/task/%.16s/stat",
		    (int)pid, d->d_name);
		f = fopen(path, "re");
		if (f == NULL)
			continue;
		are += fscanf(f, "%*d (%*[^)]) %c", &state) == 1 &&
		    state == wanted;
		fclose(f);
	}
	if (tasks != NULL)
		closedir(tasks);
	return all > 0 && are == all;
}

struct rest {
	struct app	*app;
	unsigned int	seats;
	uint64_t	accepted;
};

static bool
rests(void *arg)
{
	const struct rest *r = arg;

	for (unsigned int i = 0; i < r->seats; i++)
		if (keeper_load(r->app, i) != 0)
			return false;
	return app_total(r->app, "open") == 0;
}

bool
keeper_rests(struct app *a, unsigned int seats)
{
	struct rest r = { .app = a, .seats = seats };

	return app_until(rests, &r);
}

static bool
idle(void *arg)
{
	const struct rest *r = arg;

	if (!rests(arg) || app_total(r->app, "done") != r->accepted ||
	    app_total(r->app, "accepted") != r->accepted)
		return false;
	for (unsigned int i = 0; i < r->seats; i++)
		if (!all_are(app_pid(r->app, i), 'S'))
			return false;
	return true;
}

bool
keeper_idle(struct app *a, unsigned int seats, uint64_t accepted)
{
	struct rest r = { a, seats, accepted };

	return app_until(idle, &r);
}

bool
keeper_known(struct app *a, unsigned int workers)
{
	uint32_t seen = 0, all = (1U << workers) - 1;
	unsigned int seat;
	int fd;

	for (int i = 0; i < KNOWN_ASKS && seen != all; i++) {
		fd = keeper_enter(a, &seat);
		if (fd < 0)
			continue;
		seen |= 1U << seat;
		close(fd);
	}
	return seen == all && keeper_rests(a, workers);
}

bool
keeper_stands(pid_t pid)
{
	return all_are(pid, 'T');
}

/* A thread that was not reached yet still works. */
static bool
stands(void *arg)
{
	return keeper_stands(*(pid_t *)arg);
}

bool
keeper_stand(pid_t pid)
{
	return pid > 0 && kill(pid, SIGSTOP) == 0 && app_until(stands, &pid);
}

static bool
accepts(void *arg)
{
	struct cadre_app app;

	return cadre_region_app(((struct app *)arg)->region, &app) == 0 &&
	    app.acceptor_pid > 0;
}

pid_t
keeper_acceptor(const struct app *a)
{
	struct cadre_app app = { .acceptor_pid = 0 };

	if (app_until(accepts, (void *)(uintptr_t)a))
		cadre_region_app(a->region, &app);
	return (pid_t)app.acceptor_pid;
}
