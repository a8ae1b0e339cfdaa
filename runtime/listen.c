/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The sockets of all seats are made once, at the start, and none is closed
 * before the end: a death, a respawn or a change of size closes no queue. Mode
 * `spread` has one per seat, the other modes have one for all.
 *
 * SO_REUSEPORT would let two apps of one user share a port without a word. So
 * the first socket is bound and listens without it, which fails if anybody is
 * there, and gets the option only then; the other seats' sockets join. Bound
 * is not enough: until one of them listens, SO_REUSEADDR lets two be bound.
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "runtime/door.h"
#include "runtime/listen.h"
#include "shm/fail.h"
#include "shm/fault.h"

#define PASSING_MAX	100		/* accepts in a row that fail in passing */

static int
set(int fd, int level, int name, int on)
{
	return setsockopt(fd, level, name, &on, sizeof(on)) < 0 ? -errno : 0;
}

/* The kernel gave us a port, or we were given one: what all others bind to. */
static int
port_learn(struct listener *l, int fd)
{
	char host[INET6_ADDRSTRLEN];
	const struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)&l->sockaddr;
	const struct sockaddr_in *in = (struct sockaddr_in *)&l->sockaddr;

	if (getsockname(fd, (struct sockaddr *)&l->sockaddr,
	    &l->sockaddr_bytes) < 0)
		return -errno;
	if (l->family == AF_INET) {
		inet_ntop(AF_INET, &in->sin_addr, host, sizeof(host));
		snprintf(l->address, sizeof(l->address), "tcp:%s:%u", host,
		    ntohs(in->sin_port));
	} else {
		inet_ntop(AF_INET6, &in6->sin6_addr, host, sizeof(host));
		snprintf(l->address, sizeof(l->address), "tcp:[%s]:%u", host,
		    ntohs(in6->sin6_port));
	}
	return 0;
}

static int
tcp_bind(struct listener *l, int fd, bool first)
{
	int err;

	err = set(fd, SOL_SOCKET, SO_REUSEADDR, 1);
	if (err == 0 && l->family == AF_INET6)
		err = set(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1);
	/* Connections inherit it from the listener: one call less for each. */
	if (err == 0)
		err = set(fd, IPPROTO_TCP, TCP_NODELAY, 1);
	if (err == 0 && !first)
		err = set(fd, SOL_SOCKET, SO_REUSEPORT, 1);
	if (err == 0 && (CADRE_FAULT("listener.bind") < 0 || bind(fd,
	    (struct sockaddr *)&l->sockaddr, l->sockaddr_bytes) < 0))
		err = -errno;
	if (err == 0 && first)
		err = port_learn(l, fd);
	return err;
}

/* A socket file that nobody answers on was left by a process that is gone. */
int
listener_forget(const struct sockaddr *sa, socklen_t bytes)
{
	const struct sockaddr_un *sun = (const struct sockaddr_un *)sa;
	struct stat st;
	int err, probe;

	if (lstat(sun->sun_path, &st) < 0)
		return -errno;
	if (!S_ISSOCK(st.st_mode))
		return -EADDRINUSE;
	probe = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (probe < 0)
		return -errno;
	err = connect(probe, sa, bytes) < 0 ? errno : 0;
	close(probe);
	if (err != ECONNREFUSED)
		return -EADDRINUSE;
	return unlink(sun->sun_path) < 0 ? -errno : 0;
}

static int
unix_bind(const struct listener *l, int fd)
{
	const struct sockaddr_un *sun = (const struct sockaddr_un *)&l->sockaddr;
	const struct sockaddr *sa = (const struct sockaddr *)&l->sockaddr;
	int err;

	if (bind(fd, sa, l->sockaddr_bytes) == 0)
		return 0;
	if (errno != EADDRINUSE || sun->sun_path[0] == '\0')
		return -errno;
	err = listener_forget(sa, l->sockaddr_bytes);
	if (err == 0 && bind(fd, sa, l->sockaddr_bytes) < 0)
		err = -errno;
	return err;
}

/*
 * By its path: what is set on a socket before bind(2) goes through the umask,
 * which is that of all threads. Nobody can connect before it listens.
 */
static int
unix_open_to(const struct listener *l)
{
	const struct sockaddr_un *sun = (const struct sockaddr_un *)&l->sockaddr;

	if (l->family != AF_UNIX || l->socket_mode == 0)
		return 0;
	return CADRE_FAULT("listener.chmod") < 0 ||
	    chmod(sun->sun_path, l->socket_mode) < 0 ? -errno : 0;
}

/*
 * The choice must stand before the first connection comes, and a program can
 * be attached before listen() only while SO_REUSEPORT is on; but listen() shall
 * fail if anybody is there, so for that moment it is off.
 */
static int
choice_begin(int fd, unsigned int wanted)
{
	unsigned int *seats;
	int err;

	seats = calloc(wanted, sizeof(*seats));
	if (seats == NULL)
		return -ENOMEM;
	for (unsigned int i = 0; i < wanted; i++)
		seats[i] = i;
	err = set(fd, SOL_SOCKET, SO_REUSEPORT, 1);
	if (err == 0)
		err = spread_attach(fd, seats, wanted);
	free(seats);
	return err == 0 ? set(fd, SOL_SOCKET, SO_REUSEPORT, 0) : err;
}

/* `wanted`: of the first socket of a group, how many seats to begin with. */
static int
listen_on(const struct listener *l, int fd, unsigned int wanted)
{
	int err = 0;

	if (wanted > 0)
		err = choice_begin(fd, wanted);
	if (l->filtered && l->family != AF_UNIX)
		err = door_filter(fd, true);
	if (err == 0 && (CADRE_FAULT("listener.listen") < 0 ||
	    listen(fd, l->backlog) < 0))
		err = -errno;
	if (err == 0 && wanted > 0)
		err = set(fd, SOL_SOCKET, SO_REUSEPORT, 1);
	return err;
}

/* The file of a Unix socket that is not abstract. */
static void
unix_unlink(const struct listener *l)
{
	const struct sockaddr_un *sun = (struct sockaddr_un *)&l->sockaddr;

	if (l->family == AF_UNIX && sun->sun_path[0] != '\0')
		unlink(sun->sun_path);
}

static int
socket_open(struct listener *l, bool first, unsigned int wanted, int *ret_fd)
{
	int err, fd;

	fd = CADRE_FAULT("listener.socket") < 0 ? -1 :
	    socket(l->family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	err = l->family == AF_UNIX ? unix_bind(l, fd) : tcp_bind(l, fd, first);
	if (err == 0) {
		err = unix_open_to(l);
		if (err == 0)
			err = listen_on(l, fd, wanted);
		if (err < 0)
			unix_unlink(l);
	}
	if (err < 0)
		close(fd);
	else
		*ret_fd = fd;
	return err;
}

int
listener_open_one(struct listener *l, int *ret_fd)
{
	return socket_open(l, true, 0, ret_fd);
}

int
listener_open(struct listener *l, unsigned int seats, unsigned int wanted)
{
	unsigned int n = l->spread ? seats : 1;
	int err = 0;

	if (l->door)
		return door_open(l, seats, wanted);
	l->fds = calloc(n, sizeof(*l->fds));
	if (l->fds == NULL)
		return -ENOMEM;
	l->sockaddr = l->asked;
	for (l->nfds = 0; l->nfds < n && err == 0;) {
		err = socket_open(l, l->nfds == 0,
		    l->nfds == 0 && n > 1 ? wanted : 0, &l->fds[l->nfds]);
		if (err == 0)
			l->nfds++;
	}
	if (err == 0)
		return 0;
	listener_close(l);
	if (err == -EADDRINUSE)
		return cadre__fail(err, "cannot listen on %s: somebody else "
		    "does; name another address, or stop them", l->address);
	return cadre__fail(err, "cannot listen on %s: %s%s", l->address,
	    strerror(-err), err == -EMFILE ? "; raise it with ulimit -n" :
	    err == -EACCES ? "; ports below 1024 need root or "
	    "CAP_NET_BIND_SERVICE" : "");
}

/* Any socket of the group will do; a worker may have locked its own. */
int
listener_choose(const struct listener *l, const unsigned int *seats,
    unsigned int n)
{
	int err = -EINVAL;

	for (unsigned int i = 0; i < l->nfds; i++) {
		err = spread_attach(l->fds[i], seats, n);
		if (err != -EPERM)
			break;
	}
	return err;
}

bool
listener_listens(int fd)
{
	int listens = 0;
	socklen_t bytes = sizeof(listens);

	return getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens,
	    &bytes) < 0 || listens;
}

bool
listener_is_whole(const struct listener *l)
{
	for (unsigned int i = 0; i < l->nfds; i++)
		if (!listener_listens(l->fds[i]))
			return false;
	return true;
}

/* Asked with no room for it, the kernel says how long it is; of an eBPF, no. */
int
listener_unfilter(int fd)
{
	socklen_t n = 0;
	int unused = 0;

	if (getsockopt(fd, SOL_SOCKET, SO_GET_FILTER, NULL, &n) == 0 && n == 0)
		return 0;
	return setsockopt(fd, SOL_SOCKET, SO_DETACH_FILTER, &unused,
	    sizeof(unused)) == 0 ? 1 : errno == ENOENT ? 0 : -errno;
}

/*
 * A socket that was shut has left the group, and the last one has taken its
 * number. So all leave, and come back in the order of seats.
 */
int
listener_again(const struct listener *l, unsigned int wanted)
{
	static const struct sockaddr nowhere = { .sa_family = AF_UNSPEC };
	int err = 0;

	/* Unlike shutdown() this leaves no mark that connections inherit. */
	for (unsigned int i = 0; i < l->nfds; i++)
		(void)connect(l->fds[i], &nowhere, sizeof(nowhere));
	for (unsigned int i = 0; i < l->nfds && err == 0; i++) {
		/* One that was bound to port 0 has lost its port; others not. */
		if (bind(l->fds[i], (const struct sockaddr *)&l->sockaddr,
		    l->sockaddr_bytes) < 0 && errno != EINVAL)
			return -errno;
		err = listen_on(l, l->fds[i],
		    i == 0 && l->nfds > 1 ? wanted : 0);
	}
	return err;
}

void
listener_close(struct listener *l)
{
	if (l->nfds > 0 && l->door)
		door_unlink(l);
	else if (l->nfds > 0)
		unix_unlink(l);
	for (unsigned int i = 0; i < l->nfds; i++)
		close(l->fds[i]);
	free(l->fds);
	l->fds = NULL;
	l->nfds = 0;
}

int
listener_fd(const struct listener *l, unsigned int seat)
{
	return l->fds[listener_each(l) ? seat : 0];
}

bool
listener_waits(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	return poll(&p, 1, 0) > 0 && (p.revents & POLLIN) != 0;
}

/* tcpi_unacked of a socket that listens is the length of its accept queue. */
unsigned int
listener_queue(const struct listener *l, unsigned int i)
{
	struct tcp_info info = { .tcpi_unacked = 0 };
	socklen_t bytes = sizeof(info);

	if (l->family == AF_UNIX)
		return listener_waits(l->fds[i]);
	return getsockopt(l->fds[i], IPPROTO_TCP, TCP_INFO, &info, &bytes) < 0 ?
	    0 : info.tcpi_unacked;
}

/* Reasons that end one call of accept(2), but take no connection with them. */
static bool
is_passing(int err)
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
listener_accept(int fd, struct sockaddr *address, socklen_t *bytes)
{
	socklen_t room = bytes != NULL ? *bytes : 0;
	int conn = -1;

	/* Bounded: a filter of system calls may say one of these for ever. */
	for (int i = 0; conn < 0 && i < PASSING_MAX; i++) {
		if (bytes != NULL)
			*bytes = room;
		conn = CADRE_FAULT("listener.accept") < 0 ? -1 :
		    accept4(fd, address, bytes, SOCK_NONBLOCK | SOCK_CLOEXEC);
		if (conn < 0 && !is_passing(errno))
			break;
	}
	return conn < 0 ? -errno : conn;
}
