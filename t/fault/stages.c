/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The scenario is a table: start, answers, a killed worker and its successor,
 * a restart, a reload, an observer. Each stage is waited for.
 */
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sys/socket.h>

#include "shm/frame.h"
#include "shm/rundir.h"
#include "t/fault/scene.h"
#include "t/lib/keeper.h"
#include "t/lib/probe.h"

#define ANSWER_NS	(3 * NS_PER_S)
#define LATE_NS		(4 * NS_PER_S)	/* a base tick, and the restart's */
#define AGAIN_NS	(300 * NS_PER_MS)
#define ALWAYS_NS	(300 * NS_PER_MS)

bool
scene_attached(struct scene *s)
{
	struct cadre_shm_listener l;
	const char *colon;

	if (cadre_region_open(FAULT_APP, &s->app.region) < 0)
		return false;
	if (cadre_region_listener(s->app.region, 0, &l) == 0 &&
	    (colon = strrchr(l.address, ':')) != NULL)
		s->app.port = (unsigned int)strtoul(colon + 1, NULL, 10);
	return true;
}

bool
scene_all_up(struct scene *s)
{
	struct cadre_seat_view v;

	for (unsigned int i = 0; i < FAULT_WORKERS; i++)
		if (!app_seat(&s->app, i, &v) ||
		    v.state != CADRE_STATE_UP ||
		    v.newest.life.generation <= s->generation[i])
			return false;
	s->served = true;
	return true;
}

/*
 * As a proxy would, in two parts; before that one that is refused. Who reads
 * the parts together does not wait for the second: mostly it does.
 */
static void
introduce(struct scene *s, int fd)
{
	int other = s->c->kind == FAULT_PROXIED ? app_connect(&s->app) : -1;

	if (other >= 0) {
		(void)!send(other, "hello\n", 6, MSG_NOSIGNAL);
		close(other);
	}
	/* A key may come yet, and does not. */
	if (s->c->kind == FAULT_PEEKED) {
		(void)!send(fd, "GET /", 5, MSG_NOSIGNAL);
		poll(NULL, 0, 3);
	}
	if (s->c->kind != FAULT_PROXIED)
		return;
	(void)!send(fd, "PROXY UNK", 9, MSG_NOSIGNAL);
	poll(NULL, 0, 3);
	(void)!send(fd, "NOWN\r\n", 6, MSG_NOSIGNAL);
}

/* One request. A worker that died of it leaves it without an answer. */
static bool
ask(struct scene *s)
{
	uint64_t end_ns = clock_now_ns() + ANSWER_NS;
	struct pollfd p = { .events = POLLIN };
	char answer[64];
	bool came = false;

	p.fd = app_connect(&s->app);
	if (p.fd < 0)
		return false;
	introduce(s, p.fd);
	if (send(p.fd, "hello\n", 6, MSG_NOSIGNAL) == 6) {
		s->asked++;
		while (!s->ended && clock_now_ns() < end_ns &&
		    poll(&p, 1, 2) == 0)
			scene_tend(s);
		came = recv(p.fd, answer, sizeof(answer), MSG_DONTWAIT) > 0;
		s->acked += came;
	}
	close(p.fd);
	return came;
}

bool
scene_answers(struct scene *s)
{
	return ask(s) && ask(s);
}

static void
note(struct scene *s)
{
	for (unsigned int i = 0; i < FAULT_WORKERS; i++)
		s->generation[i] = app_generation(&s->app, i);
}

static void
kill_one(struct scene *s)
{
	note(s);
	s->generation[1] = 0;
	(void)app_kill(&s->app, 0, SIGKILL);
}

static bool
has_fired(struct scene *s)
{
	return scene_fired(s) != 0;
}

void
scene_sock_close(struct scene *s)
{
	if (s->sock >= 0)
		close(s->sock);
	s->sock = -1;
}

static void
replace_ask(struct scene *s)
{
	/* Of a reload; a restart asks nobody. A keeper counts who connects. */
	static const struct cadre__frame_reload asks = { .probe = "exit 0" };
	static const struct cadre__frame_reload plain;
	const struct cadre__frame_reload *how = s->c->kind == FAULT_KEPT ?
	    &plain : &asks;
	const struct cadre__frame f = { .type = s->asks,
	    .length = sizeof(*how) };
	char path[512];
	int dir = cadre__rundir_find(FAULT_APP, path, sizeof(path));

	scene_sock_close(s);
	if (dir >= 0) {
		s->sock = cadre__rundir_connect(dir);
		close(dir);
	}
	if (s->sock >= 0)
		(void)cadre__frame_send(s->sock, &f, how, NULL, 0);
}

static void
restart(struct scene *s)
{
	note(s);
	s->asks = CADRE_FRAME_RESTART;
	replace_ask(s);
}

static void
reload(struct scene *s)
{
	note(s);
	s->asks = CADRE_FRAME_RELOAD;
	replace_ask(s);
}

/* One that a fault ended early is asked for again. */
static bool
replaced(struct scene *s)
{
	struct pollfd p = { .fd = s->sock, .events = POLLIN };

	if (scene_all_up(s)) {
		scene_sock_close(s);
		return true;
	}
	if (s->sock < 0 || poll(&p, 1, 0) > 0)
		replace_ask(s);
	return false;
}

static bool
acceptor(const struct scene *s, struct cadre_app *app)
{
	return cadre_region_app(s->app.region, app) == 0 &&
	    app->acceptor_pid > 0;
}

static void
kill_acceptor(struct scene *s)
{
	struct cadre_app app;

	s->acceptor = 0;
	if (acceptor(s, &app)) {
		s->acceptor = (pid_t)app.acceptor_pid;
		kill(s->acceptor, SIGKILL);
	}
}

static bool
another_accepts(struct scene *s)
{
	struct cadre_app app;

	return acceptor(s, &app) && (pid_t)app.acceptor_pid != s->acceptor;
}

/* Not waited for: what becomes of it depends on the point. */
static void
client(struct scene *s, const char *line)
{
	int fd = s->nheld < SCENE_HELD ? app_connect(&s->app) : -1;

	if (fd < 0)
		return;
	s->held[s->nheld++] = fd;
	s->asked += *line != '\0';
	(void)!send(fd, line, strlen(line), MSG_NOSIGNAL);
}

static bool
let_go(struct scene *s)
{
	while (s->nheld > 0)
		close(s->held[--s->nheld]);
	memset(s->generation, 0, sizeof(s->generation));
	return scene_all_up(s);
}

static bool
none_reads(struct scene *s)
{
	return app_total(&s->app, "open") == 0;
}

static bool
one_reads(struct scene *s)
{
	return app_total(&s->app, "open") > 0;
}

/*
 * In turn: of two seats the first reads from one who says nothing. It stalls,
 * and what it has not picked up is taken back, and is the other's end.
 */
static void
strand(struct scene *s)
{
	static const char *const lines[] = { "hello\n", "die\n", "hello\n" };

	note(s);
	if (s->c->kind != FAULT_HANDED)
		return;
	(void)scene_until(s, none_reads, ANSWER_NS);
	client(s, "");
	(void)scene_until(s, one_reads, ANSWER_NS);
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		client(s, lines[i]);
}

/* Three in one message for each, and the first is its end: two are lost. */
static void
pick_up(struct scene *s)
{
	static const char *const lines[] = { "die\n", "die\n", "hello\n",
	    "hello\n", "hello\n", "hello\n" };
	struct cadre_app app = { .acceptor_pid = 0 };
	uint64_t begun_ns = s->begun_ns;

	note(s);
	if (s->c->kind != FAULT_HANDED || !acceptor(s, &app))
		return;
	(void)scene_until(s, none_reads, ANSWER_NS);
	kill((pid_t)app.acceptor_pid, SIGSTOP);
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		client(s, lines[i]);
	kill((pid_t)app.acceptor_pid, SIGCONT);
	s->begun_ns = begun_ns;		/* of the stage that this is part of */
}

/* One of them has died of it; unless the point has changed the order. */
static bool
one_died(struct scene *s)
{
	bool died = s->c->kind != FAULT_HANDED || has_fired(s) ||
	    clock_now_ns() - s->begun_ns > ANSWER_NS;

	for (unsigned int i = 0; i < FAULT_WORKERS; i++) {
		died |= app_generation(&s->app, i) > s->generation[i];
		s->generation[i] = died ? 0 : s->generation[i];
	}
	return died && let_go(s);
}

/* More than they may keep: who is ahead steps out, who is full sheds. */
static bool
crowded(struct scene *s)
{
	if (s->c->kind == FAULT_KEPT && s->nheld < SCENE_HELD) {
		client(s, "hello\n");
		return false;
	}
	return let_go(s);
}

static void
scale(struct scene *s, int32_t workers)
{
	const struct cadre__frame_scale to = { .workers = workers };
	const struct cadre__frame f = { .type = CADRE_FRAME_SCALE,
	    .length = sizeof(to) };
	char path[512];
	int dir = -1;

	scene_sock_close(s);
	if (s->c->kind == FAULT_FORKED)
		dir = cadre__rundir_find(FAULT_APP, path, sizeof(path));
	if (dir < 0)
		return;
	s->sock = cadre__rundir_connect(dir);
	close(dir);
	if (s->sock >= 0)
		(void)cadre__frame_send(s->sock, &f, &to, NULL, 0);
}

static void
one_more(struct scene *s)
{
	scale(s, FAULT_WORKERS + 1);
}

static void
one_less(struct scene *s)
{
	scale(s, FAULT_WORKERS);
}

/* What a fault left undone is asked for again. */
static bool
scaled(struct scene *s, uint32_t state, int32_t workers)
{
	struct pollfd p = { .fd = s->sock, .events = POLLIN };
	struct cadre_seat_view v;

	if (s->c->kind != FAULT_FORKED)
		return true;
	if (app_seat(&s->app, FAULT_WORKERS, &v) && v.state == state) {
		scene_sock_close(s);
		return true;
	}
	if (s->sock < 0 || (poll(&p, 1, 0) > 0 && (p.revents & POLLHUP) != 0))
		scale(s, workers);
	return false;
}

static bool
is_more(struct scene *s)
{
	return scaled(s, CADRE_STATE_UP, FAULT_WORKERS + 1);
}

static bool
is_less(struct scene *s)
{
	struct cadre_seat_view v;

	for (unsigned int i = 0; i < FAULT_WORKERS; i++)
		if (s->c->kind == FAULT_FORKED && (!app_seat(&s->app, i, &v) ||
		    v.state != CADRE_STATE_UP))
			return false;
	return scaled(s, CADRE_STATE_EMPTY, FAULT_WORKERS);
}

static bool
another_attaches(struct scene *s)
{
	struct cadre_region *region;

	(void)s;
	if (cadre_region_open(FAULT_APP, &region) < 0)
		return false;
	cadre_region_close(region);
	return true;
}

/* How many travel in one message is chance, and who steps out: once more. */
static void
try_chance(struct scene *s)
{
	/* Not so often that a seat is parked. */
	if (s->c->kind == FAULT_HANDED && s->nheld == 0 &&
	    clock_now_ns() - s->tried_ns > AGAIN_NS) {
		s->tried_ns = clock_now_ns();
		pick_up(s);
	} else if (s->c->kind == FAULT_HANDED && s->nheld > 0)
		(void)one_died(s);
	if (s->c->kind == FAULT_PROXIED || s->c->kind == FAULT_PEEKED)
		(void)ask(s);
	else if (s->c->kind == FAULT_KEPT && s->nheld == SCENE_HELD)
		(void)let_go(s);
	else if (s->c->kind == FAULT_KEPT)
		client(s, "hello\n");
}

/* What comes by the clock: a tick, and what it looks at. */
static bool
late_ones(struct scene *s)
{
	if (s->c->dry && clock_now_ns() - s->begun_ns > 1200 * NS_PER_MS)
		return let_go(s);
	if (!s->c->dry && (!s->c->quiet || has_fired(s)))
		return let_go(s);
	try_chance(s);
	return false;
}

/* And no child that was not reaped. */
static bool
all_given_back(struct scene *s)
{
	int fds = probe_fds(s->app.master);

	if (s->c->dry)
		s->r->fds = fds;
	return (s->c->dry || fds == s->c->fds) &&
	    probe_children(s->app.master, 0) == FAULT_WORKERS + 1;
}

static const struct stage {
	const char	*what;
	void		(*begin)(struct scene *);
	bool		(*done)(struct scene *);
} stages[] = {
	{ "there is a region", NULL, scene_attached },
	{ "all workers are up", NULL, scene_all_up },
	{ "requests are answered", NULL, scene_answers },
	{ "a killed worker is replaced", kill_one, scene_all_up },
	{ "requests are answered afterwards", NULL, scene_answers },
	{ "a restart replaces all", restart, replaced },
	{ "requests are answered by the new ones", NULL, scene_answers },
	{ "a reload replaces all", reload, replaced },
	{ "requests are answered by those", NULL, scene_answers },
	{ "what a stalled worker was given", strand, one_died },
	{ "what dead workers had picked up", pick_up, one_died },
	{ "more connections than there is room for", NULL, crowded },
	{ "a killed acceptor is replaced", kill_acceptor, another_accepts },
	{ "requests are answered by another acceptor", NULL, scene_answers },
	{ "a worker more", one_more, is_more },
	{ "a worker less", one_less, is_less },
	{ "an observer attaches", NULL, another_attaches },
	{ "the point is reached", NULL, late_ones },
	{ "all workers are up in the end", NULL, scene_all_up },
	{ "the master has what it had, and no more", NULL, all_given_back },
};

void
scene_go_through(struct scene *s)
{
	const size_t n = sizeof(stages) / sizeof(stages[0]);

	for (const struct stage *g = stages; g < stages + n; g++) {
		if (g->begin != NULL)
			g->begin(s);
		if (scene_until(s, g->done, STAGE_NS))
			continue;
		if (!s->ended)
			scene_wrong(s, "not seen: %s", g->what);
		return;
	}
	if (s->acked > app_total(&s->app, "requests"))
		scene_wrong(s, "%u were answered, the total is %llu", s->acked,
		    (unsigned long long)app_total(&s->app, "requests"));
}

/* An observer and a client come again and again, until it has fired. */
static bool
fired_or_asked(struct scene *s)
{
	int fd;

	if (s->app.region == NULL)
		(void)scene_attached(s);
	else
		(void)another_attaches(s);
	fd = s->app.port != 0 ? app_connect(&s->app) : -1;
	if (fd >= 0) {
		introduce(s, fd);
		/* Its line is one, though it ends so. */
		s->asked += s->c->kind == FAULT_PEEKED;
		close(fd);
	}
	return has_fired(s);
}

/* With the point firing each time nothing is sure but that it can be ended. */
void
scene_go_on(struct scene *s)
{
	uint64_t end_ns;

	(void)scene_until(s, fired_or_asked, LATE_NS);
	end_ns = clock_now_ns() + ALWAYS_NS;
	while (!s->ended && clock_now_ns() < end_ns) {
		scene_tend(s);
		poll(NULL, 0, 5);
	}
}
