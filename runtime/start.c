/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The start, step by step, each of which can fail and none of which leaves
 * anything behind when it does; and the end, which takes the same steps back.
 */
#include "runtime/export.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sys/mman.h>

#include "runtime/acceptor.h"
#include "runtime/cgroup.h"
#include "runtime/child.h"
#include "runtime/choice.h"
#include "runtime/clients.h"
#include "runtime/doors.h"
#include "runtime/link.h"
#include "runtime/lives.h"
#include "runtime/logs.h"
#include "runtime/mailbox-master.h"
#include "runtime/metrics.h"
#include "runtime/orphans.h"
#include "runtime/probe.h"
#include "runtime/queues.h"
#include "runtime/recycle.h"
#include "runtime/reload.h"
#include "runtime/report.h"
#include "runtime/scale.h"
#include "runtime/seat.h"
#include "runtime/size.h"
#include "runtime/spawn.h"
#include "runtime/stall.h"
#include "runtime/topics.h"
#include "shm/clock.h"
#include "shm/fail.h"
#include "shm/fault.h"

#define MIB			1048576.0
#define END_MS			1000	/* for one that we may not kill */

/* How many, and how many there may ever be. */
static int
size_settle(struct cadre_master *m)
{
	int64_t seats = option(m, CADRE_MAX_WORKERS);
	int n = m->workers_asked;

	if (m->fn == NULL && m->program.path == NULL)
		return cadre__fail(-EINVAL, "what the workers run is missing: "
		    "call cadre_master_workers() or cadre_master_program()");
	if (option(m, CADRE_BACKOFF_FIRST_MS) > option(m, CADRE_BACKOFF_MAX_MS))
		return cadre__fail(-EINVAL, "the first backoff, %lld ms, is "
		    "longer than the longest, %lld ms; set "
		    "CADRE_BACKOFF_MAX_MS to no less than "
		    "CADRE_BACKOFF_FIRST_MS",
		    (long long)option(m, CADRE_BACKOFF_FIRST_MS),
		    (long long)option(m, CADRE_BACKOFF_MAX_MS));
	if (n <= 0) {
		n += cadre_cpus(NULL);
		if (n < 1)
			n = 1;
	}
	if (seats == 0) {
		seats = (int64_t)n * SEATS_PER_WORKER;
		if (seats < SEATS_LEAST)
			seats = SEATS_LEAST;
		if (seats > CADRE_SEATS_MAX)
			seats = CADRE_SEATS_MAX;
	}
	if (n > seats)
		return cadre__fail(-EINVAL, "%d workers are more than the %lld "
		    "seats of CADRE_MAX_WORKERS", n, (long long)seats);
	if (option(m, CADRE_QUORUM) > n)
		return cadre__fail(-EINVAL, "a quorum of %lld cannot be met by "
		    "%d workers (CADRE_QUORUM, --quorum)",
		    (long long)option(m, CADRE_QUORUM), n);
	m->workers = m->used = (unsigned int)n;
	m->nseats = (unsigned int)seats;
	return 0;
}

static int
recycle_step(struct cadre_master *m)
{
	return recycle_check(m);
}

static int
seats_make(struct cadre_master *m)
{
	m->chosen = calloc(m->nseats, sizeof(*m->chosen));
	if (m->chosen == NULL)
		return -ENOMEM;
	/* Last: who sees seats takes the descriptors in them for open ones. */
	m->seats = CADRE_FAULT("start.seats") < 0 ? NULL :
	    calloc(m->nseats, sizeof(*m->seats));
	if (m->seats == NULL)
		return -ENOMEM;
	for (unsigned int i = 0; i < m->nseats; i++) {
		m->seats[i].log = -1;
		m->seats[i].probe.pidfd = m->seats[i].probe.said = -1;
		m->seats[i].wanted = i < m->workers;
		for (int k = 0; k < CADRE_SLOTS_PER_SEAT; k++) {
			m->seats[i].lives[k].pidfd = -1;
			m->seats[i].lives[k].control.fd = -1;
			m->seats[i].lives[k].link.channel.fd = -1;
			m->seats[i].lives[k].notify = -1;
			m->seats[i].lives[k].statm = -1;
		}
	}
	budget_init(&m->budget, m->workers, clock_now_ns());
	return 0;
}

static int
messages_step(struct cadre_master *m)
{
	return messages_open(m);
}

/* A descriptor of ours as number 1 would be a worker's standard output. */
static int
standard_fds_fill(struct cadre_master *m)
{
	int fd;

	(void)m;
	for (int i = STDIN_FILENO; i <= STDERR_FILENO; i++) {
		if (fcntl(i, F_GETFD) >= 0)
			continue;
		fd = open("/dev/null", O_RDWR | O_CLOEXEC);
		if (fd < 0)
			return cadre__fail(-errno, "descriptor %d is closed "
			    "and /dev/null cannot be opened in its place: %s",
			    i, strerror(errno));
	}
	return 0;
}

static int
limits_raise(struct cadre_master *m)
{
	struct rlimit all;

	if (getrlimit(RLIMIT_NOFILE, &m->nofile) < 0)
		return -errno;
	all = m->nofile;
	all.rlim_cur = all.rlim_max;
	if (all.rlim_cur > m->nofile.rlim_cur &&
	    setrlimit(RLIMIT_NOFILE, &all) == 0)
		m->nofile_raised = true;
	return 0;
}

static int
loop_step(struct cadre_master *m)
{
	int err;

	err = loop_open(m);
	return err == 0 && (m->signals_wanted || option(m, CADRE_SIGNALS) != 0) ?
	    loop_signals(m) : err;
}

static int
directory_step(struct cadre_master *m)
{
	return directory_make(&m->directory, m->name);
}

/*
 * Asked before the first page is taken: past a cgroup's limit the kernel does
 * not refuse, it kills.
 */
static int
memory_check(struct cadre_master *m)
{
	struct cadre__shape shape;
	struct cadre__places places;
	uint64_t need, room;
	const char *why;

	metrics_shape(m, &shape);
	cadre__places_of(&shape, &places);
	need = cadre__region_bytes(&places, m->nseats);
	room = memory_room(&why);
	if (need <= room)
		return 0;
	return cadre__fail(-ENOMEM, "the region needs %.1f MiB and %s leaves "
	    "%.1f MiB; give it more, or fewer seats (CADRE_MAX_WORKERS, now "
	    "%u)", (double)need / MIB, why, (double)room / MIB, m->nseats);
}

/*
 * A function uses libcadre, so the gate is there for it; a program may not
 * know of it, and is given sockets that any program can accept on.
 */
static void
mode_settle(const struct cadre_master *m, struct listener *l)
{
	l->mode = l->door ? LISTENER_SEAT : l->asked_mode;
	if (l->mode == LISTENER_AUTO)
		l->mode = m->fn != NULL ? LISTENER_GATE :
		    l->family == AF_UNIX ? LISTENER_SHARED : LISTENER_SPREAD;
	l->spread = l->mode == LISTENER_SPREAD;
}

static int
listeners_step(struct cadre_master *m)
{
	int err = 0;

	for (unsigned int i = 0; i < m->nlisteners; i++)
		for (unsigned int k = 0; k < i && err == 0; k++)
			err = listener_apart(&m->listeners[i],
			    &m->listeners[k], m->nseats);
	for (unsigned int i = 0; i < m->nlisteners && err == 0; i++) {
		mode_settle(m, &m->listeners[i]);
		err = listener_open(&m->listeners[i], m->nseats,
		    m->workers);
	}
	doors_open(m);
	return err;
}

/* A file size limit must give an error here, not a signal. */
static int
region_step(struct cadre_master *m)
{
	struct sigaction ignore = { .sa_handler = SIG_IGN }, before;
	struct cadre__shape shape;
	char mode[16];
	int err;

	metrics_shape(m, &shape);
	if (sigaction(SIGXFSZ, &ignore, &before) < 0)
		return -errno;
	err = cadre__anchor_new(m->name, &shape, &m->anchor);
	sigaction(SIGXFSZ, &before, NULL);
	if (err < 0)
		return cadre__fail(err, "cannot make the region: %s%s",
		    strerror(-err), err == -EMFILE ? "; raise it with ulimit "
		    "-Hn" : err == -EFBIG ? "; raise it with ulimit -f" : "");
	err = metrics_publish(m);
	for (unsigned int i = 0; i < m->nlisteners; i++) {
		listener_mode_text(&m->listeners[i], mode, sizeof(mode));
		cadre__anchor_listener(m->anchor, i, m->listeners[i].address,
		    mode);
		cadre__anchor_listener_flags(m->anchor, i,
		    m->listeners[i].trusted.nets > 0 ? CADRE_LISTENER_PROXY :
		    0);
	}
	seats_publish(m);
	m->state = CADRE_APP_STARTING;
	cadre__anchor_state(m->anchor, m->state, m->workers);
	cadre__anchor_beat(m->anchor, clock_now_ns());
	return err;
}

/* From here on it is what workers run, whatever comes to stand at its path. */
static int
image_step(struct cadre_master *m)
{
	int err = 0;

	m->version = ++m->versions;
	if (m->fn == NULL)
		err = image_open(&m->image, m->program.path);
	return err < 0 ? cadre__fail(err, "cannot open %s: %s",
	    m->program.path, strerror(-err)) : 0;
}

static int
fork_step(struct cadre_master *m)
{
	uint64_t now_ns;

	cadre__anchor_publish(m->anchor);
	report_app(m, CADRE_EVENT_STARTED, m->workers);
	seats_choose(m);
	for (unsigned int i = 0; i < m->workers; i++) {
		now_ns = clock_now_ns();
		seat_input(m, &m->seats[i], &m->seats[i].lives[0], DUE, now_ns);
	}
	loop_arm(m);
	lives_tell(m);
	return 0;
}

static int
wakes_step(struct cadre_master *m)
{
	master_topics_show(m);
	return wakes_open(m);
}

static int
orphans_step(struct cadre_master *m)
{
	return orphans_open(m);
}

static int
acceptor_step(struct cadre_master *m)
{
	int err = acceptor_open(m);

	return err == 0 ? stall_open(m, clock_now_ns()) : err;
}

/*
 * Then the kernel reaps workers by itself: how they ended is lost, and a pid
 * may be a stranger's before we have its pidfd.
 */
static int
sigchld_step(struct cadre_master *m)
{
	struct sigaction now;

	(void)m;
	if (sigaction(SIGCHLD, NULL, &now) < 0)
		return -errno;
	if (now.sa_handler != SIG_IGN && (now.sa_flags & SA_NOCLDWAIT) == 0)
		return 0;
	return cadre__fail(-EINVAL, "SIGCHLD is ignored in this process, and "
	    "workers could not be waited for; set it to SIG_DFL");
}

static int
threads_step(struct cadre_master *m)
{
	(void)m;
	return threads_check();
}

static int (*const start_steps[])(struct cadre_master *) = {
	threads_step, sigchld_step, size_settle, recycle_step,
	privileges_settle, standard_fds_fill, limits_raise, loop_step,
	directory_step, privileges_rehearse, memory_check, seats_make,
	messages_step, listeners_step, metrics_window, region_step, wakes_step,
	logs_open, clients_open, orphans_step, acceptor_step, image_step,
	fork_step,
};

int
cadre_master_start(struct cadre_master *m)
{
	int err = 0;

	if (m->in_worker)
		return -EPERM;
	if (m->started)
		return cadre__fail(-EBUSY, "%s is started already", m->name);
	m->started = true;
	m->given_up = 0;
	m->parked = 0;
	m->recycling = 0;
	m->last_words[0] = '\0';
	for (size_t i = 0; err == 0 &&
	    i < sizeof(start_steps) / sizeof(start_steps[0]); i++)
		err = start_steps[i](m);
	if (err < 0)
		master_undo(m);
	return err;
}

/* Nobody may be left: not even when the embedder frees without a stop. */
static void
workers_end(struct cadre_master *m)
{
	struct life *l;

	for (unsigned int i = 0; m->seats != NULL && i < m->nseats; i++) {
		probe_close(m, &m->seats[i]);
		for (int k = 0; k < CADRE_SLOTS_PER_SEAT; k++) {
			l = &m->seats[i].lives[k];
			if (l->pidfd < 0)
				continue;
			if (child_signal(l->pidfd, SIGKILL) == 0 ||
			    child_ends(l->pidfd, END_MS))
				child_reap(l->pidfd, (pid_t)l->row.pid,
				    &l->row);
			link_close(m, &m->seats[i], l);
			spawn_close(m, &m->seats[i], l);
			lives_end(m, l);
		}
	}
}

void
master_undo(struct cadre_master *m)
{
	if (m->seats != NULL)
		reload_end(m, -ECANCELED, "the app ends");
	workers_end(m);
	messages_due(m, clock_now_ns());	/* who was asked is gone */
	lives_tell(m);
	messages_close(m);
	CADRE_FAULT_AT("undo.acceptor");
	queues_close(m);
	acceptor_close(m);
	CADRE_FAULT_AT("undo.orphans");
	orphans_close(m);
	CADRE_FAULT_AT("undo.clients");
	clients_close(m);
	CADRE_FAULT_AT("undo.logs");
	if (m->seats != NULL)
		logs_close(m);
	CADRE_FAULT_AT("undo.listeners");
	for (unsigned int i = 0; i < m->nlisteners; i++)
		listener_close(&m->listeners[i]);
	wakes_close(m);
	CADRE_FAULT_AT("undo.region");
	cadre__anchor_free(m->anchor);
	m->anchor = NULL;
	CADRE_FAULT_AT("undo.directory");
	directory_remove(&m->directory, m->name);
	image_close(&m->reload.image);
	image_close(&m->image);
	CADRE_FAULT_AT("undo.loop");
	loop_close(m);
	if (m->nofile_raised)
		setrlimit(RLIMIT_NOFILE, &m->nofile);
	m->nofile_raised = false;
	free(m->seats);
	free(m->chosen);
	m->seats = NULL;
	m->chosen = NULL;
	m->nseats = 0;
	m->started = false;
	m->state = 0;
}
