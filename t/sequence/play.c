/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The inputs are a table: a new one is a new row. Several befall a master at
 * once, then its loop turns, then all claims must hold. In the end everybody
 * behaves, and the clock goes only where the master has set its timer: what it
 * has forgotten then stays undone for ever, and is found.
 */
#include "t/sequence/play.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "runtime/seat.h"
#include "shm/clock.h"
#include "t/lib/app.h"
#include "t/lib/probe.h"
#include "t/lib/tap.h"
#include "t/sequence/asker.h"
#include "t/sequence/claims.h"
#include "t/sequence/dice.h"
#include "t/sequence/puppet.h"

#define INPUTS_MAX	80	/* of a sequence */
#define CALM_TURNS	5000	/* a base tick each: more than an hour */

static struct cadre_master *m;

static struct {
	uint64_t	inputs;
	uint64_t	stopped;	/* by one of the inputs */
	uint64_t	given_up;
	uint64_t	calm;		/* all served again before the end */
	uint64_t	workers;	/* that ever were */
	uint64_t	reloads, restarts, failed;
} sum;

static bool
is_any(const struct puppet *p)
{
	return p->generation != 0;
}

static bool
is_doomed(const struct puppet *p)
{
	return p->told || p->killed;
}

static void
say_ready(void)
{
	struct puppet *p = puppet_any(is_any);

	if (p != NULL)
		puppet_ready(p);
}

static void
attach(void)
{
	struct puppet *p = puppet_any(is_any);

	if (p != NULL)
		puppet_attach(p);
}

static void
babble(void)
{
	struct puppet *p = puppet_any(is_any);

	if (p != NULL)
		puppet_babble(p);
}

static void
die(void)
{
	static const int statuses[] = { 0, 1, -SIGSEGV, -SIGTERM };
	struct puppet *p = puppet_any(is_any);

	if (p != NULL)
		puppet_end(p, statuses[dice(4)]);
}

static void
finish(void)
{
	struct puppet *p = puppet_any(is_doomed);

	if (p != NULL)
		puppet_end(p, 0);
}

/* As stall.c says of one that is stalled for too long. */
static void
hang(void)
{
	struct seat *s = &m->seats[dice(m->nseats)];
	struct life *l = &s->lives[s->newest];

	if (l->row.state != CADRE_STATE_UP || l->watched.hung)
		return;
	l->watched.hung = true;
	seat_input(m, s, l, HUNG, puppet_now_ns);
}

static void
time_passes(void)
{
	static const uint64_t ms[] = { 1, 20, 200, 1000, 5000, 31000 };
	unsigned int i = dice(12);

	if (i < 6)
		puppet_now_ns += ms[i] * NS_PER_MS;
	else if (m->timer_ns > puppet_now_ns)
		puppet_now_ns = m->timer_ns + dice(2);
}

static void
signal_self(void)
{
	static const int numbers[] = { SIGHUP, SIGHUP, SIGUSR1, SIGCHLD,
	    SIGTTIN, SIGTTOU, SIGTTOU };

	kill(getpid(), numbers[dice(7)]);
}

static void
signal_drain(void)
{
	kill(getpid(), SIGWINCH);
	if (m->state < CADRE_APP_STOPPING)
		claims_emptied();
}

static void
signal_stop(void)
{
	static const int numbers[] = { SIGTERM, SIGINT, SIGQUIT };

	kill(getpid(), numbers[dice(3)]);
}

static const struct {
	const char	*name;
	unsigned int	weight;
	void		(*act)(void);
} inputs[] = {
	{ "time", 60, time_passes },
	{ "ready", 60, say_ready },
	{ "attach", 20, attach },
	{ "finish", 40, finish },
	{ "death", 20, die },
	{ "hang", 4, hang },
	{ "babble", 3, babble },
	{ "signal", 15, signal_self },
	{ "WINCH", 2, signal_drain },
	{ "TERM, INT or QUIT", 1, signal_stop },
	{ "reload", 15, ask_reload },
	{ "restart", 8, ask_restart },
	{ "scale", 10, ask_scale },
	{ "signal NAME", 3, ask_signal },
	{ "stop", 1, ask_stop },
	{ "nonsense", 3, ask_nonsense },
	{ "a second request", 2, ask_again },
	{ "a client leaves", 5, ask_leave },
};
enum { INPUT_KINDS = sizeof(inputs) / sizeof(inputs[0]) };

static void
input(bool tells)
{
	unsigned int all = 0, at;
	size_t i = 0;

	for (size_t k = 0; k < INPUT_KINDS; k++)
		all += inputs[k].weight;
	for (at = dice(all); at >= inputs[i].weight; i++)
		at -= inputs[i].weight;
	if (tells)
		diag("at %.3fs: %s",
		    (double)puppet_now_ns / (double)NS_PER_S, inputs[i].name);
	inputs[i].act();
	sum.inputs++;
}

static void
on_event(const struct cadre_shm_event *e, void *arg)
{
	const bool *tells = arg;

	if (*tells)
		diag("  event %u, seat %d, generation %u: %.*s", e->kind,
		    (int)e->seat, (unsigned int)e->generation,
		    (int)e->text_bytes, e->text);
	sum.workers += e->kind == CADRE_EVENT_SPAWNED;
	sum.reloads += e->kind == CADRE_EVENT_RELOADED;
	sum.failed += e->kind == CADRE_EVENT_RELOADED && e->text_bytes > 0;
	sum.restarts += e->kind == CADRE_EVENT_RESTARTED;
	claims_event(e, arg);
}

static bool
turn(void)
{
	bool goes_on = cadre_master_dispatch(m) == 1;

	puppets_listen();
	if (goes_on)
		claims_after();
	askers_listen();
	return goes_on;
}

/* A wrong limit here ends the test. */
static void
set(enum cadre_option o, const int64_t *values, unsigned int n)
{
	if (cadre_master_set(m, o, values[dice(n)]) < 0)
		bail_out("option %d", (int)o);
}

static void
begin(bool *tells)
{
	static const char *const argv[] = { "/bin/true", NULL };
	static const int64_t ready[] = { 1000, 10000, 0 };
	static const int64_t drain[] = { 1000, 30000 };
	static const int64_t uptime[] = { 0, 20, 1000 };
	static const int64_t tries[] = { 2, 8, 0 };
	static const int64_t by_time[] = { -1, 0, 500 };
	int workers = 1 + (int)dice(3), err;
	int64_t seats = workers + dice(3);

	puppets_begin();
	err = cadre_master_new("app", &m);
	if (err == 0)
		err = dice_once_in(3) ? cadre_master_program(m, workers, argv) :
		    cadre_master_workers(m, workers, app_idle, NULL);
	set(CADRE_MAX_WORKERS, &seats, 1);
	set(CADRE_READY_TIMEOUT_MS, ready, 2 + dice_once_in(8));
	set(CADRE_DRAIN_TIMEOUT_MS, drain, 2);
	set(CADRE_MIN_UPTIME_MS, uptime, 3);
	set(CADRE_MAX_TRIES, tries, 3);
	set(CADRE_READY_AFTER_MS, by_time, 3);
	cadre_master_on_event(m, on_event, tells);
	m->signals_wanted = true;
	claims_begin(m);
	if (err == 0)
		err = cadre_master_start(m);
	if (err < 0)
		bail_out("%s: %s", claims_where, cadre_error(err));
	askers_begin(m);
}

/* As workers should be: the master has to do the rest. */
static void
behave(void)
{
	const struct life *l;

	for (struct puppet *p = puppets; p < puppets + PUPPETS_MAX; p++) {
		if (p->generation == 0 || p->dead)
			continue;
		l = &m->seats[p->slot / CADRE_SLOTS_PER_SEAT]
		    .lives[p->slot % CADRE_SLOTS_PER_SEAT];
		/* Who cannot be told is found by somebody else. */
		if (is_doomed(p) || (p->immune &&
		    l->row.state == CADRE_STATE_DRAINING))
			puppet_end(p, 0);
		else if (l->row.state == CADRE_STATE_STARTING)
			puppet_ready(p);
	}
}

/* Until all is at rest or, stops, until the end. */
static bool
settle(bool stops)
{
	bool goes_on = true;

	puppet_calm = true;
	for (int i = 0; i < CALM_TURNS && goes_on; i++) {
		behave();
		claims_before();
		if (m->timer_ns > puppet_now_ns)
			puppet_now_ns = m->timer_ns;
		goes_on = turn();
		if (goes_on && !stops && claims_calm())
			break;
	}
	claim_that(!goes_on || (!stops && claims_calm()), stops ?
	    "a stop does not end" : "it does not come to rest");
	return goes_on;
}

static void
end(void)
{
	struct timespec none = { .tv_sec = 0 };
	sigset_t all;

	claims_ended();
	askers_answered();
	askers_begin(m);
	cadre_master_free(m);
	sigfillset(&all);
	while (sigtimedwait(&all, NULL, &none) > 0)
		;
}

static void
play(uint64_t seed, bool tells)
{
	unsigned int n;
	bool goes_on = true;
	sigset_t all;

	snprintf(claims_where, sizeof(claims_where), "seed %llu",
	    (unsigned long long)seed);
	dice_state = seed;
	/* What comes between two masters would be our end. */
	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, NULL);
	begin(&tells);
	n = 10 + dice(INPUTS_MAX - 10);
	for (unsigned int i = 0; i < n && goes_on; i++) {
		claims_before();
		for (unsigned int k = 1 + dice(3); k > 0; k--)
			input(tells);
		goes_on = turn();
	}
	sum.given_up += m->given_up != 0;
	sum.stopped += m->given_up == 0 && m->state >= CADRE_APP_STOPPING;
	if (goes_on && dice_once_in(2)) {
		goes_on = settle(false);
		sum.calm += goes_on && m->state < CADRE_APP_STOPPING;
		askers_answered();
	}
	if (goes_on && m->state < CADRE_APP_STOPPING)
		cadre_master_stop(m, (enum cadre_stop)dice(3));
	if (goes_on)
		(void)settle(true);
	end();
}

/* How much of it there was, or the test has seen nothing. */
static void
tell_all(void)
{
	diag("%llu were stopped, %llu given up, %llu came to rest; %llu "
	    "workers, %llu reloads, %llu of them in vain, %llu restarts",
	    (unsigned long long)sum.stopped, (unsigned long long)sum.given_up,
	    (unsigned long long)sum.calm, (unsigned long long)sum.workers,
	    (unsigned long long)sum.reloads, (unsigned long long)sum.failed,
	    (unsigned long long)sum.restarts);
	ok(sum.stopped > 0 && sum.given_up > 0 && sum.calm > 0 &&
	    sum.failed > 0 && sum.reloads > sum.failed && sum.restarts > 0,
	    "of all kinds");
}

int
play_all(int argc, char **argv, uint64_t n)
{
	uint64_t seed = argc > 1 ? strtoull(argv[1], NULL, 0) : 1;
	const char *dir = probe_dir();
	int fds = probe_fds(0);

	if (argc > 1)
		n = argc > 2 ? strtoull(argv[2], NULL, 0) : 1;
	for (uint64_t i = 0; i < n; i++)
		play(seed + i, n == 1);
	ok(true, "%llu sequences from seed %llu, %llu inputs, each turn as it "
	    "should be", (unsigned long long)n, (unsigned long long)seed,
	    (unsigned long long)sum.inputs);
	if (argc == 1)
		tell_all();
	is_int(probe_fds(0), fds, "no descriptor is left");
	ok(probe_empty(dir), "and no file");
	return done_testing();
}
