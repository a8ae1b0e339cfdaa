/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The worker's side: its turns, its connections, and the three ways in which
 * it learns that it shall finish. A DRAIN frame from the master; the end of
 * the control channel, when the master is gone; SIGTERM, from an operator or,
 * when the master dies, from the kernel. Whichever comes first arms a timer
 * that kills this process at the drain deadline, so that a loop which never
 * looks leaves too.
 */
#include "runtime/export.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <sys/eventfd.h>
#include <sys/prctl.h>

#include "runtime/worker.h"
#include "shm/clock.h"
#include "shm/frame.h"
#include "shm/slot.h"

#define ACCEPTS_PER_TURN	4	/* what waits can still go elsewhere */
#define ACCEPT_PAUSE_NS		1000000	/* out of descriptors: do not spin */
#define KILL_GRACE_NS		(100 * NS_PER_MS) /* the master's kill is first */

struct cadre_worker {
	unsigned int	seat;
	uint64_t	generation;
	struct cadre__slot slot;
	int		listeners[CADRE_LISTENERS_MAX];
	unsigned int	nlisteners;
	unsigned int	accepts;	/* in this turn */
	int		control;	/* -1: the master is gone */
	int		messages;
	int		epoll;		/* control and wake, for others to poll */
	int		joined;		/* the epoll that `epoll` was added to */
	bool		ready;
	bool		in_turn;
};

/*
 * What the signal handler needs. There is one worker in a process, and the
 * handler can be given no argument.
 */
static struct {
	timer_t		killer;
	uint64_t	drain_ns;	/* the time to finish; 0: as long as it takes */
	int		wake;		/* eventfd */
	int		draining;
	int		armed;		/* there is a deadline */
} leaving = { .wake = -1 };

static void
killer_arm(uint64_t at_ns)
{
	struct itimerspec at = {
		.it_value.tv_sec = (time_t)(at_ns / NS_PER_S),
		.it_value.tv_nsec = (long)(at_ns % NS_PER_S),
	};

	__atomic_store_n(&leaving.armed, 1, __ATOMIC_RELAXED);
	timer_settime(leaving.killer, TIMER_ABSTIME, &at, NULL);
}

/* Safe in a signal handler: stores, timer_settime, clock_gettime, write. */
static void
leave(uint64_t deadline_ns)
{
	static const uint64_t one = 1;

	__atomic_store_n(&leaving.draining, 1, __ATOMIC_RELAXED);
	if (deadline_ns != 0)
		killer_arm(deadline_ns);
	(void)!write(leaving.wake, &one, sizeof(one));
}

/*
 * Leave within the drain timeout from now. A deadline that stands already is
 * not put off; a drain that had none gets one.
 */
static void
leave_in_time(void)
{
	if (leaving.drain_ns == 0 ||
	    __atomic_load_n(&leaving.armed, __ATOMIC_RELAXED))
		leave(0);
	else
		leave(clock_now_ns() + leaving.drain_ns);
}

static void
on_term(int signal)
{
	int saved = errno;

	(void)signal;
	leave_in_time();
	errno = saved;
}

static int
signals_begin(const struct cadre_master *m, const struct worker_birth *birth)
{
	struct sigaction term = { .sa_handler = on_term };
	struct sigaction ignore = { .sa_handler = SIG_IGN };
	struct sigevent killer = {
		.sigev_notify = SIGEV_SIGNAL,
		.sigev_signo = SIGKILL,
	};
	sigset_t mask;

	if (timer_create(CLOCK_MONOTONIC, &killer, &leaving.killer) < 0 ||
	    sigaction(SIGTERM, &term, NULL) < 0 ||
	    sigaction(SIGPIPE, &ignore, NULL) < 0)
		return -errno;
	mask = m->signals_taken ? m->mask : birth->mask;
	sigdelset(&mask, SIGTERM);
	return sigprocmask(SIG_SETMASK, &mask, NULL) < 0 ? -errno : 0;
}

static int
poll_add(int epoll, int fd, void *tag)
{
	struct epoll_event e = { .events = EPOLLIN, .data.ptr = tag };

	if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &e) < 0 && errno != EEXIST)
		return -errno;
	return 0;
}

static int
wakeups_open(struct cadre_worker *w)
{
	int err;

	leaving.wake = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	w->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (leaving.wake < 0 || w->epoll < 0)
		return -errno;
	err = poll_add(w->epoll, leaving.wake, NULL);
	return err == 0 ? poll_add(w->epoll, w->control, NULL) : err;
}

int
worker_begin(struct cadre_master *m, unsigned int seat, uint64_t generation,
    struct worker_birth *birth)
{
	struct cadre_worker *w;
	char text[16];
	int err;

	w = calloc(1, sizeof(*w));
	if (w == NULL)
		return -ENOMEM;
	w->seat = seat;
	w->generation = generation;
	w->control = birth->control;
	w->messages = birth->messages;
	w->joined = -1;
	w->in_turn = true;	/* its start is its first turn: slot_begin() */
	w->nlisteners = m->nlisteners;
	for (unsigned int i = 0; i < m->nlisteners; i++)
		w->listeners[i] = listener_fd(&m->listeners[i], seat);
	leaving.drain_ns =
	    (uint64_t)option(m, CADRE_DRAIN_TIMEOUT_MS) * NS_PER_MS;
	err = wakeups_open(w);
	if (err == 0)
		err = signals_begin(m, birth);
	if (err < 0)
		return err;
	snprintf(text, sizeof(text), "%u", seat);
	if (setenv("CADRE_SEAT", text, 1) < 0)
		return -errno;
	cadre__slot_begin(&w->slot, m->window, m->anchor->view, generation,
	    (uint64_t)option(m, CADRE_HEALTH_INTERVAL_MS) * NS_PER_MS,
	    clock_now_ns());
	/* Set late, then look: a master that died before is noticed too. */
	if (prctl(PR_SET_PDEATHSIG, SIGTERM) < 0)
		return -errno;
	if (getppid() != birth->master)
		leave_in_time();
	birth->worker = w;
	return 0;
}

unsigned int
cadre_worker_seat(const struct cadre_worker *w)
{
	return w->seat;
}

uint64_t
cadre_worker_generation(const struct cadre_worker *w)
{
	return w->generation;
}

int
cadre_worker_listener_fd(const struct cadre_worker *w, unsigned int listener)
{
	return listener < w->nlisteners ? w->listeners[listener] : -ENOENT;
}

int
cadre_worker_fd(const struct cadre_worker *w)
{
	return w->epoll;
}

bool
cadre_worker_draining(const struct cadre_worker *w)
{
	(void)w;
	return __atomic_load_n(&leaving.draining, __ATOMIC_RELAXED) != 0;
}

static void
control_lost(struct cadre_worker *w)
{
	epoll_ctl(w->epoll, EPOLL_CTL_DEL, w->control, NULL);
	close(w->control);
	w->control = -1;
	leave_in_time();
}

static void
control_read(struct cadre_worker *w)
{
	struct cadre__frame frame;
	uint64_t deadline_ns, wakes;
	unsigned int nfds;
	int err;

	(void)!read(leaving.wake, &wakes, sizeof(wakes));
	while (w->control >= 0) {
		nfds = 0;
		err = cadre__frame_recv(w->control, &frame, &deadline_ns,
		    sizeof(deadline_ns), NULL, &nfds);
		if (err == -EAGAIN)
			break;
		if (err < 0) {
			control_lost(w);
			break;
		}
		if (frame.type == CADRE_FRAME_DRAIN &&
		    frame.length == sizeof(deadline_ns))
			leave(deadline_ns != 0 ? deadline_ns + KILL_GRACE_NS : 0);
	}
	if (cadre_worker_draining(w)) {
		(void)!read(leaving.wake, &wakes, sizeof(wakes));
		cadre__slot_drain(&w->slot);
	}
}

int
cadre_worker_ready(struct cadre_worker *w)
{
	struct cadre__frame frame = {
		.version = CADRE_FRAME_VERSION,
		.type = CADRE_FRAME_READY,
	};
	int err;

	if (w->ready)
		return 0;
	err = w->control < 0 ? -EPIPE :
	    cadre__frame_send(w->control, &frame, NULL, NULL, 0);
	w->ready = err == 0;
	return err;
}

void
cadre_worker_turn_begin(struct cadre_worker *w)
{
	w->accepts = 0;
	w->in_turn = true;
	cadre__slot_turn_begin(&w->slot, clock_now_ns());
}

void
cadre_worker_turn_end(struct cadre_worker *w)
{
	struct epoll_event e;

	if (epoll_wait(w->epoll, &e, 1, 0) > 0)
		control_read(w);
	if (w->in_turn)
		cadre__slot_turn_end(&w->slot, clock_now_ns());
	w->in_turn = false;
}

/* Our own event is not the application's: handle it, close the gap. */
static int
events_filter(struct cadre_worker *w, struct epoll_event *events, int n)
{
	int kept = 0;

	for (int i = 0; i < n; i++)
		if (events[i].data.ptr == w)
			control_read(w);
		else
			events[kept++] = events[i];
	return kept;
}

int
cadre_worker_wait(struct cadre_worker *w, int epfd, struct epoll_event *events,
    int n, int timeout_ms)
{
	int err, got;

	if (w->joined != epfd) {
		err = poll_add(epfd, w->epoll, w);
		if (err < 0)
			return err;
		w->joined = epfd;
	}
	if (w->in_turn)
		cadre__slot_turn_end(&w->slot, clock_now_ns());
	w->in_turn = false;
	got = epoll_wait(epfd, events, n, timeout_ms);
	err = got < 0 ? -errno : 0;
	cadre_worker_turn_begin(w);
	if (err == -EINTR)
		return 0;
	return err < 0 ? err : events_filter(w, events, got);
}

/* Nothing to take, for reasons that end this call but no connection. */
static bool
accept_again(int err)
{
	static const int passing[] = {
		EINTR, ECONNABORTED, EPROTO, EPERM, ENETDOWN, ENOPROTOOPT,
		EHOSTDOWN, ENONET, EHOSTUNREACH, EOPNOTSUPP, ENETUNREACH,
	};

	for (size_t i = 0; i < sizeof(passing) / sizeof(passing[0]); i++)
		if (err == passing[i])
			return true;
	return false;
}

int
cadre_worker_accept(struct cadre_worker *w, unsigned int listener,
    struct cadre_peer *ret_peer)
{
	static const struct timespec pause = { .tv_nsec = ACCEPT_PAUSE_NS };
	struct sockaddr *address = NULL;
	struct cadre_peer peer;
	socklen_t *bytes = NULL;
	int err, fd;

	if (listener >= w->nlisteners)
		return -ENOENT;
	if (ret_peer != NULL) {
		address = (struct sockaddr *)&peer.address;
		bytes = &peer.bytes;
	}
	/* A loop that takes all at once gets its rest at the next call. */
	while (w->accepts++ < ACCEPTS_PER_TURN || cadre_worker_draining(w)) {
		peer.bytes = sizeof(peer.address);
		fd = accept4(w->listeners[listener], address, bytes,
		    SOCK_NONBLOCK | SOCK_CLOEXEC);
		if (fd >= 0) {
			cadre__slot_accepted(&w->slot);
			if (ret_peer != NULL)
				*ret_peer = peer;
			return fd;
		}
		err = -errno;
		if (accept_again(-err))
			continue;
		if (err == -EMFILE || err == -ENFILE || err == -ENOBUFS ||
		    err == -ENOMEM)
			nanosleep(&pause, NULL);
		return err;
	}
	w->accepts = 0;
	return -EAGAIN;
}

int
cadre_worker_close(struct cadre_worker *w, int fd)
{
	if (close(fd) < 0 && errno == EBADF)
		return -EBADF;
	cadre__slot_closed(&w->slot);
	return 0;
}
