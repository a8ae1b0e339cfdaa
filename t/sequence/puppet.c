/* SPDX-License-Identifier: BSD-2-Clause */
/* Workers without a process; see puppet.h. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>

#include "runtime/child.h"
#include "runtime/logs.h"
#include "runtime/spawn.h"
#include "shm/clock.h"
#include "shm/fail.h"
#include "shm/frame.h"
#include "t/lib/tap.h"
#include "t/sequence/claims.h"
#include "t/sequence/dice.h"
#include "t/sequence/puppet.h"

struct puppet puppets[PUPPETS_MAX];
uint64_t puppet_now_ns = 1000 * NS_PER_S;
bool puppet_calm;
uint64_t dice_state;

int	__wrap_clock_gettime(clockid_t, struct timespec *);
int	__wrap_timerfd_settime(int, int, const struct itimerspec *,
	    struct itimerspec *);
ssize_t	__wrap_getrandom(void *, size_t, unsigned int);
int	__wrap_spawn(struct cadre_master *, struct seat *, struct life *,
	    uint64_t);
int	__wrap_child_signal(int, int);
int	__wrap_child_ended(int);
bool	__wrap_child_ends(int, int);
bool	__wrap_child_reap(int, pid_t, struct cadre_shm_life *);

int
__wrap_clock_gettime(clockid_t id, struct timespec *ret_now)
{
	(void)id;
	ret_now->tv_sec = (time_t)(puppet_now_ns / NS_PER_S);
	ret_now->tv_nsec = (long)(puppet_now_ns % NS_PER_S);
	return 0;
}

/* The test looks at m->timer_ns, and goes there. */
int
__wrap_timerfd_settime(int fd, int flags, const struct itimerspec *at,
    struct itimerspec *before)
{
	(void)fd;
	(void)flags;
	(void)at;
	(void)before;
	return 0;
}

ssize_t
__wrap_getrandom(void *to, size_t n, unsigned int flags)
{
	(void)flags;
	for (size_t i = 0; i < n; i++)
		((uint8_t *)to)[i] = (uint8_t)dice(256);
	return (ssize_t)n;
}

void
puppets_begin(void)
{
	for (struct puppet *p = puppets; p < puppets + PUPPETS_MAX; p++)
		*p = (struct puppet){ .pidfd = -1, .control = -1 };
	puppet_calm = false;
}

static struct puppet *
by_pidfd(int pidfd)
{
	for (struct puppet *p = puppets; p < puppets + PUPPETS_MAX; p++)
		if (p->generation != 0 && p->pidfd == pidfd)
			return p;
	return NULL;
}

struct puppet *
puppet_of(const struct life *l)
{
	return by_pidfd(l->pidfd);
}

struct puppet *
puppet_any(bool (*is)(const struct puppet *))
{
	struct puppet *of[PUPPETS_MAX];
	unsigned int n = 0;

	for (struct puppet *p = puppets; p < puppets + PUPPETS_MAX; p++)
		if (p->generation != 0 && !p->dead && is(p))
			of[n++] = p;
	return n > 0 ? of[dice(n)] : NULL;
}

/* What a spawn leaves in a life, and the ends of its channel. */
static int
be_born(struct cadre_master *m, struct seat *s, struct life *l,
    struct puppet *p)
{
	uint32_t index = slot_of(m, s, l);
	uint32_t serial = (uint32_t)l->row.generation;
	int pair[2], on = 1, err;

	err = log_begin(m, s, l);
	if (err < 0 || socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK |
	    SOCK_CLOEXEC, 0, pair) < 0)
		bail_out("a puppet: %s", strerror(err < 0 ? -err : errno));
	setsockopt(pair[0], SOL_SOCKET, SO_PASSCRED, &on, sizeof(on));
	l->control = (struct channel){ .fd = pair[0] };
	l->pidfd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	*p = (struct puppet){ .slot = index, .pidfd = l->pidfd,
	    .control = pair[1], .generation = l->row.generation,
	    .immune = !puppet_calm && dice_once_in(30) };
	err = master_watch(m, l->pidfd, SOURCE_PIDFD, index, serial, EPOLLIN);
	return err == 0 ? master_watch(m, l->control.fd, SOURCE_CONTROL, index,
	    serial, EPOLLIN) : err;
}

/* As spawn.h says of the real one, also of its failure. */
int
__wrap_spawn(struct cadre_master *m, struct seat *s, struct life *l,
    uint64_t now_ns)
{
	struct puppet *room = NULL;

	claim_that(l->pidfd < 0, "a spawn in a slot that has a writer");
	for (struct puppet *p = puppets; p < puppets + PUPPETS_MAX; p++) {
		if (p->generation == 0)
			room = p;
		else
			claim_that(p->slot != slot_of(m, s, l), "a slot is "
			    "taken while its last writer lives");
	}
	m->generations++;
	if (!puppet_calm && dice_once_in(20))
		return cadre__fail(-EAGAIN, "no process");
	claim_that(room != NULL, "more workers than slots");
	cadre__anchor_baseline(m->anchor, slot_of(m, s, l));
	l->row = (struct cadre_shm_life){
		.state = CADRE_STATE_STARTING,
		.generation = m->generations,
		.spawned_ns = now_ns,
		.restarts = s->restarts,
		.tries = s->tries,
		.pid = (uint64_t)getpid(),	/* so its frames are its own */
		.flags = m->fn != NULL ? CADRE_LIFE_ATTACHED :
		    CADRE_LIFE_PROGRAM,
	};
	l->strangers = 0;
	l->deaf = l->late = l->unfit = l->traced = false;
	l->watched = (struct watched){ .hung = false };
	l->ready_by = NULL;
	return room != NULL ? be_born(m, s, l, room) : -EAGAIN;
}

int
__wrap_child_signal(int pidfd, int number)
{
	struct puppet *p = by_pidfd(pidfd);

	claim_that(p != NULL, "a signal to nobody");
	if (p == NULL || p->dead)
		return p == NULL ? -EBADF : 0;
	if (p->immune && !puppet_calm)
		return -EPERM;
	if (number == SIGKILL || number == SIGABRT)
		p->killed = true;
	else if (number == SIGTERM)
		p->told = true;
	return 0;
}

int
__wrap_child_ended(int pidfd)
{
	const struct puppet *p = by_pidfd(pidfd);

	return p != NULL && p->dead;
}

bool
__wrap_child_ends(int pidfd, int timeout_ms)
{
	(void)pidfd;
	(void)timeout_ms;
	return true;
}

bool
__wrap_child_reap(int pidfd, pid_t pid, struct cadre_shm_life *row)
{
	struct puppet *p = by_pidfd(pidfd);

	(void)pid;
	claim_that(p != NULL && (p->dead || p->killed), "one that lives is "
	    "waited for: that would block");
	if (p == NULL)
		return false;
	if (p->status < 0)
		row->exit_signal = (uint32_t)-p->status;
	else
		row->exit_code = (uint32_t)p->status;
	if (p->control >= 0)
		close(p->control);
	*p = (struct puppet){ .pidfd = -1, .control = -1 };
	return true;
}

static void
say(const struct puppet *p, uint16_t type)
{
	const struct cadre__frame frame = { .type = type };

	if (p->control >= 0)
		(void)cadre__frame_send(p->control, &frame, NULL, NULL, 0);
}

void
puppet_ready(struct puppet *p)
{
	say(p, CADRE_FRAME_READY);
}

void
puppet_attach(struct puppet *p)
{
	say(p, CADRE_FRAME_SLOT);
}

void
puppet_babble(struct puppet *p)
{
	say(p, CADRE_FRAME_DRAIN);
}

void
puppet_end(struct puppet *p, int status)
{
	const uint64_t one = 1;

	p->dead = true;
	p->status = p->killed ? -SIGKILL : status;
	close(p->control);
	p->control = -1;
	if (write(p->pidfd, &one, sizeof(one)) < 0)
		bail_out("eventfd: %s", strerror(errno));
}

static void
listen_to(struct puppet *p)
{
	char body[sizeof(struct cadre__frame_slot)];
	struct cadre__frame frame;
	int fds[CADRE_FRAME_SLOT_FDS_MAX], err;
	unsigned int n;

	do {
		n = CADRE_FRAME_SLOT_FDS_MAX;
		err = cadre__frame_recv(p->control, &frame, body, sizeof(body),
		    fds, &n);
		for (unsigned int i = 0; err == 0 && i < n; i++)
			close(fds[i]);
		/* End of file: it takes its master for gone. */
		if (err == -EPIPE ||
		    (err == 0 && frame.type == CADRE_FRAME_DRAIN))
			p->told = true;
	} while (err == 0);
}

/* One question to the kernel for all: most turns tell nobody anything. */
void
puppets_listen(void)
{
	struct pollfd p[PUPPETS_MAX];

	for (unsigned int i = 0; i < PUPPETS_MAX; i++)
		p[i] = (struct pollfd){ puppets[i].control, POLLIN, 0 };
	if (poll(p, PUPPETS_MAX, 0) <= 0)
		return;
	for (unsigned int i = 0; i < PUPPETS_MAX; i++)
		if (p[i].revents != 0)
			listen_to(&puppets[i]);
}
