/* SPDX-License-Identifier: BSD-2-Clause */
/* An app under test; see app.h. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "shm/clock.h"
#include "t/lib/app.h"
#include "t/lib/tap.h"

struct cadre_counter *app_requests;

bool
app_until(bool (*done)(void *), void *arg)
{
	uint64_t end_ns = clock_now_ns() + APP_WAIT_S * NS_PER_S;

	while (!done(arg)) {
		if (clock_now_ns() > end_ns)
			return false;
		poll(NULL, 0, 1);
	}
	return true;
}

static void
end_when_ready(const struct cadre_shm_event *e, void *arg)
{
	(void)arg;
	if (e->kind == CADRE_EVENT_READY)
		kill(getpid(), SIGTERM);
}

void
app_once(struct cadre_master *m, void *arg)
{
	(void)arg;
	cadre_master_on_event(m, end_when_ready, NULL);
}

/* In the child: never returns. */
static void
master_main(const char *name, int workers, cadre_worker_fn *fn,
    app_config_fn *config, void *arg)
{
	struct cadre_master *m;
	int err;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	err = cadre_master_new(name, &m);
	if (err == 0)
		err = cadre_master_counter(m, "requests", "", "requests",
		    &app_requests);
	if (err == 0)
		err = cadre_master_workers(m, workers, fn, arg);
	if (err == 0 && config != NULL)
		config(m, arg);
	if (err < 0)
		exit(cadre_fail(err));
	err = cadre_master_run(m);
	cadre_master_free(m);
	exit(err);
}

static void
listen_config(struct cadre_master *m, void *arg)
{
	(void)arg;
	if (cadre_master_listen(m, "tcp:127.0.0.1:0", NULL) < 0)
		exit(99);
}

static bool
attached(void *arg)
{
	struct app *a = arg;
	int status;

	if (cadre_region_open(a->name, &a->region) == 0)
		return true;
	/* A master that ended will not come up any more. */
	if (waitpid(a->master, &status, WNOHANG) == a->master)
		bail_out("the master ended at its start, status %#x", status);
	return false;
}

struct app *
app_start_with(int workers, cadre_worker_fn *fn, app_config_fn *config,
    void *arg)
{
	struct cadre_shm_listener l;
	struct app *a = calloc(1, sizeof(*a));
	const char *colon;

	strcpy(a->dir, "/tmp/cadre-test-XXXXXX");
	strcpy(a->name, "app");
	if (mkdtemp(a->dir) == NULL)
		bail_out("mkdtemp: %s", strerror(errno));
	setenv("CADRE_RUNTIME_DIR", a->dir, 1);
	fflush(stdout);
	a->master = fork();
	if (a->master == 0)
		master_main(a->name, workers, fn,
		    config != NULL ? config : listen_config, arg);
	if (!app_until(attached, a))
		bail_out("no region: %s", cadre_error(-ETIMEDOUT));
	if (cadre_region_listener(a->region, 0, &l) == 0 &&
	    strncmp(l.address, "tcp:", 4) == 0 &&
	    (colon = strrchr(l.address, ':')) != NULL)
		a->port = (unsigned int)strtoul(colon + 1, NULL, 10);
	return a;
}

struct app *
app_start(int workers, cadre_worker_fn *fn)
{
	struct app *a = app_start_with(workers, fn, NULL, NULL);

	for (int i = 0; i < workers; i++)
		if (!app_wait_state(a, (unsigned int)i, CADRE_STATE_UP))
			bail_out("worker %d does not get ready", i);
	return a;
}

int
app_try(int workers, cadre_worker_fn *fn, app_config_fn *config, void *arg,
    const char *dir, char *err, size_t bytes)
{
	struct pollfd more = { .events = POLLIN };
	int p[2], status = -1;
	size_t used = 0;
	ssize_t n = 0;
	pid_t pid;

	if (pipe(p) < 0)
		bail_out("pipe: %s", strerror(errno));
	more.fd = p[0];
	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		dup2(p[1], STDERR_FILENO);
		close(p[0]);
		close(p[1]);
		setenv("CADRE_RUNTIME_DIR", dir, 1);
		master_main("app", workers, fn, config, arg);
	}
	close(p[1]);
	/* One that goes on for too long did start: it shows as killed. */
	while (used < bytes - 1 && (n = poll(&more, 1, APP_WAIT_S * 1000) > 0 ?
	    read(p[0], err + used, bytes - 1 - used) : -1) > 0)
		used += (size_t)n;
	err[used] = '\0';
	close(p[0]);
	if (n < 0)
		kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	return status;
}

static bool
ended(void *arg)
{
	struct app *a = arg;

	if (a->master != 0 &&
	    waitpid(a->master, &a->status, WNOHANG) == a->master)
		a->master = 0;
	return a->master == 0;
}

int
app_wait_end(struct app *a)
{
	return app_until(ended, a) ? a->status : -1;
}

void
app_free(struct app *a)
{
	char command[96];

	cadre_region_close(a->region);
	if (a->master != 0) {
		kill(a->master, SIGKILL);
		waitpid(a->master, NULL, 0);
	}
	snprintf(command, sizeof(command), "rm -rf %s", a->dir);
	(void)!system(command);
	free(a);
}

int
app_stop(struct app *a)
{
	int status;

	if (a->master != 0)
		kill(a->master, SIGTERM);
	status = app_wait_end(a);
	app_free(a);
	return status;
}

bool
app_seat(const struct app *a, unsigned int seat, struct cadre_seat_view *view)
{
	return cadre_region_seat(a->region, seat, view) == 0;
}

int
app_seat_gone(const struct app *a, unsigned int seats)
{
	struct cadre_seat_view v;

	for (unsigned int i = 0; i < seats; i++)
		if (!app_seat(a, i, &v) || v.state != CADRE_STATE_UP)
			return (int)i;
	return -1;
}

pid_t
app_pid(const struct app *a, unsigned int seat)
{
	struct cadre_seat_view v;

	return app_seat(a, seat, &v) && v.has_newest ?
	    (pid_t)v.newest.life.pid : 0;
}

uint64_t
app_generation(const struct app *a, unsigned int seat)
{
	struct cadre_seat_view v;

	return app_seat(a, seat, &v) ? v.newest.life.generation : 0;
}

int
app_kill(const struct app *a, unsigned int seat, int signal)
{
	pid_t pid = app_pid(a, seat);
	int err = -ESRCH, fd;

	fd = pid > 0 ? pidfd_open(pid, 0) : -1;
	if (fd < 0)
		return err;
	/* Still its row: then the descriptor is of that very process. */
	if (app_pid(a, seat) == pid)
		err = pidfd_send_signal(fd, signal, NULL, 0) < 0 ? -errno : 0;
	close(fd);
	return err;
}

uint64_t
app_total(const struct app *a, const char *metric)
{
	uint64_t values[256];
	int i = cadre_region_find(a->region, metric);

	return i >= 0 && i < cadre_region_totals(a->region, values, 256) ?
	    values[i] : UINT64_MAX;
}

struct waited {
	struct app	*app;
	unsigned int	seat;
	uint32_t	kind;
	uint64_t	number;
	const char	*metric;
	struct cadre_shm_event *event;
};

static bool
in_state(void *arg)
{
	struct waited *w = arg;
	struct cadre_seat_view v;

	return app_seat(w->app, w->seat, &v) && v.state == w->kind &&
	    v.newest.life.generation >= w->number;
}

bool
app_wait_state(struct app *a, unsigned int seat, uint32_t state)
{
	struct waited w = { .app = a, .seat = seat, .kind = state };

	return app_until(in_state, &w);
}

static bool
is_idle(void *arg)
{
	struct waited *w = arg;
	struct cadre_seat_view v;

	return app_seat(w->app, w->seat, &v) && v.newest.idle &&
	    v.state == CADRE_STATE_UP;
}

bool
app_wait_idle(struct app *a, unsigned int seat)
{
	struct waited w = { .app = a, .seat = seat };

	return app_until(is_idle, &w);
}

bool
app_wait_respawn(struct app *a, unsigned int seat, uint64_t generation)
{
	struct waited w = { .app = a, .seat = seat, .kind = CADRE_STATE_UP,
	    .number = generation + 1 };

	return app_until(in_state, &w);
}

bool
app_kill_next(struct app *a, unsigned int seat, uint64_t *inout_generation)
{
	if (!app_wait_respawn(a, seat, *inout_generation))
		return false;
	*inout_generation = app_generation(a, seat);
	return app_kill(a, seat, SIGKILL) == 0;
}

static bool
counted(void *arg)
{
	struct waited *w = arg;
	uint64_t total = app_total(w->app, w->metric);

	return total != UINT64_MAX && total >= w->number;
}

bool
app_wait_total(struct app *a, const char *metric, uint64_t total)
{
	struct waited w = { .app = a, .metric = metric, .number = total };

	return app_until(counted, &w);
}

static bool
happened(void *arg)
{
	struct waited *w = arg;

	while (cadre_region_events(w->app->region, &w->app->events, w->event,
	    1) == 1)
		if (w->event->kind == w->kind && w->event->seat == w->seat)
			return true;
	return false;
}

bool
app_wait_event(struct app *a, uint32_t kind, unsigned int seat,
    struct cadre_shm_event *ret_event)
{
	struct cadre_shm_event e;
	struct waited w = {
		.app = a, .seat = seat, .kind = kind,
		.event = ret_event != NULL ? ret_event : &e,
	};

	return app_until(happened, &w);
}

struct child {
	pid_t	pid;
	int	status;
};

/* An orphan becomes our child a little after its parent's end. */
static bool
reaped(void *arg)
{
	struct child *c = arg;

	return c->pid > 0 && waitpid(c->pid, &c->status, WNOHANG) == c->pid;
}

int
app_end_of(pid_t pid)
{
	struct child c = { .pid = pid };

	return app_until(reaped, &c) ? c.status : -1;
}

static bool
no_process(void *arg)
{
	return kill(*(pid_t *)arg, 0) < 0 && errno == ESRCH;
}

bool
app_gone(pid_t pid)
{
	return app_until(no_process, &pid);
}
