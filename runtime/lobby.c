/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A header is looked at where it lies, in the socket (MSG_PEEK), until it is
 * whole; then it is read, to its last byte. Callers are watched edge-triggered
 * in the epoll that the application polls: what comes wakes it once, and its
 * next accept looks. A timer in the same epoll is for those that send nothing,
 * so that a loop of any kind learns of it.
 *
 * Beyond its room the lobby closes who has waited for longest: a proxy sends
 * its header with the connection, and who does not must not keep others out.
 */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sys/socket.h>
#include <sys/timerfd.h>

#include "runtime/lobby.h"
#include "runtime/trusted.h"
#include "shm/clock.h"
#include "shm/fault.h"

#define TIMER		UINT64_MAX	/* its tag; a caller's is its number */
#define ROUNDS		8		/* of fetching, in one accept */
#define SHARE		4		/* of all descriptors, at most so many */

struct caller {
	struct cadre_peer peer;		/* the socket's */
	int		fd;		/* -1: nobody is here */
	uint64_t	deadline_ns;
	unsigned int	before, after;	/* in order of arrival; 0: the end */
};

static int
watch(int poll, int fd, uint32_t events, uint64_t tag)
{
	struct epoll_event e = { .events = events, .data.u64 = tag };

	return CADRE_FAULT("lobby.watch") < 0 ||
	    epoll_ctl(poll, EPOLL_CTL_ADD, fd, &e) < 0 ? -errno : 0;
}

int
lobby_open(struct lobby *l, uint64_t descriptors)
{
	l->timer = -1;
	if (l->trusted.nets == 0)
		return 0;
	l->room = LOBBY_MAX;
	if (descriptors / SHARE < l->room)
		l->room = (unsigned int)(descriptors / SHARE);
	l->callers = calloc(l->room + 1, sizeof(*l->callers));
	if (l->callers == NULL)
		return -ENOMEM;
	l->timer = CADRE_FAULT("lobby.timer") < 0 ? -1 :
	    timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
	return l->timer < 0 ? -errno : watch(l->poll, l->timer, EPOLLIN, TIMER);
}

/*
 * For the one that has waited for longest; then for the next. It is left as it
 * is when that one has come in time: once in such a while it wakes us for
 * nothing, and not twice for each.
 */
static void
timer_set(struct lobby *l)
{
	struct itimerspec at = { .it_value.tv_sec = 0 };
	uint64_t ns = l->callers[l->callers[0].after].deadline_ns;

	if (l->n == 0 || l->armed_ns != 0)
		return;
	at.it_value.tv_sec = (time_t)(ns / NS_PER_S);
	at.it_value.tv_nsec = (long)(ns % NS_PER_S);
	if (timerfd_settime(l->timer, TFD_TIMER_ABSTIME, &at, NULL) == 0)
		l->armed_ns = ns;
}

static unsigned int
caller_add(struct lobby *l, int fd, const struct cadre_peer *peer)
{
	unsigned int i = l->free, last = l->callers[0].before;

	if (i != 0)
		l->free = l->callers[i].after;
	else
		i = ++l->used;
	l->callers[i] = (struct caller){ .peer = *peer, .fd = fd,
	    .deadline_ns = clock_now_ns() + l->trusted.timeout_ms * NS_PER_MS,
	    .before = last };
	l->callers[last].after = l->callers[0].before = i;
	l->n++;
	return i;
}

/*
 * Out of the list, and of the epoll, which a close alone would not do: the
 * acceptor may have its copy still.
 */
static int
caller_take(struct lobby *l, unsigned int i)
{
	struct caller *c = &l->callers[i];
	int fd = c->fd;

	(void)epoll_ctl(l->poll, EPOLL_CTL_DEL, c->fd, NULL);
	l->callers[c->before].after = c->after;
	l->callers[c->after].before = c->before;
	c->fd = -1;
	c->after = l->free;
	l->free = i;
	l->n--;
	return fd;
}

/* Counted before it is closed: whose end is seen outside is in the counts. */
static int
refuse(struct lobby *l, int fd, enum refusal why)
{
	cadre__slot_refused(l->slot);
	refusals_add(l->refusals, why, l->listener);
	CADRE_FAULT_AT("lobby.refuse");
	close(fd);
	cadre__slot_closed(l->slot);
	return -ECONNABORTED;
}

static ssize_t
bytes_peek(int fd, void *bytes, size_t n)
{
	ssize_t got;

	do
		got = CADRE_FAULT("lobby.peek") < 0 ? -1 :
		    recv(fd, bytes, n, MSG_PEEK | MSG_DONTWAIT);
	while (got < 0 && errno == EINTR);
	return got < 0 ? -errno : got;
}

/* Exactly that: it is all there. */
static bool
read_all(int fd, unsigned char *bytes, size_t n)
{
	ssize_t got;

	for (size_t at = 0; at < n; at += (size_t)got) {
		got = CADRE_FAULT("lobby.read") < 0 ? -1 :
		    recv(fd, bytes + at, n - at, MSG_DONTWAIT);
		if (got < 0 && errno == EINTR)
			got = 0;
		else if (got <= 0)
			return false;
	}
	return true;
}

static bool
has_ended(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLRDHUP };

	return poll(&p, 1, 0) > 0;
}

/* One that came and went without a byte looked whether the port is open. */
static int
refuse_for(struct lobby *l, int fd, int err)
{
	switch (err) {
	case -ENODATA:
		close(fd);
		cadre__slot_closed(l->slot);
		return -ECONNABORTED;
	case -EPROTO:
		return refuse(l, fd, REFUSAL_PROXY_NONE);
	case -EMSGSIZE:
		return refuse(l, fd, REFUSAL_PROXY_LONG);
	case -EILSEQ:
		return refuse(l, fd, REFUSAL_PROXY_SUM);
	case -EBADMSG:
		return refuse(l, fd, REFUSAL_PROXY_BAD);
	default:
		return refuse(l, fd, REFUSAL_PROXY_CUT);
	}
}

/*
 * Most of what is there is not ours to copy, so a second look is taken only for
 * a header that is long.
 */
static int
look_once(struct lobby *l, int fd)
{
	ssize_t got = bytes_peek(fd, l->header, PROXY_FIRST);
	int n = got > 0 ? proxy_parse(l->header, (size_t)got, &l->proxy) :
	    (int)got;

	if (n == -EAGAIN && got == PROXY_FIRST) {
		got = bytes_peek(fd, l->header, sizeof(l->header));
		n = got > 0 ? proxy_parse(l->header, (size_t)got, &l->proxy) :
		    (int)got;
	}
	return got == 0 ? -ENODATA : n;
}

/*
 * Is there a whole header? Its length; -EAGAIN: not yet; -errno as
 * proxy_parse(); -ENODATA: nothing will come; of the socket. What ended is
 * looked at again: its last bytes may have come in between.
 */
static int
look(struct lobby *l, int fd)
{
	int n = look_once(l, fd);

	if (n == -EAGAIN && has_ended(fd)) {
		n = look_once(l, fd);
		if (n == -EAGAIN)
			n = -ECONNRESET;
	}
	return n;
}

/* Its header is there, of n bytes: from now on it is the application's. */
static int
give(struct lobby *l, int fd, int n, struct cadre_peer *inout_peer)
{
	if (!read_all(fd, l->header, (size_t)n) ||
	    proxy_parse(l->header, (size_t)n, &l->proxy) != n)
		return refuse(l, fd, REFUSAL_PROXY_CUT);
	CADRE_FAULT_AT("lobby.give");
	l->given = true;
	l->peer = *inout_peer;
	if (l->proxy.known) {
		inout_peer->address = l->proxy.source;
		inout_peer->bytes = l->proxy.source_bytes;
	}
	return fd;
}

int
lobby_enter(struct lobby *l, int fd, struct cadre_peer *inout_peer)
{
	unsigned int i;
	int n;

	l->given = false;
	if (!trusted_has(&l->trusted, inout_peer))
		return fd;
	n = look(l, fd);
	if (n >= 0)
		return give(l, fd, n, inout_peer);
	if (n != -EAGAIN)
		return refuse_for(l, fd, n);
	if (l->n == l->room && l->n > 0)
		(void)refuse(l, caller_take(l, l->callers[0].after),
		    REFUSAL_PROXY_CROWD);
	if (l->n == l->room)
		return refuse(l, fd, REFUSAL_PROXY_CROWD);
	i = caller_add(l, fd, inout_peer);
	if (watch(l->poll, fd, EPOLLIN | EPOLLRDHUP | EPOLLET, i) < 0)
		return refuse(l, caller_take(l, i), REFUSAL_PROXY_CROWD);
	timer_set(l);
	return -EINPROGRESS;
}

/* Something has come; if it is a header, it is the application's. */
static int
caller_look(struct lobby *l, unsigned int i, struct cadre_peer *ret_peer)
{
	int n = look(l, l->callers[i].fd);

	if (n == -EAGAIN)
		return -EAGAIN;
	*ret_peer = l->callers[i].peer;
	if (n >= 0)
		return give(l, caller_take(l, i), n, ret_peer);
	return refuse_for(l, caller_take(l, i), n);
}

static bool
is_caller(const struct lobby *l, uint64_t tag)
{
	/* By an event of before it left, another in its place is looked at. */
	return tag >= 1 && tag <= l->used && l->callers[tag].fd >= 0;
}

/* Of what was fetched. -EAGAIN: no caller had a whole header. */
static int
fetched_next(struct lobby *l, struct cadre_peer *ret_peer)
{
	uint64_t rings;
	int fd;

	while (l->looked < l->fetched) {
		uint64_t tag = l->events[l->looked++].data.u64;

		if (tag == TIMER) {
			(void)!read(l->timer, &rings, sizeof(rings));
			l->armed_ns = 0;
		}
		if (!is_caller(l, tag))
			continue;
		fd = caller_look(l, (unsigned int)tag, ret_peer);
		if (fd >= 0)
			return fd;
	}
	return -EAGAIN;
}

/* Whose time is over is looked at once more: we may be late ourselves. */
static int
late_next(struct lobby *l, struct cadre_peer *ret_peer)
{
	uint64_t now_ns = clock_now_ns();
	unsigned int i;
	int fd = -EAGAIN;

	while (fd < 0 && (i = l->callers[0].after) != 0 &&
	    l->callers[i].deadline_ns <= now_ns) {
		fd = caller_look(l, i, ret_peer);
		if (fd == -EAGAIN)
			(void)refuse(l, caller_take(l, i), REFUSAL_PROXY_LATE);
	}
	timer_set(l);
	return fd >= 0 ? fd : -EAGAIN;
}

static bool
sleeps(const struct lobby *l)
{
	return l->looked >= l->fetched && l->n == 0 && (l->armed_ns == 0 ||
	    clock_now_ns() < l->armed_ns);
}

/* Of callers and the timer only: the rest of that epoll is not for us. */
static bool
fetch(struct lobby *l, int timeout_ms)
{
	int n = epoll_wait(l->poll, l->events, LOBBY_EVENTS, timeout_ms);

	l->fetched = l->looked = 0;
	for (int i = 0; i < n; i++)
		if (l->events[i].data.u64 != 0)
			l->events[l->fetched++] = l->events[i];
	return l->fetched > 0;
}

/* Bounded, however fast they send: the rest is there at the next accept. */
static int
next(struct lobby *l, int timeout_ms, struct cadre_peer *ret_peer)
{
	int fd;

	if (sleeps(l))
		return -EAGAIN;
	fd = fetched_next(l, ret_peer);
	for (int i = 0; i < ROUNDS && fd < 0 && fetch(l, timeout_ms); i++) {
		timeout_ms = 0;
		fd = fetched_next(l, ret_peer);
	}
	return fd >= 0 ? fd : late_next(l, ret_peer);
}

int
lobby_next(struct lobby *l, struct cadre_peer *ret_peer)
{
	l->given = false;
	return l->trusted.nets == 0 ? -EAGAIN : next(l, 0, ret_peer);
}

int
lobby_wait(struct lobby *l, uint64_t until_ns, struct cadre_peer *ret_peer)
{
	uint64_t now_ns, deadline_ns;
	int fd;

	while (l->n > 0 && (now_ns = clock_now_ns()) < until_ns) {
		deadline_ns = l->callers[l->callers[0].after].deadline_ns;
		if (deadline_ns > until_ns)
			deadline_ns = until_ns;
		fd = next(l, deadline_ns > now_ns ? (int)((deadline_ns -
		    now_ns) / NS_PER_MS) + 1 : 0, ret_peer);
		if (fd >= 0)
			return fd;
	}
	return -EAGAIN;
}
