/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From fork to the application's function. Everything a worker must not have
 * is taken from it here, before a line of the application runs; the list of
 * what it keeps stands in inherit.h.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdio_ext.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <cadre/error.h>

#include "runtime/acceptor.h"
#include "runtime/child.h"
#include "runtime/inherit.h"
#include "runtime/link.h"
#include "runtime/logs.h"
#include "runtime/memory.h"
#include "runtime/notify.h"
#include "runtime/reload.h"
#include "runtime/recycle.h"
#include "runtime/seat.h"
#include "runtime/spawn.h"
#include "runtime/surroundings.h"
#include "runtime/worker.h"
#include "shm/clock.h"
#include "shm/fail.h"
#include "shm/fault.h"
#include "shm/frame.h"
#include "shm/object.h"
#include "shm/proc.h"

int
threads_check(void)
{
	struct stat st;

	/* A directory for each thread, and its own two links. */
	if (stat("/proc/self/task", &st) == 0 && st.st_nlink > 3)
		return cadre__fail(-EBUSY, "%u threads run in this process, "
		    "and a fork would copy their locks but not them; fork "
		    "before they start", (unsigned int)st.st_nlink - 2);
	return 0;
}

static int
fd_order(const void *a, const void *b)
{
	return *(const int *)a - *(const int *)b;
}

int
spawn_close_others(int *fds, unsigned int n)
{
	unsigned int from = 0, fd;

	qsort(fds, n, sizeof(*fds), fd_order);
	for (unsigned int i = 0; i < n; i++) {
		fd = (unsigned int)fds[i];
		if (fd > from && close_range(from, fd - 1, 0) < 0)
			return -errno;
		if (fd >= from)
			from = fd + 1;
	}
	return CADRE_FAULT("child.close") < 0 ||
	    close_range(from, ~0U, 0) < 0 ? -errno : 0;
}

static int
standard_fds(const struct seat *s)
{
	int fd;

	fd = CADRE_FAULT("child.stdio") < 0 ? -1 :
	    open("/dev/null", O_RDONLY | O_CLOEXEC);
	if (fd < 0 || dup2(fd, STDIN_FILENO) < 0)
		return -errno;
	if (s->log >= 0 && (dup2(s->log, STDOUT_FILENO) < 0 ||
	    dup2(s->log, STDERR_FILENO) < 0))
		return -errno;
	return 0;
}

int
spawn_apart(const struct seat *s)
{
	return CADRE_FAULT("child.group") < 0 || setpgid(0, 0) < 0 ? -errno :
	    standard_fds(s);
}

static int
slot_take(struct cadre_master *m, unsigned int slot)
{
	size_t bytes = m->anchor->places.slot_bytes;
	void *map;
	int err;

	err = cadre__object_map(m->anchor->slot_fd[slot], bytes,
	    PROT_READ | PROT_WRITE, m->window, &map);
	/* One writer: what the worker forks must not be another. */
	if (err == 0 && (CADRE_FAULT("child.slot") < 0 ||
	    madvise(map, bytes, MADV_DONTFORK) < 0))
		err = -errno;
	return err;
}

/* What worker_begin() needs to know, of this master. */
static void
birth_fill(struct cadre_master *m, struct worker_birth *birth)
{
	birth->slot = m->window;
	birth->slot_bytes = m->anchor->places.slot_bytes;
	birth->anchor = m->anchor->view;
	birth->slot_number = CADRE_SLOTS_PER_SEAT * birth->seat + birth->which;
	birth->assigned = (const struct cadre_shm_assigned *)(const void *)
	    (m->anchor->acceptor + m->anchor->places.assigned) +
	    birth->slot_number;
	birth->table = m->anchor->view;
	birth->rows = m->anchor->places.slots;
	birth->slots = m->anchor->slot;
	birth->nslots = CADRE_SLOTS_PER_SEAT * m->nseats;
	birth->cords = m->cords;
	birth->ncords = m->nwakes;
	if (m->nwakes > 0)
		birth->bell = m->bells[birth->seat % m->nwakes];
	birth->nlisteners = m->nlisteners;
	for (unsigned int i = 0; i < m->nlisteners; i++)
		birth->listeners[i] = (struct intake_birth){
			.mode = m->listeners[i].mode,
			.queue = listener_hands(&m->listeners[i]) ? -1 :
			    listener_fd(&m->listeners[i], birth->seat),
			.handover = acceptor_handover(m, birth->seat,
			    i)->worker,
			.trusted = m->listeners[i].trusted,
		};
	birth->limits = (struct intake_limits){
		.worker = (uint64_t)option(m, CADRE_WORKER_CONNECTIONS),
		.app = (uint64_t)option(m, CADRE_APP_CONNECTIONS),
		.shed = option(m, CADRE_OVERLOAD) == CADRE_OVERLOAD_SHED,
		.bytes = m->shed,
		.n = m->shed_bytes,
	};
	birth->health_interval_ns =
	    (uint64_t)option(m, CADRE_HEALTH_INTERVAL_MS) * NS_PER_MS;
	birth->drain_ns =
	    (uint64_t)option(m, CADRE_DRAIN_TIMEOUT_MS) * NS_PER_MS;
	birth->busy_poll_ns =
	    (uint64_t)option(m, CADRE_BUSY_POLL_US) * NS_PER_US;
	birth->messages_limits = m->mailbox.limits;
}

static int
seat_setenv(unsigned int seat)
{
	char text[16];

	snprintf(text, sizeof(text), "%u", seat);
	return setenv("CADRE_SEAT", text, 1) < 0 ? -errno : 0;
}

/* Who it is, and within what. */
static int
worker_become(const struct cadre_master *m, unsigned int seat)
{
	const struct privileges *p = &m->privileges;
	int err;

	err = privileges_take(p, seat);
	if (err == 0)
		err = environment_take(&p->environment, &p->identity,
		    m->directory.path);
	return err == 0 ? seat_setenv(seat) : err;
}

/* Everything up to the application's function. -errno: cannot be a worker. */
static int
become_worker(struct cadre_master *m, struct seat *s, struct life *l,
    struct worker_birth *birth)
{
	unsigned int seat = birth->seat;
	struct inherit in = { .n = 0 };
	int err, fd;

	m->in_worker = true;
	err = spawn_apart(s);
	if (err < 0)
		return err;
	for (fd = 0; fd < 3; fd++)
		inherit_keep(&in, fd);
	for (unsigned int i = 0; i < m->nlisteners; i++) {
		if (!listener_hands(&m->listeners[i]))
			inherit_keep(&in, listener_fd(&m->listeners[i], seat));
		inherit_keep(&in, acceptor_handover(m, seat, i)->worker);
	}
	inherit_keep(&in, birth->control);
	inherit_keep(&in, birth->messages);
	inherit_keep(&in, directory_alive(&m->directory));
	inherit_keep(&in, cadre__object_reopen(m->anchor->fd));
	inherit_keep(&in, cadre__object_reopen(m->anchor->acceptor_fd));
	for (unsigned int i = 0; i < CADRE_SLOTS_PER_SEAT; i++)
		inherit_keep(&in, cadre__object_reopen(
		    m->anchor->slot_fd[CADRE_SLOTS_PER_SEAT * seat + i]));
	for (unsigned int i = 0; i < m->nwakes; i++)
		inherit_keep(&in, m->cords[i]);
	if (m->nwakes > 0)
		inherit_keep(&in, m->bells[seat % m->nwakes]);
	for (unsigned int i = 0; i < m->keeps; i++)
		inherit_keep(&in, m->keep[i]);
	err = slot_take(m, slot_of(m, s, l));
	if (err == 0)
		err = spawn_close_others(in.fds, in.n);
	if (err < 0)
		return err;
	if (m->nofile_raised && setrlimit(RLIMIT_NOFILE, &m->nofile) < 0)
		return -errno;
	CADRE_FAULT_AT("child.closed");
	err = worker_become(m, seat);
	if (err < 0)
		return err;
	birth_fill(m, birth);
	return worker_begin(birth);
}

static void __attribute__((noreturn))
worker_main(struct cadre_master *m, struct seat *s, struct life *l,
    struct worker_birth *birth)
{
	int err, status;

	/* What the parent had not flushed yet is the parent's to write. */
	__fpurge(stdout);
	__fpurge(stderr);
	(void)cadre__fail(0, "%s", "");	/* what the master had to say */
	err = become_worker(m, s, l, birth);
	if (err < 0) {
		fprintf(stderr, "cadre: cannot set up a worker: %s\n",
		    cadre_error(err));
		_exit(EXIT_SETUP);
	}
	status = m->fn(birth->worker, m->fn_arg);
	fflush(stdout);
	fflush(stderr);
	/* No atexit handlers: they are the parent's. */
	_exit(status & 0xff);
}

static int
channels_open(const struct cadre_master *m, struct life *l,
    struct worker_birth *birth)
{
	int type = SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC;
	int control[2], messages[2], err = 0, on = 1;

	if (CADRE_FAULT("spawn.control") < 0 ||
	    socketpair(AF_UNIX, type, 0, control) < 0)
		return -errno;
	if (CADRE_FAULT("spawn.messages") < 0 ||
	    socketpair(AF_UNIX, type, 0, messages) < 0) {
		err = -errno;
		close(control[0]);
		close(control[1]);
		return err;
	}
	channel_room(messages[0], LETTER_BYTES_MAX);
	channel_room(messages[1], LETTER_BYTES_MAX);
	cadre__frame_no_fds(control[0]);
	if (!m->mailbox.limits.rights)
		cadre__frame_no_fds(messages[0]);
	/* So the kernel says of each frame who sent it. */
	if (setsockopt(control[0], SOL_SOCKET, SO_PASSCRED, &on,
	    sizeof(on)) < 0)
		err = -errno;
	l->control = (struct channel){ .fd = control[0] };
	l->link = (struct link){
		.channel = { .fd = messages[0],
		    .corked = &m->mailbox.corked,
		    .frames_max = m->mailbox.limits.queue,
		    .kept_max = m->mailbox.limits.requests,
		    .bytes_max = m->mailbox.limits.queue_bytes },
		.pace.rights = m->mailbox.limits.rights,
		.tally = l->link.tally,
	};
	birth->control = control[1];
	birth->messages = messages[1];
	return err;
}

void
spawn_close(struct cadre_master *m, struct seat *s, struct life *l)
{
	master_unwatch(m, &l->pidfd);
	channel_drop(&l->control);
	master_unwatch(m, &l->control.fd);
	link_shut(m, l);
	notify_close(m, s, l);
	memory_close(l);
}

static int
watch(struct cadre_master *m, struct seat *s, struct life *l)
{
	uint32_t index = slot_of(m, s, l);
	uint32_t serial = (uint32_t)l->row.generation;
	int err;

	err = master_watch(m, l->pidfd, SOURCE_PIDFD, index, serial, EPOLLIN);
	if (err == 0)
		err = master_watch(m, l->control.fd, SOURCE_CONTROL, index,
		    serial, EPOLLIN);
	if (err == 0)
		err = master_watch(m, l->link.channel.fd, SOURCE_MESSAGES,
		    index, serial, EPOLLIN);
	if (err == 0 && l->notify >= 0)
		err = master_watch(m, l->notify, SOURCE_NOTIFY, index, serial,
		    EPOLLIN);
	return err;
}

/* A child that cannot be watched is ended: it would be nobody's. */
static int
adopt(struct cadre_master *m, struct seat *s, struct life *l, pid_t pid)
{
	int err = 0;

	l->pidfd = CADRE_FAULT("spawn.pidfd") < 0 ? -1 : pidfd_open(pid, 0);
	if (l->pidfd < 0)
		err = -errno;
	if (err == 0 && (err = CADRE_FAULT("spawn.watch")) == 0)
		err = watch(m, s, l);
	if (err == 0)
		return 0;
	kill(pid, SIGKILL);
	child_reap(l->pidfd, pid, &l->row);
	return err;
}

/* All that can fail before the fork; spawn_close() takes it back. */
static int
prepare(struct cadre_master *m, struct seat *s, struct life *l,
    struct worker_birth *birth, struct surroundings *sur)
{
	int err;

	err = log_begin(m, s, l);
	if (err < 0)
		return err;		/* it says which file, and why */
	err = channels_open(m, l, birth);
	if (err == 0 && m->fn == NULL)
		err = notify_open(m, s, l);
	if (err == 0 && m->fn == NULL)
		err = surroundings_make(sur, m, s, l);
	return err < 0 ? cadre__fail(err, "channels or environment: %s",
	    strerror(-err)) : 0;
}

static int
fork_it(struct cadre_master *m, struct seat *s, struct life *l,
    struct worker_birth *birth, struct surroundings *sur)
{
	sigset_t all, ours;
	pid_t pid;
	int err;

	/* Until it is a worker, no handler of the embedder's may run in it. */
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &ours);
	birth->mask = m->signals_taken ? m->mask : ours;
	pid = CADRE_FAULT("spawn.fork") < 0 ? -1 : fork();
	if (pid == 0 && m->fn == NULL)
		program_become(m, s, birth, sur);
	if (pid == 0)
		worker_main(m, s, l, birth);
	err = pid < 0 ? -errno : 0;
	CADRE_FAULT_AT("spawn.forked");
	/* Before a handler of the embedder's can run, and reap it first. */
	if (err == 0) {
		l->row.pid = (uint64_t)pid;
		(void)cadre__proc_start(pid, &l->row.start);
		err = adopt(m, s, l, pid);
	}
	sigprocmask(SIG_SETMASK, &ours, NULL);
	return err < 0 ? cadre__fail(err, "cannot %s a worker: %s", pid < 0 ?
	    "fork" : "watch", strerror(-err)) : 0;
}

int
spawn(struct cadre_master *m, struct seat *s, struct life *l, uint64_t now_ns)
{
	struct worker_birth birth = {
		.seat = (unsigned int)(s - m->seats),
		.which = (unsigned int)(l - s->lives),
		.control = -1,
		.messages = -1,
		.master = getpid(),
	};
	struct surroundings sur = { .env = NULL };
	struct cadre_shm_life before = l->row;
	int err;

	err = threads_check();
	if (err < 0)
		return err;
	l->row = (struct cadre_shm_life){
		.state = CADRE_STATE_STARTING,
		.generation = m->generations + 1,
		.spawned_ns = now_ns,
		.restarts = s->restarts,
		.tries = s->tries,
		.flags = m->fn != NULL ? CADRE_LIFE_ATTACHED :
		    CADRE_LIFE_PROGRAM,
	};
	l->strangers = 0;
	l->deaf = l->late = l->unfit = l->asked = false;
	/* Not one that stands in for the worker its successor relieves. */
	l->held = birth.held = s->probe.wanted &&
	    (!s->successor || seat_awaits(s, l));
	l->watched = (struct watched){ .hung = false };
	(void)reload_image(m, l);
	acceptor_mend(m, birth.seat);
	l->ready_by = NULL;
	err = prepare(m, s, l, &birth, &sur);
	if (err == 0) {
		birth.generation = ++m->generations;
		cadre__anchor_baseline(m->anchor, slot_of(m, s, l));
		cadre__anchor_used(m->anchor, birth.seat);
		l->watched.deadline_before = cadre__anchor_deadline_word(
		    m->anchor, slot_of(m, s, l));
		recycle_begin(m, s, l, now_ns);
		err = fork_it(m, s, l, &birth, &sur);
	}
	surroundings_free(&sur);
	if (birth.control >= 0)
		close(birth.control);
	if (birth.messages >= 0)
		close(birth.messages);
	if (err < 0) {
		l->row = before;
		spawn_close(m, s, l);
	}
	return err;
}
