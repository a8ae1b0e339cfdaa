/* SPDX-License-Identifier: BSD-2-Clause */
/* See visit.h. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/time.h>

#include "runtime/door.h"
#include "t/lib/tap.h"
#include "t/lib/visit.h"

void
visit_config(struct cadre_master *m, void *options)
{
	char path[128];

	snprintf(path, sizeof(path), "unix:%s/door-N",
	    getenv("CADRE_RUNTIME_DIR"));
	/* The shared one last: it is the first all the same. */
	if (cadre_master_seat_listen(m, "tcp:127.0.0.1:0+N", options) < 0 ||
	    cadre_master_seat_listen(m, path, options) < 0 ||
	    cadre_master_listen(m, "tcp:127.0.0.1:0", "mode=spread") < 0 ||
	    cadre_master_set(m, CADRE_MAX_WORKERS, VISIT_SEATS) < 0 ||
	    cadre_master_set(m, CADRE_DRAIN_TIMEOUT_MS, 5000) < 0)
		exit(99);
}

bool
visit_told(struct app *a, unsigned int seat, const char *what)
{
	struct cadre_shm_event e;

	while (app_wait_event(a, CADRE_EVENT_TROUBLE, seat, &e))
		if (memmem(e.text, e.text_bytes, what, strlen(what)) != NULL)
			return true;
	return false;
}

struct app *
visit_start(unsigned int workers, const char *options)
{
	struct app *a = app_start_with((int)workers, app_answer, visit_config,
	    (void *)(uintptr_t)options);

	for (unsigned int i = 0; i < workers; i++)
		if (!app_wait_state(a, i, CADRE_STATE_UP))
			bail_out("worker %u does not get ready", i);
	return a;
}

int
visit_connect(const struct app *a, unsigned int listener, unsigned int seat)
{
	struct timeval limit = { .tv_sec = APP_WAIT_S };
	struct cadre_shm_listener shown;
	struct listener l, one;
	int err, fd;

	err = cadre_region_listener(a->region, listener, &shown);
	if (err == 0)
		err = listener_parse_door(&l, shown.address, NULL);
	if (err == 0)
		err = door_of(&l, seat, &one);
	if (err < 0)
		return err;
	fd = socket(one.family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
	if (connect(fd, (const struct sockaddr *)&one.sockaddr,
	    one.sockaddr_bytes) == 0)
		return fd;
	err = -errno;
	close(fd);
	return err;
}

int
visit(const struct app *a, unsigned int listener, unsigned int seat)
{
	int fd = visit_connect(a, listener, seat), n = VISIT_LOST;
	char answer[64];
	ssize_t got;

	if (fd == -ECONNREFUSED || fd == -ENOENT)
		return VISIT_REFUSED;
	if (fd < 0)
		return VISIT_LOST;
	got = send(fd, "hello\n", 6, MSG_NOSIGNAL) != 6 ? -1 :
	    recv(fd, answer, sizeof(answer) - 1, 0);
	answer[got > 0 ? got : 0] = '\0';
	if (sscanf(answer, "seat %d ", &n) != 1)
		n = VISIT_LOST;
	close(fd);
	return n;
}

struct wanted {
	const struct app *app;
	unsigned int	listener, seat;
	int		want;
};

static bool
ends_so(void *arg)
{
	const struct wanted *w = arg;

	return visit(w->app, w->listener, w->seat) == w->want;
}

bool
visit_until(const struct app *a, unsigned int listener, unsigned int seat,
    int want)
{
	return app_until(ends_so, &(struct wanted){ a, listener, seat, want });
}

static void
visit_on(const struct app *a, unsigned int listener, unsigned int seat,
    struct visitors *v)
{
	int n;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;;) {
		n = visit(a, listener, seat);
		__atomic_add_fetch(n == (int)seat ? &v->answered : n >= 0 ?
		    &v->elsewhere : n == VISIT_REFUSED ? &v->refused :
		    &v->lost, 1, __ATOMIC_RELAXED);
		if (n < 0)
			poll(NULL, 0, 1);	/* others run, too */
	}
}

struct visitors *
visitors_begin(const struct app *a, unsigned int listener, unsigned int seat,
    unsigned int n)
{
	struct visitors *v = mmap(NULL, sizeof(*v), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pid_t pid;

	if (v == MAP_FAILED || n > sizeof(v->pids) / sizeof(v->pids[0]))
		bail_out("no room for %u visitors", n);
	while (v->n < n) {
		pid = fork();
		if (pid == 0)
			visit_on(a, listener, seat, v);
		if (pid < 0)
			bail_out("cannot fork a visitor");
		v->pids[v->n++] = pid;
	}
	return v;
}

struct more {
	const struct visitors *visitors;
	unsigned int	most;
};

static unsigned int
answered(const struct visitors *v)
{
	return __atomic_load_n(&v->answered, __ATOMIC_RELAXED) +
	    __atomic_load_n(&v->elsewhere, __ATOMIC_RELAXED);
}

static bool
enough(void *arg)
{
	const struct more *w = arg;

	return answered(w->visitors) >= w->most;
}

bool
visitors_go_on(const struct visitors *v, unsigned int n)
{
	return app_until(enough, &(struct more){ v, answered(v) + n });
}

void
visitors_end(struct visitors *v)
{
	for (unsigned int i = 0; i < v->n; i++) {
		kill(v->pids[i], SIGKILL);
		app_end_of(v->pids[i]);
	}
	v->n = 0;
}
