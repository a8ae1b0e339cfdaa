/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The worker's side: its turns and its connections. How it was born, by a fork
 * or by an exec and cadre_worker_attach(), makes no difference here.
 */
#include "runtime/export.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include <sys/prctl.h>
#include <sys/stat.h>

#include "runtime/leave.h"
#include "runtime/worker-control.h"
#include "shm/clock.h"
#include "shm/fault.h"
#include "shm/slot.h"

#define WAKERS			5	/* control, wake, messages, their timer,
					   news */

static int
poll_add(int epoll, int fd, void *tag)
{
	struct epoll_event e = { .events = EPOLLIN, .data.ptr = tag };

	if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &e) < 0 && errno != EEXIST)
		return -errno;
	return 0;
}

static int
wakeups_open(struct cadre_worker *w, int wake)
{
	int err;

	w->epoll = CADRE_FAULT("worker.epoll") < 0 ? -1 :
	    epoll_create1(EPOLL_CLOEXEC);
	if (w->epoll < 0)
		return -errno;
	err = poll_add(w->epoll, wake, NULL);
	return err == 0 ? poll_add(w->epoll, w->control.fd, NULL) : err;
}

static int
intakes_begin(struct cadre_worker *w, const struct worker_birth *birth)
{
	w->intakes.slot = &w->slot;
	w->intakes.row = birth->assigned;
	w->intakes.held = birth->held;
	w->intakes.limits = birth->limits;
	w->intakes.peers = (struct peers){
		.anchor = birth->table,
		.rows = birth->rows,
		.slots = birth->slots,
		.nslots = birth->nslots,
		.own = birth->slot_number,
	};
	return intakes_open(&w->intakes, birth->listeners, birth->nlisteners);
}

int
worker_begin(struct worker_birth *birth)
{
	struct cadre_worker *w;
	int err, wake;

	w = calloc(1, sizeof(*w));
	if (w == NULL)
		return -ENOMEM;
	w->seat = birth->seat;
	w->generation = birth->generation;
	w->slot_bytes = birth->slot_bytes;
	w->control.fd = birth->control;
	w->exec = birth->exec;
	w->joined = -1;
	w->busy_poll_ns = birth->busy_poll_ns;
	(void)fstat(STDERR_FILENO, &w->log);
	w->in_turn = true;	/* its start is its first turn: slot_begin() */
	wake = leave_begin(birth->drain_ns, &birth->mask);
	err = wake < 0 ? wake : wakeups_open(w, wake);
	if (err < 0)
		return err;
	cadre__slot_begin(&w->slot, birth->slot, birth->anchor,
	    birth->generation, birth->health_interval_ns, clock_now_ns());
	topics_begin(&w->topics, w, birth);
	homes_begin(&w->homes, birth->anchor, birth->seat);
	err = intakes_begin(w, birth);
	if (err == 0)
		err = mailbox_open(&w->mailbox, w, birth, w->epoll);
	if (err < 0)
		return err;
	/* Set late, then look: a master that died before is noticed too. */
	if (CADRE_FAULT("worker.deathsig") < 0 ||
	    prctl(PR_SET_PDEATHSIG, SIGTERM) < 0)
		return -errno;
	CADRE_FAULT_AT("worker.orphan");
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
	return listener < w->intakes.n ? w->intakes.of[listener].poll : -ENOENT;
}

struct cadre_mailbox *
cadre_worker_mailbox(struct cadre_worker *w)
{
	return &w->mailbox;
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
	return leave_begun();
}

uint64_t
cadre_worker_drain_deadline(const struct cadre_worker *w)
{
	(void)w;
	return leave_deadline_ns();
}

int
worker_word(struct cadre_worker *w, uint64_t offset, void **ret_word)
{
	if (offset % sizeof(uint64_t) != 0 ||
	    offset < sizeof(struct cadre_shm_slot) ||
	    offset > w->slot_bytes - sizeof(uint64_t))
		return -EPROTO;
	*ret_word = (char *)w->slot.head + offset;
	return 0;
}

const struct homes *
worker_homes(const struct cadre_worker *w)
{
	return &w->homes;
}

struct topics *
worker_topics(struct cadre_worker *w)
{
	return &w->topics;
}

const struct intakes *
worker_intakes(const struct cadre_worker *w)
{
	return &w->intakes;
}

bool
worker_attached(const struct cadre_worker *w)
{
	return w->exec;
}

struct cadre__slot *
worker_slot(struct cadre_worker *w)
{
	return &w->slot;
}

struct channel *
worker_control(struct cadre_worker *w)
{
	return &w->control;
}

/* What has come in our own epoll. */
static void
woken(struct cadre_worker *w)
{
	struct epoll_event e[WAKERS];
	bool control = false;
	int n;

	n = epoll_wait(w->epoll, e, WAKERS, 0);
	for (int i = 0; i < n; i++)
		if (e[i].data.ptr == &w->mailbox) {
			mailbox_ready(&w->mailbox, e[i].events);
			w->lively = true;
		} else if (e[i].data.ptr == &w->mailbox.timer)
			mailbox_timer(&w->mailbox);
		else if (e[i].data.ptr == &w->topics)
			topics_rung(&w->topics, e[i].events);
		else
			control = true;
	if (control)
		worker_control_read(w);
}

void
cadre_worker_turn_begin(struct cadre_worker *w)
{
	topics_after_wait(&w->topics);
	intakes_turn(&w->intakes);
	w->in_turn = true;
	cadre__slot_turn_begin(&w->slot, clock_now_ns());
}

void
cadre_worker_turn_end(struct cadre_worker *w)
{
	topics_after_wait(&w->topics);
	mailbox_turn_ends(&w->mailbox);
	/* Its loop waits for cadre_worker_fd(): messages must be there. */
	mailbox_join(&w->mailbox, w->epoll);
	woken(w);
	topics_turn(&w->topics, &w->mailbox);
	worker_say_left(w);
	(void)worker_say_refused(w, clock_now_ns());
	(void)intakes_before_wait(&w->intakes, -1, clock_now_ns());
	topics_join(&w->topics, w->epoll);
	(void)topics_pend(&w->topics);
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
			woken(w);
		else if (events[i].data.ptr == &w->mailbox) {
			mailbox_ready(&w->mailbox, events[i].events);
			w->lively = true;
		} else if (events[i].data.ptr == &w->topics)
			topics_rung(&w->topics, events[i].events);
		else
			events[kept++] = events[i];
	w->lively |= kept > 0;
	return kept;
}

/* The kernel's part of a wait. Events, or -errno. */
static int
look(struct cadre_worker *w, int epfd, struct epoll_event *events, int n,
    int timeout_ms)
{
	int got;

	if (intakes_line(&w->intakes))
		return intakes_wait(&w->intakes, epfd, events, n, timeout_ms);
	got = epoll_wait(epfd, events, n, timeout_ms);
	return got < 0 ? -errno : got;
}

/*
 * Most of what a message costs in time is to wake who sleeps. For others we
 * are idle meanwhile, and awake: nobody pulls our cord. As long as it may
 * take, no timeout of the caller's is shorter. Events, or -errno; if 0, then
 * *inout_ms is what is left of the timeout: nothing, if there is news.
 */
static int
look_busily(struct cadre_worker *w, int epfd, struct epoll_event *events,
    int n, int *inout_ms, uint64_t from_ns)
{
	uint64_t now_ns;
	int got;

	do {
		got = look(w, epfd, events, n, 0);
		if (got != 0)
			return got;
		if (topics_new(&w->topics)) {
			*inout_ms = 0;
			return 0;
		}
		(void)sched_yield();	/* who answers may wait for us */
		now_ns = clock_now_ns();
	} while (now_ns - from_ns < w->busy_poll_ns);
	*inout_ms = clock_left_ms(*inout_ms, now_ns - from_ns);
	return 0;
}

/* The turn is over: nothing of ours keeps anybody waiting. */
static void
rest(struct cadre_worker *w, uint64_t now_ns)
{
	if (w->in_turn)
		cadre__slot_turn_end(&w->slot, now_ns);
	w->in_turn = false;
}

int
cadre_worker_wait(struct cadre_worker *w, int epfd, struct epoll_event *events,
    int n, int timeout_ms)
{
	uint64_t now_ns, told;
	int err, got = 0;

	if (w->joined != epfd) {
		err = poll_add(epfd, w->epoll, w);
		if (err < 0)
			return err;
		w->joined = epfd;
	}
	mailbox_turn_ends(&w->mailbox);
	mailbox_join(&w->mailbox, epfd);
	topics_join(&w->topics, epfd);
	worker_say_left(w);
	now_ns = clock_now_ns();
	timeout_ms = shorter(timeout_ms, worker_say_refused(w, now_ns));
	timeout_ms = intakes_before_wait(&w->intakes, timeout_ms, now_ns);
	if (w->busy_poll_ns > 0 && w->lively && timeout_ms != 0) {
		rest(w, now_ns);
		got = look_busily(w, epfd, events, n, &timeout_ms, now_ns);
	}
	if (got == 0) {
		timeout_ms = topics_before_wait(&w->topics, timeout_ms);
		rest(w, now_ns);
		got = look(w, epfd, events, n, timeout_ms);
	}
	err = got < 0 ? got : 0;
	cadre_worker_turn_begin(w);
	w->lively = false;
	if (err < 0)
		return err == -EINTR ? 0 : err;
	got = events_filter(w, events, got);
	told = w->topics.counts.received;
	topics_turn(&w->topics, &w->mailbox);
	w->lively |= w->topics.counts.received != told;
	return got;
}

int
cadre_worker_accept(struct cadre_worker *w, unsigned int listener,
    struct cadre_peer *ret_peer)
{
	if (listener >= w->intakes.n)
		return -ENOENT;
	return intakes_accept(&w->intakes, &w->intakes.of[listener],
	    cadre_worker_draining(w), ret_peer);
}

/*
 * The acceptor may not have closed its copy of what it gave, and for so long
 * epoll would go on to tell of a number that is closed, or another's by now.
 */
int
cadre_worker_close(struct cadre_worker *w, int fd)
{
	if (w->intakes.picked && w->joined >= 0)
		(void)epoll_ctl(w->joined, EPOLL_CTL_DEL, fd, NULL);
	if (close(fd) < 0 && errno == EBADF)
		return -EBADF;
	cadre__slot_closed(&w->slot);
	return 0;
}
