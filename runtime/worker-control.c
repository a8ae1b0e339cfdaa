/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The worker's end of its control channel: what the master tells it, and what
 * it says of itself. Without a master to speak to the end begins.
 */
#include "runtime/export.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <sys/stat.h>

#include "runtime/leave.h"
#include "runtime/worker-control.h"
#include "shm/clock.h"
#include "shm/fail.h"
#include "shm/fault.h"

#define KILL_GRACE_NS	(100 * NS_PER_MS) /* the master's kill is first */

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

void
worker_control_read(struct cadre_worker *w)
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

void
worker_say_left(struct cadre_worker *w)
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

int
worker_say_refused(struct cadre_worker *w, uint64_t now_ns)
{
	bool waited = channel_waits(&w->control);
	int timeout_ms = refusals_tell(&w->intakes.refusals, &w->control,
	    now_ns);

	if (!waited && channel_waits(&w->control))
		control_poll(w);
	return timeout_ms;
}
