/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The master's loop: one epoll, a row for each kind of source, one timer for
 * all deadlines. An event names its source, an index and a serial number, and
 * no pointer: one that arrives for something already closed finds another
 * serial there, and is dropped.
 */
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>

#include <cadre/error.h>

#include "runtime/acceptor.h"
#include "runtime/child.h"
#include "runtime/choice.h"
#include "runtime/clients.h"
#include "runtime/control.h"
#include "runtime/doors.h"
#include "runtime/link.h"
#include "runtime/lives.h"
#include "runtime/logs.h"
#include "runtime/mailbox-master.h"
#include "runtime/notify.h"
#include "runtime/orphans.h"
#include "runtime/probe.h"
#include "runtime/quorum.h"
#include "runtime/recycle.h"
#include "runtime/reload.h"
#include "runtime/report.h"
#include "runtime/scale.h"
#include "runtime/seat.h"
#include "runtime/spawn.h"
#include "runtime/stall.h"
#include "shm/clock.h"
#include "shm/fail.h"
#include "shm/fault.h"

#define EVENTS		64
#define TICK_NS		NS_PER_S
#define CPUS_TICKS	5		/* a look takes ten system calls and more */
#define SOURCE_SHIFT	60
#define INDEX_SHIFT	32
#define INDEX_MASK	UINT64_C(0xfffffff)

typedef void source_fn(struct cadre_master *, uint32_t index, uint32_t serial,
    uint32_t events);

static int
watch(struct cadre_master *m, int op, int fd, enum source source,
    uint32_t index, uint32_t serial, uint32_t events)
{
	struct epoll_event e = {
		.events = events,
		.data.u64 = (uint64_t)source << SOURCE_SHIFT |
		    (uint64_t)index << INDEX_SHIFT | serial,
	};

	return CADRE_FAULT("loop.watch") < 0 ||
	    epoll_ctl(m->epoll, op, fd, &e) < 0 ? -errno : 0;
}

int
master_watch(struct cadre_master *m, int fd, enum source source,
    uint32_t index, uint32_t serial, uint32_t events)
{
	return watch(m, EPOLL_CTL_ADD, fd, source, index, serial, events);
}

int
master_rewatch(struct cadre_master *m, int fd, enum source source,
    uint32_t index, uint32_t serial, uint32_t events)
{
	return watch(m, EPOLL_CTL_MOD, fd, source, index, serial, events);
}

/* A forked child may still hold a copy, and epoll would go on with that. */
void
master_unwatch(struct cadre_master *m, int *fd)
{
	if (*fd < 0)
		return;
	(void)epoll_ctl(m->epoll, EPOLL_CTL_DEL, *fd, NULL);
	close(*fd);
	*fd = -1;
}

int
loop_signals(struct cadre_master *m)
{
	sigset_t set;
	int err;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGQUIT);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGUSR1);
	sigaddset(&set, SIGWINCH);
	sigaddset(&set, SIGTTIN);
	sigaddset(&set, SIGTTOU);
	sigaddset(&set, SIGCHLD);	/* who is stopped; deaths come by pidfd */
	m->signals = CADRE_FAULT("loop.signals") < 0 ? -1 :
	    signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
	if (m->signals < 0 || sigprocmask(SIG_BLOCK, &set, &m->mask) < 0)
		return cadre__fail(-errno, "cannot take signals: %s",
		    strerror(errno));
	m->signals_taken = true;
	err = master_watch(m, m->signals, SOURCE_SIGNALS, 0, 0, EPOLLIN);
	return err;
}

static int
on_end(struct cadre_master *m, bool by_kernel)
{
	(void)by_kernel;
	return cadre_master_stop(m, m->state == CADRE_APP_STOPPING &&
	    m->stop != CADRE_STOP_PATIENT ? CADRE_STOP_NOW :
	    CADRE_STOP_GRACEFUL);
}

static int
on_quit(struct cadre_master *m, bool by_kernel)
{
	(void)by_kernel;
	return cadre_master_stop(m, CADRE_STOP_PATIENT);
}

/*
 * From the kernel it says that the terminal has gone; who was started by
 * nohup(1) does not care.
 */
static int
on_hup(struct cadre_master *m, bool by_kernel)
{
	struct sigaction hup;

	if (!by_kernel)
		return cadre_master_reload(m, NULL);
	if (sigaction(SIGHUP, NULL, &hup) == 0 && hup.sa_handler == SIG_IGN)
		return 0;
	return cadre_master_stop(m, CADRE_STOP_GRACEFUL);
}

static int
on_usr1(struct cadre_master *m, bool by_kernel)
{
	(void)by_kernel;
	logs_reopen(m);
	return 0;
}

/* From the kernel these three are about the terminal, and not for us. */
static int
on_winch(struct cadre_master *m, bool by_kernel)
{
	return by_kernel ? 0 : seats_drain(m);
}

static int
on_ttin(struct cadre_master *m, bool by_kernel)
{
	return by_kernel ? 0 : scale_by(m, 1);
}

static int
on_ttou(struct cadre_master *m, bool by_kernel)
{
	return by_kernel ? 0 : scale_by(m, -1);
}

static const struct {
	int	number;
	int	(*act)(struct cadre_master *, bool by_kernel);
} signals[] = {
	{ SIGTERM, on_end }, { SIGINT, on_end }, { SIGQUIT, on_quit },
	{ SIGHUP, on_hup }, { SIGUSR1, on_usr1 }, { SIGWINCH, on_winch },
	{ SIGTTIN, on_ttin }, { SIGTTOU, on_ttou },
};

/* Nobody waits for an answer: what is refused is an event. */
static void
signal_taken(struct cadre_master *m, int number, bool by_kernel)
{
	int err = 0;

	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		if (signals[i].number == number)
			err = signals[i].act(m, by_kernel);
	if (err < 0)
		report_text(m, CADRE_EVENT_TROUBLE, NULL, "signal SIG%s: %s",
		    sigabbrev_np(number), cadre_error(err));
}

static void
signals_ready(struct cadre_master *m, uint32_t index, uint32_t serial,
    uint32_t events)
{
	struct signalfd_siginfo info;

	(void)index;
	(void)serial;
	(void)events;
	while (read(m->signals, &info, sizeof(info)) == sizeof(info)) {
		if (info.ssi_signo == SIGCHLD)
			stall_stops(m);
		else
			signal_taken(m, (int)info.ssi_signo,
			    info.ssi_code > 0);
	}
}

static void
timer_ready(struct cadre_master *m, uint32_t index, uint32_t serial,
    uint32_t events)
{
	uint64_t expirations;

	(void)index;
	(void)serial;
	(void)events;
	(void)!read(m->timer, &expirations, sizeof(expirations));
	m->timer_ns = 0;
}

struct life *
master_life(struct cadre_master *m, uint32_t index, uint32_t serial,
    struct seat **ret_seat)
{
	struct seat *s = &m->seats[index / CADRE_SLOTS_PER_SEAT];
	struct life *l = &s->lives[index % CADRE_SLOTS_PER_SEAT];

	*ret_seat = s;
	return (uint32_t)l->row.generation == serial && l->pidfd >= 0 ? l : NULL;
}

static void
life_ends(struct cadre_master *m, struct seat *s, struct life *l)
{
	l->traced = false;
	l->told = child_reap(l->pidfd, (pid_t)l->row.pid, &l->row);
	link_close(m, s, l);
	spawn_close(m, s, l);
	lives_end(m, l);
	seat_input(m, s, l, EXITED, clock_now_ns());
}

static void
pidfd_ready(struct cadre_master *m, uint32_t index, uint32_t serial,
    uint32_t events)
{
	struct seat *s;
	struct life *l = master_life(m, index, serial, &s);

	(void)events;
	if (l == NULL)
		return;
	if (!child_ended(l->pidfd)) {
		/* A tracer has it first: do not spin, ask on each tick. */
		(void)master_rewatch(m, l->pidfd, SOURCE_PIDFD, index, serial, 0);
		l->traced = true;
		return;
	}
	life_ends(m, s, l);
}

static void
notified(struct cadre_master *m, uint32_t index, uint32_t serial,
    uint32_t events)
{
	struct seat *s;
	struct life *l = master_life(m, index, serial, &s);

	(void)events;
	if (l != NULL && l->notify >= 0)
		notify_ready(m, s, l);
}

static void
sock_ready(struct cadre_master *m, uint32_t index, uint32_t serial,
    uint32_t events)
{
	(void)index;
	(void)serial;
	(void)events;
	clients_sock(m);
}

static source_fn *const sources[SOURCES] = {
	[SOURCE_SIGNALS] = signals_ready,
	[SOURCE_TIMER] = timer_ready,
	[SOURCE_PIDFD] = pidfd_ready,
	[SOURCE_CONTROL] = control_ready,
	[SOURCE_NOTIFY] = notified,
	[SOURCE_SOCK] = sock_ready,
	[SOURCE_CLIENT] = client_ready,
	[SOURCE_ACCEPTOR] = acceptor_ready,
	[SOURCE_QUEUE] = stall_queue,
	[SOURCE_PROBE] = probe_ready,
	[SOURCE_MESSAGES] = link_ready,
};

int
loop_open(struct cadre_master *m)
{
	m->epoll = CADRE_FAULT("loop.epoll") < 0 ? -1 :
	    epoll_create1(EPOLL_CLOEXEC);
	m->timer = CADRE_FAULT("loop.timer") < 0 ? -1 :
	    timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
	if (m->epoll < 0 || m->timer < 0)
		return cadre__fail(-errno, "cannot make the master's loop: %s",
		    strerror(errno));
	m->timer_ns = m->busy_ns = 0;
	m->tick_ns = clock_now_ns() + TICK_NS;
	return master_watch(m, m->timer, SOURCE_TIMER, 0, 0, EPOLLIN);
}

void
loop_close(struct cadre_master *m)
{
	master_unwatch(m, &m->signals);
	if (m->signals_taken)
		sigprocmask(SIG_SETMASK, &m->mask, NULL);
	m->signals_taken = false;
	master_unwatch(m, &m->timer);
	if (m->epoll >= 0)
		close(m->epoll);
	m->epoll = -1;
}

static void
traced_check(struct cadre_master *m)
{
	struct life *l;

	for (unsigned int i = 0; i < m->nseats; i++)
		for (int k = 0; k < CADRE_SLOTS_PER_SEAT; k++) {
			l = &m->seats[i].lives[k];
			if (l->pidfd >= 0 && l->traced && child_ended(l->pidfd))
				life_ends(m, &m->seats[i], l);
		}
}

/* A quota or an affinity that was changed, as orchestrators do, is told. */
static void
cpus_look(struct cadre_master *m)
{
	struct cadre_shm_event e;
	int before = m->cpus;
	const char *why;

	if (m->cpus_ticks-- > 0)
		return;
	m->cpus_ticks = CPUS_TICKS - 1;
	m->cpus = cadre_cpus(&why);
	if (before == 0 || m->cpus == before)
		return;
	event_of(&e, CADRE_EVENT_CPUS, m, NULL, NULL);
	e.tries = (uint32_t)m->cpus;
	e.text_bytes = (uint32_t)snprintf(e.text, sizeof(e.text), "by %s; it "
	    "was %d, and %u workers are wanted; to follow it type: cadre scale "
	    "%s max", why, before, m->workers, m->name);
	report(m, &e);
}

static void
base_tick(struct cadre_master *m, uint64_t now_ns)
{
	CADRE_FAULT_AT("loop.tick");
	m->tick_ns = now_ns + TICK_NS;
	cadre__anchor_beat(m->anchor, now_ns);
	logs_check(m);
	clients_tick(m);
	listeners_check(m);
	doors_check(m);
	traced_check(m);
	orphans_tick(m);
	notify_tick(m);
	acceptor_tick(m);
	refusals_tick(m, now_ns);
	recycle_tick(m, now_ns);
	cpus_look(m);
}

static void
time_passes(struct cadre_master *m)
{
	uint64_t now_ns = clock_now_ns();

	if (now_ns >= m->tick_ns)
		base_tick(m, now_ns);
	if (now_ns >= stall_deadline(m))
		stall_look(m, now_ns);
	messages_due(m, now_ns);
	seats_due(m, now_ns);
	acceptor_due(m, now_ns);
	probe_due(m, now_ns);
	recycle_go_on(m, now_ns);
	reload_go_on(m, now_ns);
	doors_look(m, now_ns);
	if (m->choice_stale)
		seats_choose(m);
	else if (m->routes_stale)
		acceptor_routes(m, 0);
	m->routes_stale = false;
}

void
loop_arm(struct cadre_master *m)
{
	const uint64_t due_ns[] = { m->tick_ns, seats_deadline(m),
	    acceptor_deadline(m), stall_deadline(m), reload_deadline(m),
	    probe_deadline(m), messages_deadline(m), doors_deadline(m) };
	struct itimerspec at = { .it_value.tv_sec = 0 };
	uint64_t next_ns = UINT64_MAX;

	for (size_t i = 0; i < sizeof(due_ns) / sizeof(due_ns[0]); i++)
		if (due_ns[i] < next_ns)
			next_ns = due_ns[i];
	if (next_ns == m->timer_ns)
		return;
	at.it_value.tv_sec = (time_t)(next_ns / NS_PER_S);
	at.it_value.tv_nsec = (long)(next_ns % NS_PER_S);
	if (CADRE_FAULT("loop.arm") == 0 &&
	    timerfd_settime(m->timer, TFD_TIMER_ABSTIME, &at, NULL) == 0)
		m->timer_ns = next_ns;
}

static int
verdict(struct cadre_master *m)
{
	if (m->given_up == 0 && m->state < CADRE_APP_STOPPING)
		quorum_check(m);
	/* Those that serve may finish what they have. */
	if (m->given_up != 0 && m->state != CADRE_APP_STOPPING)
		(void)cadre_master_stop(m, m->state == CADRE_APP_STARTING ?
		    CADRE_STOP_NOW : CADRE_STOP_GRACEFUL);
	if (m->state != CADRE_APP_STOPPING || seats_living(m) > 0)
		return 1;
	m->state = CADRE_APP_STOPPED;
	cadre__anchor_state(m->anchor, m->state, 0);
	report_app(m, CADRE_EVENT_STOPPED, 0);
	return 0;
}

/*
 * Only messages keep it awake: who sent one often sends another, and waits for
 * what comes of it. Of anything else it is told soon enough.
 */
static int
loop_wait(struct cadre_master *m, struct epoll_event *events, int timeout_ms)
{
	uint64_t from_ns;
	int n;

	if (CADRE_FAULT("loop.wait") < 0)
		return -1;
	if (timeout_ms != 0 && m->busy_ns != 0) {
		from_ns = clock_now_ns();
		/* Who asks may wait for our processor: it is offered. */
		do
			n = epoll_wait(m->epoll, events, EVENTS, 0);
		while (n == 0 && sched_yield() == 0 &&
		    clock_now_ns() < m->busy_ns);
		if (n != 0)
			return n;
		timeout_ms = clock_left_ms(timeout_ms, clock_now_ns() -
		    from_ns);
		m->busy_ns = 0;
	}
	return epoll_wait(m->epoll, events, EVENTS, timeout_ms);
}

static void
events_handle(struct cadre_master *m, const struct epoll_event *events, int n)
{
	bool heard = false;
	uint64_t data;

	for (int i = 0; i < n; i++) {
		data = events[i].data.u64;
		heard |= data >> SOURCE_SHIFT == SOURCE_MESSAGES;
		sources[data >> SOURCE_SHIFT](m,
		    (uint32_t)(data >> INDEX_SHIFT & INDEX_MASK),
		    (uint32_t)data, events[i].events);
	}
	if (heard && option(m, CADRE_BUSY_POLL_US) > 0)
		m->busy_ns = clock_now_ns() +
		    (uint64_t)option(m, CADRE_BUSY_POLL_US) * NS_PER_US;
}

int
loop_turn(struct cadre_master *m, int timeout_ms)
{
	struct epoll_event events[EVENTS];
	int n;

	if (m->state != CADRE_APP_STOPPED) {
		n = loop_wait(m, events, timeout_ms);
		if (n < 0 && errno != EINTR)
			return cadre__fail(-errno, "cannot wait for events: "
			    "%s", strerror(errno));
		events_handle(m, events, n);
		time_passes(m);
		lives_tell(m);
		mailbox_turn_ends(&m->mailbox);
		if (verdict(m) == 1) {
			loop_arm(m);
			return 1;
		}
	}
	return m->given_up != 0 ? quorum_fail(m) : 0;
}
