/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The master as its embedder sees it: configuration first, then a start, then
 * turns of a loop until the end.
 */
#include "runtime/export.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cadre/error.h>

#include "runtime/acceptor.h"
#include "runtime/doors.h"
#include "runtime/mailbox-master.h"
#include "runtime/metrics.h"
#include "runtime/reload.h"
#include "runtime/report.h"
#include "runtime/seat.h"
#include "runtime/size.h"
#include "shm/clock.h"
#include "shm/fail.h"
#include "shm/rundir.h"
#include "shm/slot.h"

#define DAY_MS		86400000
#define CONNECTIONS_MAX	INT64_C(1000000000)
#define REQUESTS_MAX	INT64_C(1000000000000)
#define AGE_DAYS_MAX	INT64_C(90)	/* twice as many ns fit 64 bits */

#define OPTION(o, least, most, usual)	[o] = { #o, least, most, usual }
static const struct range {
	const char *name;
	int64_t	least, most, usual;
} ranges[CADRE_OPTIONS] = {
	OPTION(CADRE_MAX_WORKERS, 1, CADRE_SEATS_MAX, 0),
	OPTION(CADRE_READY_TIMEOUT_MS, 0, DAY_MS, 10000),
	OPTION(CADRE_DRAIN_TIMEOUT_MS, 0, DAY_MS, 30000),
	OPTION(CADRE_MIN_UPTIME_MS, 0, DAY_MS, 1000),
	OPTION(CADRE_BACKOFF_FIRST_MS, 1, DAY_MS, 100),
	OPTION(CADRE_BACKOFF_MAX_MS, 1, DAY_MS, 10000),
	OPTION(CADRE_PROBE_TIMEOUT_MS, 1, DAY_MS, 5000),
	OPTION(CADRE_MAX_TRIES, 0, 1000000, 8),
	OPTION(CADRE_HEALTH_INTERVAL_MS, 1, DAY_MS, 250),
	OPTION(CADRE_STALL_MS, 0, DAY_MS, 100),
	OPTION(CADRE_LOG_BYTES, 4096, INT64_C(1) << 40, LOG_BYTES),
	OPTION(CADRE_READY_AFTER_MS, -1, DAY_MS, 500),
	OPTION(CADRE_STOP_SIGNAL, 1, 64, SIGTERM),
	OPTION(CADRE_HANG_MS, 0, DAY_MS, 30000),
	OPTION(CADRE_WORKER_CONNECTIONS, 0, CONNECTIONS_MAX, 0),
	OPTION(CADRE_APP_CONNECTIONS, 0, CONNECTIONS_MAX, 0),
	OPTION(CADRE_OVERLOAD, CADRE_OVERLOAD_WAIT, CADRE_OVERLOAD_SHED, 0),
	OPTION(CADRE_SUBREAPER, 0, 1, 0),
	OPTION(CADRE_QUORUM, 0, CADRE_SEATS_MAX, 1),
	OPTION(CADRE_MEMORY_SOFT, 0, INT64_C(1) << 50, 0),
	OPTION(CADRE_MEMORY_HARD, 0, INT64_C(1) << 50, 0),
	OPTION(CADRE_MAX_REQUESTS, 0, REQUESTS_MAX, 0),
	OPTION(CADRE_REQUESTS_JITTER, 0, 100, 10),
	OPTION(CADRE_MAX_AGE_MS, 0, AGE_DAYS_MAX * DAY_MS, 0),
	OPTION(CADRE_AGE_JITTER, 0, 100, 10),
	OPTION(CADRE_MAX_UNAVAILABLE, 1, CADRE_SEATS_MAX, 1),
	OPTION(CADRE_SIGNALS, 0, 1, 0),
	OPTION(CADRE_MESSAGE_BYTES_MAX, 0, INT64_C(1) << 30, 16 << 20),
	OPTION(CADRE_MESSAGE_QUEUE, 1, 1 << 20, 1024),
	OPTION(CADRE_MESSAGE_QUEUE_BYTES, 4096, INT64_C(1) << 40, 1 << 20),
	OPTION(CADRE_MESSAGE_POLICY, CADRE_DROP_NEWEST, CADRE_DROP_PEER,
	    CADRE_DROP_NEWEST),
	OPTION(CADRE_MESSAGE_RIGHTS, -1, 1, -1),
	OPTION(CADRE_MESSAGE_REQUESTS, 1, 16384, 1024),
	OPTION(CADRE_PUBLISH_BYTES, 0, PUBLISH_BYTES_MAX, PUBLISH_BYTES),
	OPTION(CADRE_BUSY_POLL_US, 0, BUSY_POLL_US_MAX, 0),
};

int
cadre_master_new(const char *name, struct cadre_master **ret_master)
{
	struct directory none = DIRECTORY_NONE;
	struct cadre_master *m;
	int err;

	err = cadre__name_check(name);
	if (err < 0)
		return cadre__fail(err, "%s is no name for an app: 1 to 47 "
		    "letters, digits, '.', '_' or '-', the first a letter or "
		    "digit", name != NULL ? name : "(none)");
	m = calloc(1, sizeof(*m));
	if (m == NULL)
		return -ENOMEM;
	strcpy(m->name, name);
	m->directory = none;
	m->epoll = m->timer = m->signals = m->log_dir = -1;
	m->acceptor.pidfd = m->acceptor.control.fd = -1;
	m->image.fd = m->reload.image.fd = -1;
	for (int i = 0; i < CADRE_OPTIONS; i++)
		m->options[i] = ranges[i].usual;
	messages_init(m);
	err = metrics_begin(m);
	if (err < 0) {
		cadre_master_free(m);
		return err;
	}
	*ret_master = m;
	return 0;
}

void
cadre_master_free(struct cadre_master *m)
{
	if (m == NULL || m->in_worker)
		return;
	if (m->started)
		master_undo(m);
	mailbox_free(&m->mailbox);
	metrics_free(m);
	program_free(&m->program);
	privileges_free(&m->privileges);
	free(m->log_path);
	free(m->shed);
	free(m->probe);
	free(m);
}

/* Configuration is over when it has started, and a worker has no say. */
int
master_settled(const struct cadre_master *m)
{
	if (m->in_worker)
		return cadre__fail(-EPERM, "%s: a worker has no say in its "
		    "master", m->name);
	if (m->started)
		return cadre__fail(-EBUSY, "%s is started already", m->name);
	return 0;
}

static int
room_check(const struct cadre_master *m, const char *address)
{
	int err = master_settled(m);

	if (err < 0 || m->nlisteners < CADRE_LISTENERS_MAX)
		return err;
	return cadre__fail(-ENOSPC, "%s is one listener too many: there can "
	    "be %d", address != NULL ? address : "", CADRE_LISTENERS_MAX);
}

int
cadre_master_listen(struct cadre_master *m, const char *address,
    const char *options)
{
	struct listener *l, shared;
	int err;

	err = room_check(m, address);
	if (err < 0)
		return err;
	err = listener_parse(&m->listeners[m->nlisteners], address, options);
	if (err < 0)
		return err;
	/* Doors keep their place, behind all others. */
	l = &m->listeners[m->nlisteners++];
	for (unsigned int i = 0; i < m->ndoors; i++, l--) {
		shared = *l;
		*l = l[-1];
		l[-1] = shared;
	}
	return 0;
}

int
cadre_master_seat_listen(struct cadre_master *m, const char *address,
    const char *options)
{
	int err = room_check(m, address);

	return err == 0 ? doors_add(m, address, options) : err;
}

static int
count_check(int n)
{
	if (n <= CADRE_SEATS_MAX && n >= -CADRE_SEATS_MAX)
		return 0;
	return cadre__fail(-EINVAL, "%d is no number of workers: 1 to %d, max, "
	    "or -1 for all processors but one", n, CADRE_SEATS_MAX);
}

int
cadre_master_workers(struct cadre_master *m, int n, cadre_worker_fn *fn,
    void *arg)
{
	int err;

	err = master_settled(m);
	if (err == 0)
		err = count_check(n);
	if (err < 0)
		return err;
	if (fn == NULL)
		return cadre__fail(-EINVAL, "the workers' function is missing");
	m->workers_asked = n;
	m->fn = fn;
	m->fn_arg = arg;
	return 0;
}

int
cadre_master_program(struct cadre_master *m, int n, const char *const *argv)
{
	int err;

	err = master_settled(m);
	if (err == 0)
		err = count_check(n);
	if (err == 0)
		err = program_set(&m->program, argv);
	if (err < 0)
		return err;
	m->workers_asked = n;
	m->fn = NULL;
	return 0;
}

int
cadre_master_env(struct cadre_master *m, const char *assignment)
{
	int err;

	err = master_settled(m);
	return err == 0 ? program_assign(&m->program, assignment) : err;
}

int
cadre_master_set(struct cadre_master *m, enum cadre_option o, int64_t value)
{
	int err;

	err = master_settled(m);
	if (err < 0)
		return err;
	if ((unsigned int)o >= CADRE_OPTIONS)
		return cadre__fail(-EINVAL, "there is no option %d", (int)o);
	if (value < ranges[o].least || value > ranges[o].most)
		return cadre__fail(-EINVAL, "%s is %lld to %lld, not %lld",
		    ranges[o].name, (long long)ranges[o].least,
		    (long long)ranges[o].most, (long long)value);
	if (o == CADRE_PUBLISH_BYTES && value != 0 &&
	    (value < PUBLISH_BYTES_MIN || (value & (value - 1)) != 0))
		return cadre__fail(-EINVAL, "a ring of %lld bytes cannot be: "
		    "0, or a power of two from %d on (CADRE_PUBLISH_BYTES)",
		    (long long)value, PUBLISH_BYTES_MIN);
	m->options[o] = value;
	return 0;
}

int
cadre_master_shed(struct cadre_master *m, const void *bytes, size_t n)
{
	void *copy = NULL;
	int err;

	err = master_settled(m);
	if (err < 0)
		return err;
	if (n > CADRE_SHED_BYTES)
		return cadre__fail(-EINVAL, "%zu bytes are too many for a "
		    "connection that is shed: at most %d", n, CADRE_SHED_BYTES);
	if (n > 0 && (copy = malloc(n)) == NULL)
		return -ENOMEM;
	if (n > 0)
		memcpy(copy, bytes, n);
	free(m->shed);
	m->shed = copy;
	m->shed_bytes = n;
	return 0;
}

int
cadre_master_probe(struct cadre_master *m, const char *command)
{
	char *copy = NULL;

	if (m->in_worker)
		return -EPERM;
	if (command != NULL && strlen(command) >= CADRE_PROBE_BYTES)
		return cadre__fail(-EINVAL, "a probe is a command of at most "
		    "%d bytes; put a longer one into a file",
		    CADRE_PROBE_BYTES - 1);
	if (command != NULL && (copy = strdup(command)) == NULL)
		return -ENOMEM;
	free(m->probe);
	m->probe = copy;
	return 0;
}

int
cadre_master_log_dir(struct cadre_master *m, const char *path)
{
	char *copy = NULL;
	int err;

	err = master_settled(m);
	if (err < 0)
		return err;
	if (path != NULL && *path == '\0')
		return cadre__fail(-EINVAL, "the log directory is missing");
	if (path != NULL && (copy = strdup(path)) == NULL)
		return -ENOMEM;
	free(m->log_path);
	m->log_path = copy;
	m->log_inherit = path == NULL;
	return 0;
}

int
cadre_master_keep_fd(struct cadre_master *m, int fd)
{
	int err;

	err = master_settled(m);
	if (err < 0)
		return err;
	if (fcntl(fd, F_GETFD) < 0)
		return cadre__fail(-EBADF, "descriptor %d is not open", fd);
	if (m->keeps == KEEP_FDS_MAX)
		return cadre__fail(-ENOSPC, "workers can keep %d descriptors, "
		    "not more", KEEP_FDS_MAX);
	m->keep[m->keeps++] = fd;
	return 0;
}

int
cadre_master_on_event(struct cadre_master *m, cadre_event_fn *fn, void *arg)
{
	m->hook = fn;
	m->hook_arg = arg;
	return 0;
}

int
cadre_master_fd(const struct cadre_master *m)
{
	return m->epoll >= 0 ? m->epoll :
	    cadre__fail(-EINVAL, "%s is not started", m->name);
}

int
cadre_master_wait(struct cadre_master *m, int timeout_ms)
{
	if (m->in_worker)
		return -EPERM;
	if (!m->started)
		return cadre__fail(-EINVAL, "%s is not started", m->name);
	return loop_turn(m, timeout_ms);
}

int
cadre_master_dispatch(struct cadre_master *m)
{
	return cadre_master_wait(m, 0);
}

int
cadre_master_run(struct cadre_master *m)
{
	int err;

	m->signals_wanted = true;
	err = cadre_master_start(m);
	m->signals_wanted = false;
	if (err == 0) {
		do
			err = loop_turn(m, -1);
		while (err > 0);
		master_undo(m);
	}
	return err < 0 ? cadre_fail(err) : 0;
}

int
master_runs(const struct cadre_master *m)
{
	if (m->in_worker)
		return -EPERM;
	if (!m->started)
		return cadre__fail(-EINVAL, "%s is not started", m->name);
	return m->state < CADRE_APP_STOPPING ? 0 :
	    cadre__fail(-EBUSY, "%s stops", m->name);
}

void
master_drain(struct cadre_master *m)
{
	uint64_t now_ns = clock_now_ns();

	for (unsigned int i = 0; i < m->nseats; i++)
		for (int k = 0; k < CADRE_SLOTS_PER_SEAT; k++)
			if (m->seats[i].lives[k].row.state != CADRE_STATE_EMPTY)
				seat_input(m, &m->seats[i],
				    &m->seats[i].lives[k],
				    m->stop == CADRE_STOP_NOW ? KILL : STOP,
				    now_ns);
}

int
cadre_master_stop(struct cadre_master *m, enum cadre_stop how)
{
	bool again = m->state == CADRE_APP_STOPPING;

	if (m->in_worker)
		return -EPERM;
	if ((unsigned int)how > CADRE_STOP_NOW || !m->started)
		return cadre__fail(-EINVAL, "no such way to stop, or nothing "
		    "that runs");
	if (m->state == CADRE_APP_STOPPED ||
	    (again && how <= m->stop))
		return 0;
	m->stop = how;
	m->state = CADRE_APP_STOPPING;
	cadre__anchor_state(m->anchor, m->state, 0);
	if (!again)
		report_app(m, CADRE_EVENT_STOPPING, 0);
	reload_end(m, -ECANCELED, "the app was stopped");
	/* What waits for the acceptor alone is handed over before. */
	if (how == CADRE_STOP_NOW || again || !acceptor_finishes(m))
		master_drain(m);
	loop_arm(m);
	return 0;
}

int
cadre_master_address(const struct cadre_master *m, unsigned int listener,
    char *text, size_t bytes)
{
	size_t n;

	if (listener >= m->nlisteners || bytes == 0)
		return -ENOENT;
	n = strlen(m->listeners[listener].address);
	if (n >= bytes)
		n = bytes - 1;
	memcpy(text, m->listeners[listener].address, n);
	text[n] = '\0';
	return (int)n;
}

/* A stamp from the future is a lie or a race: it is now. */
static uint64_t
past(uint64_t stamp_ns, uint64_t now_ns)
{
	return stamp_ns < now_ns ? stamp_ns : now_ns;
}

int
cadre_master_health(const struct cadre_master *m, unsigned int seat,
    struct cadre_health *ret_health)
{
	struct cadre_health h = { .state = CADRE_STATE_EMPTY };
	const struct seat *s;
	const struct life *l;
	unsigned int slot;
	uint64_t now_ns;
	int err;

	if (!m->started || m->in_worker)
		return cadre__fail(-EINVAL, "%s is not started", m->name);
	if (seat >= m->nseats)
		return cadre__fail(-ENOENT, "there is no seat %u: they are 0 "
		    "to %u", seat, m->nseats - 1);
	s = &m->seats[seat];
	l = &s->lives[s->newest];
	slot = slot_of(m, s, l);
	h.state = (uint32_t)l->row.state;
	h.pid = l->pidfd >= 0 ? (int64_t)l->row.pid : 0;
	h.generation = l->row.generation;
	h.restarts = s->restarts;
	h.flags = l->row.flags;
	if ((h.flags & CADRE_LIFE_ATTACHED) == 0) {
		*ret_health = h;	/* the slot tells of an earlier life */
		return 0;
	}
	err = cadre__status_read((const void *)m->anchor->slot[slot],
	    &h.status);
	if (err < 0)
		return cadre__fail(err, "the status of seat %u changes faster "
		    "than it can be read", seat);
	now_ns = clock_now_ns();
	h.busy_since_ns = past(cadre__anchor_busy_word(m->anchor, slot), now_ns);
	h.status.stamp_ns = past(h.status.stamp_ns, now_ns);
	*ret_health = h;
	return 0;
}
