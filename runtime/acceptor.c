/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The acceptor is born before the first worker, from the master's own image.
 * The master keeps whatever a connection can wait in, the listening sockets and
 * both ends of the hand-overs, so the death of an acceptor costs what it had in
 * its hands and is over with the next one.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sys/pidfd.h>
#include <sys/socket.h>

#include <cadre/error.h>

#include "runtime/acceptor.h"
#include "runtime/acceptor-birth.h"
#include "runtime/child.h"
#include "runtime/report.h"
#include "runtime/spawn.h"
#include "shm/clock.h"
#include "shm/fail.h"
#include "shm/fault.h"
#include "shm/proc.h"

#define LIVED_NS	NS_PER_S	/* so long: respawned at once */
#define DELAY_FIRST_NS	(20 * NS_PER_MS)
#define DELAY_MAX_NS	(2 * NS_PER_S)
#define FINISH_NS	(2 * NS_PER_S)	/* its own limit is shorter */

enum { INDEX_PIDFD, INDEX_CONTROL };

struct handover *
acceptor_handover(const struct cadre_master *m, unsigned int seat,
    unsigned int listener)
{
	return &m->handovers[seat * m->nlisteners + listener];
}

static int
handovers_open(struct cadre_master *m)
{
	unsigned int n = m->nseats * m->nlisteners;
	int err = 0;

	m->handovers = calloc(n, sizeof(*m->handovers));
	if (m->handovers == NULL)
		return -ENOMEM;
	for (m->nhandovers = 0; m->nhandovers < n && err == 0;) {
		err = handover_open(&m->handovers[m->nhandovers]);
		m->nhandovers += err == 0;
	}
	return err < 0 ? cadre__fail(err, "cannot make the hand-over of %u "
	    "seats: %s%s", m->nseats, strerror(-err), err == -EMFILE ?
	    "; raise it with ulimit -Hn" : "") : 0;
}

static int
watch(struct cadre_master *m, struct acceptor *a)
{
	uint32_t serial = (uint32_t)a->serial;
	int err;

	err = master_watch(m, a->pidfd, SOURCE_ACCEPTOR, INDEX_PIDFD, serial,
	    EPOLLIN);
	return err == 0 ? master_watch(m, a->control.fd, SOURCE_ACCEPTOR,
	    INDEX_CONTROL, serial, EPOLLIN) : err;
}

static int
fork_it(struct cadre_master *m, struct acceptor *a, int control)
{
	pid_t pid, master = getpid();
	sigset_t all, ours;
	int err = 0;

	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &ours);
	pid = CADRE_FAULT("acceptor.fork") < 0 ? -1 : fork();
	if (pid == 0)
		acceptor_main(m, control, master);
	if (pid < 0)
		err = -errno;
	if (err == 0) {
		a->pid = pid;
		a->pidfd = CADRE_FAULT("acceptor.pidfd") < 0 ? -1 :
		    pidfd_open(pid, 0);
		err = a->pidfd < 0 ? -errno : watch(m, a);
		if (err < 0)
			kill(pid, SIGKILL);
	}
	sigprocmask(SIG_SETMASK, &ours, NULL);
	return err;
}

static void
reap(struct cadre_master *m, struct cadre_shm_life *row)
{
	struct acceptor *a = &m->acceptor;

	if (a->pid > 0)
		child_reap(a->pidfd, a->pid, row);
	master_unwatch(m, &a->pidfd);
	channel_drop(&a->control);
	master_unwatch(m, &a->control.fd);
	a->pid = 0;
}

static int
acceptor_spawn(struct cadre_master *m, uint64_t now_ns)
{
	struct cadre_shm_life row = { .state = 0 };
	struct acceptor *a = &m->acceptor;
	int pair[2], err;

	err = threads_check();
	if (err < 0)
		return err;
	if (CADRE_FAULT("acceptor.control") < 0 || socketpair(AF_UNIX,
	    SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair) < 0)
		return -errno;
	a->control = (struct channel){ .fd = pair[0] };
	a->serial++;
	a->born_ns = now_ns;
	err = fork_it(m, a, pair[1]);
	close(pair[1]);
	if (err < 0) {
		reap(m, &row);
		return cadre__fail(err, "cannot fork the acceptor: %s",
		    strerror(-err));
	}
	cadre__anchor_acceptor(m->anchor, (uint64_t)a->pid, a->restarts);
	return 0;
}

int
acceptor_open(struct cadre_master *m)
{
	int err;

	m->acceptor.restarts = m->acceptor.tries = 0;
	m->acceptor.due_ns = 0;
	if (m->nlisteners == 0)
		return 0;
	err = handovers_open(m);
	return err == 0 ? acceptor_spawn(m, clock_now_ns()) : err;
}

static void
flush(struct cadre_master *m)
{
	struct acceptor *a = &m->acceptor;

	/* If it is gone, its pidfd tells. */
	if (a->control.fd >= 0 && channel_flush(&a->control) == 0)
		(void)master_rewatch(m, a->control.fd, SOURCE_ACCEPTOR,
		    INDEX_CONTROL, (uint32_t)a->serial,
		    channel_waits(&a->control) ? EPOLLIN | EPOLLOUT :
		    EPOLLIN);
}

static void
tell(struct cadre_master *m, const struct cadre__frame *frame,
    const void *body)
{
	struct acceptor *a = &m->acceptor;

	if (a->control.fd < 0)
		return;
	/* Too much waits: it is stopped. It gets the newest when it goes on. */
	if (channel_send(&a->control, frame, body, NULL, 0) == -ENOBUFS) {
		channel_drop(&a->control);
		(void)channel_send(&a->control, frame, body, NULL, 0);
	}
	flush(m);
}

void
acceptor_routes(struct cadre_master *m, uint32_t unserved)
{
	struct cadre__frame frame = { .type = CADRE_FRAME_ROUTES,
	    .id = unserved };
	struct cadre__frame_route *rows;
	unsigned int n = 0, next = 0;
	const struct life *l;

	/* One that was told to finish is told nothing more. */
	if (m->acceptor.control.fd < 0 || m->acceptor.finishes ||
	    m->acceptor.renews)
		return;
	rows = calloc(m->nseats, sizeof(*rows));
	m->acceptor.stale = rows == NULL;
	if (rows == NULL)
		return;			/* the tick says it again */
	/* Those that were scaled away, too: what waits there is rescued. */
	for (unsigned int i = 0; i < m->used; i++) {
		l = &m->seats[i].lives[m->seats[i].newest];
		rows[n].seat = (uint16_t)i;
		rows[n].slot = (uint8_t)m->seats[i].newest;
		if (next < m->nchosen && m->chosen[next] == i) {
			rows[n].flags |= CADRE_ROUTE_CHOSEN;
			next++;
		}
		if (l->row.state == CADRE_STATE_UP &&
		    (l->row.flags & CADRE_LIFE_ATTACHED) != 0)
			rows[n].flags |= CADRE_ROUTE_TAKES;
		if (l->pidfd >= 0)
			rows[n].flags |= CADRE_ROUTE_LIVES;
		if (m->seats[i].door != DOOR_OPEN)
			rows[n].flags |= m->seats[i].door == DOOR_KEPT ?
			    CADRE_ROUTE_KEPT : CADRE_ROUTE_SHUT;
		if (m->seats[i].wanted)
			rows[n].flags |= CADRE_ROUTE_WANTED;
		n++;
	}
	frame.length = (uint32_t)(n * sizeof(*rows));
	tell(m, &frame, rows);
	free(rows);
}

/*
 * A worker that has shut its end, or set options of it, has done so for its
 * seat. Its successor gets another, and so must the acceptor: one that finishes
 * is followed by one that has it, and takes back what is left in the old one.
 */
void
acceptor_mend(struct cadre_master *m, unsigned int seat)
{
	const struct cadre__frame frame = { .type = CADRE_FRAME_FINISH };
	struct handover *h, fresh;
	bool mended = false;

	for (unsigned int i = 0; m->handovers != NULL && i < m->nlisteners;
	    i++) {
		h = acceptor_handover(m, seat, i);
		if (handover_is_usable(h) || handover_open(&fresh) < 0)
			continue;
		(void)epoll_ctl(m->epoll, EPOLL_CTL_DEL, h->worker, NULL);
		handover_close(h);
		*h = fresh;
		mended = true;
	}
	if (!mended)
		return;
	m->acceptor.renews = true;
	tell(m, &frame, NULL);
	report_text(m, CADRE_EVENT_ACCEPTOR, &m->seats[seat], "its worker shut "
	    "or changed what connections are handed over by; the acceptor is "
	    "renewed");
}

static void
died(struct cadre_master *m)
{
	struct cadre_shm_life row = { .state = 0 };
	struct acceptor *a = &m->acceptor;
	uint64_t now_ns = clock_now_ns(), delay_ns = 0;
	int pid = (int)a->pid;

	reap(m, &row);
	cadre__anchor_acceptor(m->anchor, 0, a->restarts);
	if (m->state == CADRE_APP_STOPPING) {
		/* It has finished, or never will. */
		a->due_ns = a->finishes ? now_ns : 0;
		return;
	}
	if (a->renews) {
		a->renews = false;
		a->due_ns = now_ns;
		return;
	}
	a->tries = now_ns - a->born_ns < LIVED_NS ? a->tries + 1 : 0;
	if (a->tries > 0)
		delay_ns = backoff_delay_ns(a->tries, DELAY_FIRST_NS,
		    DELAY_MAX_NS);
	a->due_ns = now_ns + delay_ns;
	report_text(m, CADRE_EVENT_ACCEPTOR, NULL, "the acceptor (pid %d) "
	    "died: %s %u; what waits is not lost; respawn %s%.0fms", pid,
	    row.exit_signal != 0 ? "signal" : "exit", row.exit_signal != 0 ?
	    row.exit_signal : row.exit_code, delay_ns > 0 ? "in " : "after ",
	    (double)delay_ns / (double)NS_PER_MS);
}

/*
 * It reads what clients send, so it is believed no more than a worker: it may
 * say what it refused, and nothing else. If it does, another takes its place.
 */
static void
hear(struct cadre_master *m)
{
	struct acceptor *a = &m->acceptor;
	struct cadre__frame_refused body;
	struct cadre__frame frame;
	const char *wrong = NULL;
	unsigned int nfds = 0;
	int err;

	err = cadre__frame_recv(a->control.fd, &frame, &body, sizeof(body),
	    NULL, &nfds);
	if (err == -EAGAIN)
		return;
	if (err == -EPIPE)		/* closed: do not spin until it dies */
		master_unwatch(m, &a->control.fd);
	else if (err < 0)
		wrong = strerror(-err);
	else if (frame.type != CADRE_FRAME_REFUSED ||
	    frame.length != sizeof(body))
		wrong = "a frame that an acceptor does not send";
	else
		wrong = refusals_take(m, &body, CADRE_NO_SEAT);
	if (wrong == NULL)
		return;
	report_text(m, CADRE_EVENT_ACCEPTOR, NULL, "the acceptor (pid %d) is "
	    "ended: %s", (int)a->pid, wrong);
	master_unwatch(m, &a->control.fd);
	child_signal(a->pidfd, SIGKILL);
}

void
acceptor_ready(struct cadre_master *m, uint32_t index, uint32_t serial,
    uint32_t events)
{
	if (serial != (uint32_t)m->acceptor.serial || m->acceptor.pid == 0)
		return;
	if (index == INDEX_PIDFD)
		died(m);
	else if ((events & EPOLLOUT) != 0)
		flush(m);
	else
		hear(m);
}

void
acceptor_due(struct cadre_master *m, uint64_t now_ns)
{
	struct acceptor *a = &m->acceptor;
	int err;

	if (a->due_ns == 0 || a->due_ns > now_ns)
		return;
	a->due_ns = 0;
	if (m->state == CADRE_APP_STOPPING) {
		if (a->finishes)
			master_drain(m);
		a->finishes = false;
		return;
	}
	a->restarts++;
	err = acceptor_spawn(m, now_ns);
	if (err < 0) {
		a->restarts--;
		a->due_ns = now_ns + DELAY_MAX_NS;
		report_text(m, CADRE_EVENT_TROUBLE, NULL, "%s; next try in 2s",
		    cadre_error(err));
		return;
	}
	acceptor_routes(m, 0);
}

void
acceptor_tick(struct cadre_master *m)
{
	if (m->acceptor.stale)
		acceptor_routes(m, 0);
}

uint64_t
acceptor_deadline(const struct cadre_master *m)
{
	return m->acceptor.due_ns != 0 ? m->acceptor.due_ns : UINT64_MAX;
}

bool
acceptor_finishes(struct cadre_master *m)
{
	const struct cadre__frame frame = { .type = CADRE_FRAME_FINISH };
	bool hands = false;

	for (unsigned int i = 0; i < m->nlisteners; i++)
		hands |= listener_hands(&m->listeners[i]);
	if (!hands || m->acceptor.pid == 0)
		return false;
	tell(m, &frame, NULL);
	m->acceptor.finishes = true;
	m->acceptor.due_ns = clock_now_ns() + FINISH_NS;
	return true;
}

void
acceptor_close(struct cadre_master *m)
{
	struct cadre_shm_life row = { .state = 0 };
	struct acceptor *a = &m->acceptor;

	/* Our own child, not reaped yet: refused, its pid will do as well. */
	if (a->pid > 0 && a->pidfd >= 0 &&
	    child_signal(a->pidfd, SIGKILL) < 0)
		kill(a->pid, SIGKILL);
	if (m->epoll >= 0)
		reap(m, &row);
	for (unsigned int i = 0; i < m->nhandovers; i++)
		handover_close(&m->handovers[i]);
	free(m->handovers);
	m->handovers = NULL;
	m->nhandovers = 0;
	a->due_ns = 0;
	a->finishes = a->renews = a->stale = false;
}
