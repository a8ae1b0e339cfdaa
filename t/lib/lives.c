/* SPDX-License-Identifier: BSD-2-Clause */
/* Lives that end in every way there is; see lives.h. */
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>

#include <cadre/cadre.h>

#include "shm/clock.h"
#include "t/lib/app.h"
#include "t/lib/lives.h"
#include "t/lib/probe.h"
#include "t/lib/tap.h"

#define WORKERS		4
#define UNREAD		20		/* messages of one that is killed */
#define LIVES_MAX	4096		/* generations there is room for */
#define ALL_IN_ORDER	0x123456	/* a digit for each event */
#define STEP_MS		100

enum { SAY_EXIT = 1, SAY_DIE, SAY_LAST };

enum way { EXIT_0, EXIT_42, KILLED, DISCONNECTED, DRAINED, WAYS };
static const struct {
	const char	*name;
	uint32_t	code, signal;
} ways[WAYS] = {
	[EXIT_0] = { "exit 0", 0, 0 },
	[EXIT_42] = { "exit 42", 42, 0 },
	[KILLED] = { "SIGKILL", 0, SIGKILL },
	[DISCONNECTED] = { "disconnect", 0, 0 },
	[DRAINED] = { "reload, scale or stop", 0, 0 },
};

struct seen {			/* of one generation */
	uint32_t	order;		/* of its events, see ALL_IN_ORDER */
	uint32_t	seat;
	int64_t		pid;
	uint32_t	code, signal;
	unsigned int	messages;	/* in their time, … */
	unsigned int	astray;		/* … and not */
	unsigned int	gone;		/* calls of on_disconnect */
	enum way	way;
};

static struct {
	struct cadre_master *master;
	struct cadre_mailbox *mailbox;
	struct seen	seen[LIVES_MAX];	/* by generation */
	uint64_t	up[WORKERS];	/* listens, and nobody ended it yet */
	unsigned int	ended, reloads, refused;
	bool		over;
} t;

/* The worker's side: it waits for word of how to end. */
static void
on_exit_said(struct cadre_mailbox *mb, struct cadre_message *msg, void *arg)
{
	(void)mb;
	memcpy(arg, msg->bytes, sizeof(int));
}

static void
on_die_said(struct cadre_mailbox *mb, struct cadre_message *msg, void *arg)
{
	const int in = STDIN_FILENO;

	(void)msg;
	(void)arg;
	for (int i = 0; i < UNREAD; i++)
		(void)cadre_mailbox_send_fds(mb, CADRE_MASTER, SAY_LAST, &i,
		    sizeof(i), &in, 1);
	kill(getpid(), SIGKILL);
}

static int
serve(struct cadre_worker *w, void *arg)
{
	struct cadre_mailbox *mb = cadre_worker_mailbox(w);
	int ep = epoll_create1(EPOLL_CLOEXEC), code = -1;
	struct epoll_event events[8];

	(void)arg;
	if (cadre_mailbox_on(mb, SAY_EXIT, on_exit_said, &code) < 0 ||
	    cadre_mailbox_on(mb, SAY_DIE, on_die_said, NULL) < 0 ||
	    cadre_worker_ready(w) < 0)
		return 99;
	while (code < 0 && !cadre_worker_draining(w))
		(void)cadre_worker_wait(w, ep, events, 8, -1);
	return code < 0 ? 0 : code;
}

/* The master's. */
static void
on_last(struct cadre_mailbox *mb, struct cadre_message *msg, void *arg)
{
	struct seen *s = &t.seen[msg->from.generation % LIVES_MAX];
	int i = -1;

	(void)mb;
	(void)arg;
	if (msg->n == sizeof(i))
		memcpy(&i, msg->bytes, sizeof(i));
	if (s->order >= 0x12 && s->order < 0x12345 && (int)s->messages == i)
		s->messages++;
	else
		s->astray++;
	/* Every second is taken, and closed; the others nobody wants. */
	if (i % 2 == 0)
		close(cadre_message_fd(msg, 0));
}

static void
on_gone(struct cadre_mailbox *mb, uint32_t seat, uint64_t generation, void *arg)
{
	(void)mb;
	(void)seat;
	(void)arg;
	t.seen[generation % LIVES_MAX].gone++;
}

static void
on_worker(struct cadre_mailbox *mb, const struct cadre_worker_event *e,
    void *arg)
{
	struct seen *s = &t.seen[e->generation % LIVES_MAX];

	(void)arg;
	if (mb != t.mailbox || e->seat >= WORKERS)
		s->astray++;
	s->order = s->order << 4 | (e->kind + 1);
	s->seat = e->seat;
	s->pid = e->pid;
	if (e->kind == CADRE_WORKER_SPAWNED)
		s->way = DRAINED;
	if (e->kind == CADRE_WORKER_LISTENING)
		t.up[e->seat] = e->generation;
	if (e->kind != CADRE_WORKER_EXITED) {
		s->astray += e->exit_code != 0 || e->exit_signal != 0;
		return;
	}
	s->code = e->exit_code;
	s->signal = e->exit_signal;
	if (t.up[e->seat] == e->generation)
		t.up[e->seat] = 0;
	t.ended++;
}

static void
on_event(const struct cadre_shm_event *e, void *arg)
{
	(void)arg;
	t.reloads += e->kind == CADRE_EVENT_RELOADED;
}

/* It is dead, and all it said waits to be read. */
static void
die(struct seen *s)
{
	struct pollfd p = { .fd = pidfd_open((pid_t)s->pid, 0),
	    .events = POLLIN };

	if (cadre_mailbox_send(t.mailbox, s->seat, SAY_DIE, NULL, 0) != 0 ||
	    poll(&p, 1, APP_WAIT_S * 1000) != 1)
		t.refused++;
	close(p.fd);
}

static void
end_it(uint64_t generation, enum way way)
{
	struct seen *s = &t.seen[generation % LIVES_MAX];
	int code = (int)ways[way].code;

	s->way = way;
	t.up[s->seat] = 0;
	if (way == KILLED)
		die(s);
	else if (way == DISCONNECTED)
		t.refused += cadre_mailbox_disconnect(t.mailbox, s->seat) < 0;
	else
		t.refused += cadre_mailbox_send(t.mailbox, s->seat, SAY_EXIT,
		    &code, sizeof(code)) < 0;
}

static bool
all_up(void)
{
	for (unsigned int i = 0; i < WORKERS; i++)
		if (t.up[i] == 0)
			return false;
	return true;
}

static bool
ended(void)
{
	return t.over;
}

/* Turns of the loop until that; false: it took too long. */
static bool
until(bool (*done)(void))
{
	uint64_t end_ns = clock_now_ns() + APP_WAIT_S * NS_PER_S;
	struct pollfd p = { .fd = cadre_master_fd(t.master), .events = POLLIN };

	while (!done() && !t.over) {
		if (clock_now_ns() > end_ns)
			return false;
		(void)poll(&p, 1, STEP_MS);
		t.over = cadre_master_dispatch(t.master) <= 0;
	}
	return done();
}

static bool
some_up(void)
{
	for (unsigned int i = 0; i < WORKERS; i++)
		if (t.up[i] != 0)
			return true;
	return false;
}

/* Each that comes up is ended, by each of the first `n` ways in turn. */
static bool
end_some(unsigned int lives, enum way first, unsigned int n)
{
	unsigned int done = 0;

	while (done < lives && until(some_up))
		for (unsigned int i = 0; i < WORKERS && done < lives; i++)
			if (t.up[i] != 0)
				end_it(t.up[i], (enum way)(first + done++ % n));
	return done == lives && until(all_up);
}

static unsigned int reloads_wanted;

static bool
reloaded(void)
{
	return t.reloads == reloads_wanted && all_up();
}

static bool
one_left(void)
{
	unsigned int up = 0;

	for (unsigned int i = 0; i < WORKERS; i++)
		up += t.up[i] != 0;
	return up == 1;
}

/* All at once by a reload; then all but one by a scaling, and so on. */
static bool
drain_some(unsigned int lives)
{
	unsigned int end = t.ended + lives;
	bool good = true;

	while (good && t.ended < end) {
		reloads_wanted++;
		good = cadre_master_reload(t.master, NULL) == 0 &&
		    until(reloaded);
		if (good && t.ended < end)
			good = cadre_master_scale(t.master, 1) == 0 &&
			    until(one_left) &&
			    cadre_master_scale(t.master, WORKERS) == 0 &&
			    until(all_up);
	}
	return good;
}

static void
master_begin(void)
{
	memset(&t, 0, sizeof(t));
	reloads_wanted = 0;
	probe_dir();
	if (cadre_master_new("lives", &t.master) < 0 ||
	    cadre_master_listen(t.master, "tcp:127.0.0.1:0", NULL) < 0 ||
	    cadre_master_workers(t.master, WORKERS, serve, NULL) < 0 ||
	    cadre_master_set(t.master, CADRE_MIN_UPTIME_MS, 0) < 0 ||
	    cadre_master_set(t.master, CADRE_BACKOFF_FIRST_MS, 1) < 0 ||
	    cadre_master_on_event(t.master, on_event, NULL) < 0)
		bail_out("no master");
	t.mailbox = cadre_master_mailbox(t.master);
	if (cadre_mailbox_on(t.mailbox, SAY_LAST, on_last, NULL) < 0 ||
	    cadre_mailbox_on_disconnect(t.mailbox, on_gone, NULL) < 0 ||
	    cadre_mailbox_on_worker(t.mailbox, on_worker, NULL) < 0)
		bail_out("no mailbox");
	if (cadre_master_start(t.master) < 0)
		bail_out("no start");
}

static void
tell_way(enum way way, unsigned int least)
{
	unsigned int lives = 0, right = 0;
	const struct seen *s;

	for (s = t.seen; s < t.seen + LIVES_MAX; s++) {
		if (s->order == 0 || s->way != way)
			continue;
		lives++;
		right += s->order == ALL_IN_ORDER && s->gone == 1 &&
		    s->code == ways[way].code &&
		    s->signal == ways[way].signal && s->astray == 0 &&
		    s->messages == (way == KILLED ? UNREAD : 0);
		if (lives == right + 1)
			diag("generation %d: events %x, exit %u, signal %u, "
			    "gone %u times, %u messages and %u astray",
			    (int)(s - t.seen), s->order, s->code, s->signal,
			    s->gone, s->messages, s->astray);
	}
	ok(lives >= least && right == lives, "%u of %u lives ended by %s went "
	    "all the way, each event once", right, lives, ways[way].name);
}

/* Its workers, when it is the master who ends. */
static unsigned int *called;		/* by generation, shared */

static void
on_master_gone(struct cadre_mailbox *mb, uint32_t seat, uint64_t generation,
    void *arg)
{
	unsigned int *calls = arg;

	(void)mb;
	*calls += seat == CADRE_MASTER && generation == 0 ? 1 : 100;
}

static int
outlive(struct cadre_worker *w, void *arg)
{
	unsigned int *calls = called + cadre_worker_generation(w);
	int ep = epoll_create1(EPOLL_CLOEXEC), more = 3;
	struct epoll_event events[8];

	(void)arg;
	if (cadre_mailbox_on_disconnect(cadre_worker_mailbox(w),
	    on_master_gone, calls) < 0 || cadre_worker_ready(w) < 0)
		return 99;
	while (*calls == 0 || more-- > 0)
		(void)cadre_worker_wait(w, ep, events, 8, *calls == 0 ? -1 : 0);
	return 0;
}

static unsigned int
killed_master(void)
{
	unsigned int once = 0, calls;
	struct app *a;
	pid_t pids[WORKERS];
	int status;

	memset(called, 0, LIVES_MAX * sizeof(*called));
	a = app_start(WORKERS, outlive);
	for (unsigned int i = 0; i < WORKERS; i++)
		pids[i] = app_pid(a, i);
	kill(a->master, SIGKILL);
	app_wait_end(a);
	for (unsigned int i = 0; i < WORKERS; i++) {
		status = app_end_of(pids[i]);
		calls = called[i + 1];	/* its generation */
		once += status == 0 && calls == 1;
		if (status != 0 || calls != 1)
			diag("it ended with %#x, told %u times", status,
			    calls);
	}
	app_free(a);
	return once;
}

void
lives_test(unsigned int lives)
{
	unsigned int each = lives / 6, once = 0, all = 0;

	prctl(PR_SET_CHILD_SUBREAPER, 1);	/* of a dead master's workers */
	master_begin();
	ok(until(all_up), "%d workers listen", WORKERS);
	ok(end_some(4 * each, EXIT_0, 4), "%u lives are ended", 4 * each);
	ok(drain_some(each), "and some by a reload or a scaling");
	is_int(cadre_master_stop(t.master, CADRE_STOP_GRACEFUL), 0, "a stop");
	ok(until(ended), "all end");
	is_int((int)t.refused, 0, "no word to a worker was refused");
	for (enum way way = EXIT_0; way < WAYS; way++)
		tell_way(way, each);
	cadre_master_free(t.master);
	called = mmap(NULL, LIVES_MAX * sizeof(*called), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	for (; all < each; all += WORKERS)
		once += killed_master();
	is_int((int)once, (int)all, "workers of masters that were killed were "
	    "told once, and ended well");
}

void
lives_kill_test(unsigned int kills)
{
	int fds;

	master_begin();
	ok(until(all_up) && end_some(WORKERS, KILLED, 1), "the first lives");
	fds = probe_fds(0);
	ok(end_some(kills, KILLED, 1), "%u kills", kills);
	is_int(probe_fds(0), fds, "the master's descriptors");
	is_int(cadre_master_stop(t.master, CADRE_STOP_GRACEFUL), 0, "a stop");
	ok(until(ended), "all end");
	tell_way(KILLED, kills + WORKERS);
	is_int((int)t.refused, 0, "no word to a worker was refused");
	cadre_master_free(t.master);
}
