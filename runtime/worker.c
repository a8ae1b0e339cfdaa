/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The worker's side: its turns, its connections, its end of the control
 * channel. How it was born, by a fork or by an exec and cadre_worker_attach(),
 * makes no difference here.
 */
#include "runtime/export.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sys/prctl.h>
#include <sys/stat.h>

#include "runtime/channel.h"
#include "runtime/leave.h"
#include "runtime/topics.h"
#include "runtime/worker.h"
#include "shm/clock.h"
#include "shm/fail.h"
#include "shm/fault.h"
#include "shm/slot.h"

#define WAKERS			5	/* control, wake, messages, their timer,
					   news */
#define KILL_GRACE_NS		(100 * NS_PER_MS) /* the master's kill is first */

struct cadre_worker {
	unsigned int	seat;
	uint64_t	generation;
	struct cadre__slot slot;
	size_t		slot_bytes;
	struct intakes	intakes;
	struct channel	control;	/* closed: the master is gone */
	struct cadre_mailbox mailbox;
	struct topics	topics;
	struct homes	homes;
	int		epoll;		/* control and wake, for others to poll */
	int		joined;		/* the epoll that `epoll` was added to */
	bool		ready;
	bool		left;		/* the accept set, and said so */
	bool		in_turn;
	bool		exec;		/* not forked */
	struct stat	log;		/* the file of our standard error */
};

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

static void
control_lost(struct cadre_worker *w)
{
	channel_drop(&w->control);
	epoll_ctl(w->epoll, EPOLL_CTL_DEL, w->control.fd, NULL);
	close(w->control.fd);
	w->control.fd = -1;
	leave_in_time();
}

/* Asked for room only while something waits for it. */
static void
control_poll(struct cadre_worker *w)
{
	struct epoll_event e = { .events = EPOLLIN };

	if (channel_waits(&w->control))
		e.events |= EPOLLOUT;
	epoll_ctl(w->epoll, EPOLL_CTL_MOD, w->control.fd, &e);
}

void
worker_frame(struct cadre_worker *w, const struct cadre__frame *frame,
    const void *body)
{
	uint64_t deadline_ns;

	if (frame->type == CADRE_FRAME_SUCCEEDED)
		w->intakes.succeeded = true;
	if (frame->type == CADRE_FRAME_RELEASE)
		intakes_release(&w->intakes);
	if (frame->type != CADRE_FRAME_DRAIN ||
	    frame->length != sizeof(deadline_ns))
		return;			/* of a newer master: not for us */
	memcpy(&deadline_ns, body, sizeof(deadline_ns));
	leave_at(deadline_ns, KILL_GRACE_NS);
}

/* Where our output went when we began; not where the application put it. */
static void
log_change(struct cadre_worker *w, int fd)
{
	struct stat now;

	for (int i = STDOUT_FILENO; i <= STDERR_FILENO; i++)
		if (fstat(i, &now) == 0 && now.st_dev == w->log.st_dev &&
		    now.st_ino == w->log.st_ino)
			(void)dup2(fd, i);
	(void)fstat(fd, &w->log);
	close(fd);
}

/* Of a newer master, and not for us: closed. */
static void
frame_fd(struct cadre_worker *w, const struct cadre__frame *frame, int fd)
{
	if (frame->type == CADRE_FRAME_LOG)
		log_change(w, fd);
	else if (frame->type != CADRE_FRAME_CONNECTION ||
	    !intakes_give(&w->intakes, fd))
		close(fd);
}

void
worker_hears(struct cadre_worker *w, const struct cadre__frame *frame,
    const void *body, const int *fds, unsigned int nfds)
{
	if (nfds == 1)
		frame_fd(w, frame, fds[0]);
	else if (nfds == 0)
		worker_frame(w, frame, body);
	for (unsigned int i = 0; nfds > 1 && i < nfds; i++)
		close(fds[i]);		/* of a newer master */
}

/* Whatever waits there; without a master to speak of, the end begins. */
static void
control_read(struct cadre_worker *w)
{
	struct cadre__frame frame;
	unsigned int nfds;
	uint64_t body[8];
	int err, fd;

	leave_woken();
	while (w->control.fd >= 0) {
		nfds = 1;
		err = cadre__frame_recv(w->control.fd, &frame, body,
		    sizeof(body), &fd, &nfds);
		if (err == 0)
			worker_hears(w, &frame, body, &fd, nfds);
		else if (err != -EAGAIN)
			control_lost(w);
		else
			break;
	}
	if (w->control.fd >= 0 && channel_waits(&w->control)) {
		if (channel_flush(&w->control) != 0)
			control_lost(w);
		else
			control_poll(w);
	}
	if (leave_begun()) {
		leave_woken();
		CADRE_FAULT_AT("worker.drain");
		cadre__slot_drain(&w->slot);
		intakes_drain(&w->intakes);
	}
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

int
cadre_worker_ready(struct cadre_worker *w)
{
	struct cadre__frame frame = { .type = CADRE_FRAME_READY };
	int err;

	if (w->ready)
		return 0;
	CADRE_FAULT_AT("worker.ready");
	err = intakes_check(&w->intakes);
	if (err < 0)
		return cadre__fail(err, "this worker cannot be ready: it has "
		    "closed a descriptor that its listeners need");
	err = channel_send(&w->control, &frame, NULL, NULL, 0);
	w->ready = err == 0;
	if (err == 0 && channel_waits(&w->control))
		control_poll(w);
	return err;
}

/* After its last accept: from then on nothing new can come to it. */
static void
say_left(struct cadre_worker *w)
{
	struct cadre__frame frame = { .type = CADRE_FRAME_LEFT };

	if (w->left || !intakes_left(&w->intakes))
		return;
	CADRE_FAULT_AT("worker.left");
	w->left = true;
	/* Who cannot be told of it sees it by our end. */
	if (channel_send(&w->control, &frame, NULL, NULL, 0) == 0 &&
	    channel_waits(&w->control))
		control_poll(w);
}

/* How long it may sleep before it has more to say of whom it refused. */
static int
say_refused(struct cadre_worker *w, uint64_t now_ns)
{
	bool waited = channel_waits(&w->control);
	int timeout_ms = refusals_tell(&w->intakes.refusals, &w->control,
	    now_ns);

	if (!waited && channel_waits(&w->control))
		control_poll(w);
	return timeout_ms;
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
		if (e[i].data.ptr == &w->mailbox)
			mailbox_ready(&w->mailbox, e[i].events);
		else if (e[i].data.ptr == &w->mailbox.timer)
			mailbox_timer(&w->mailbox);
		else if (e[i].data.ptr == &w->topics)
			topics_rung(&w->topics, e[i].events);
		else
			control = true;
	if (control)
		control_read(w);
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
	say_left(w);
	(void)say_refused(w, clock_now_ns());
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
		else if (events[i].data.ptr == &w->mailbox)
			mailbox_ready(&w->mailbox, events[i].events);
		else if (events[i].data.ptr == &w->topics)
			topics_rung(&w->topics, events[i].events);
		else
			events[kept++] = events[i];
	return kept;
}

int
cadre_worker_wait(struct cadre_worker *w, int epfd, struct epoll_event *events,
    int n, int timeout_ms)
{
	uint64_t now_ns;
	int err, got;

	if (w->joined != epfd) {
		err = poll_add(epfd, w->epoll, w);
		if (err < 0)
			return err;
		w->joined = epfd;
	}
	mailbox_turn_ends(&w->mailbox);
	mailbox_join(&w->mailbox, epfd);
	topics_join(&w->topics, epfd);
	say_left(w);
	now_ns = clock_now_ns();
	timeout_ms = shorter(timeout_ms, say_refused(w, now_ns));
	timeout_ms = intakes_before_wait(&w->intakes, timeout_ms, now_ns);
	timeout_ms = topics_before_wait(&w->topics, timeout_ms);
	if (w->in_turn)
		cadre__slot_turn_end(&w->slot, now_ns);
	w->in_turn = false;
	if (intakes_line(&w->intakes))
		got = intakes_wait(&w->intakes, epfd, events, n, timeout_ms);
	else if ((got = epoll_wait(epfd, events, n, timeout_ms)) < 0)
		got = -errno;
	err = got < 0 ? got : 0;
	cadre_worker_turn_begin(w);
	if (err < 0)
		return err == -EINTR ? 0 : err;
	got = events_filter(w, events, got);
	topics_turn(&w->topics, &w->mailbox);
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
