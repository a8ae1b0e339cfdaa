/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What sockets must be able to do: tried on loopback and on pairs of our own,
 * with the functions that a master makes its listeners with.
 */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include <sys/socket.h>

#include <cadre/error.h>

#include "runtime/door.h"
#include "runtime/listen.h"
#include "tools/doctor.h"
#include "tools/text.h"

#ifndef SO_PASSRIGHTS			/* Linux 6.16 */
#define SO_PASSRIGHTS	83
#endif

#define CONNECT_MS	1000
#define KNOCK_MS	20		/* a SYN is sent again later */

/* Where does a connection arrive? The seat, or -errno. */
static int
seat_of_connection(const struct listener *l)
{
	struct pollfd p[2] = { { l->fds[0], POLLIN, 0 },
	    { l->fds[1], POLLIN, 0 } };
	int fd, err = 0;

	fd = socket(l->family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	if (connect(fd, (const struct sockaddr *)&l->sockaddr,
	    l->sockaddr_bytes) < 0 && errno != EINPROGRESS)
		err = -errno;
	else if (poll(p, 2, CONNECT_MS) < 1)
		err = -ETIMEDOUT;
	close(fd);
	return err < 0 ? err : p[1].revents != 0;
}

/* Two seats on loopback, as the master makes them, and only one chosen. */
static void
spread(const struct patient *p, struct finding *f)
{
	unsigned int second = 1;
	struct listener l;
	int err, seat = 0;

	(void)p;
	err = listener_parse(&l, "tcp:127.0.0.1:0", "mode=spread");
	l.spread = true;
	if (err == 0)
		err = listener_open(&l, 2, 1);
	if (err == 0) {
		err = listener_choose(&l, &second, 1);
		seat = err == 0 ? seat_of_connection(&l) : 0;
		listener_close(&l);
	}
	if (err == 0 && seat == 1) {
		finding_set(f, FINDING_OK, "a connection came to the seat that "
		    "was chosen");
		return;
	}
	if (err < 0)
		finding_set(f, FINDING_FAIL, "%s",
		    text_escaped(cadre_error(err)).s);
	else if (seat < 0)
		finding_set(f, FINDING_FAIL, "no connection on loopback: %s",
		    strerror(-seat));
	else
		finding_set(f, FINDING_FAIL, "the choice was not obeyed");
	finding_means(f, "mode spread does not work, which programs without "
	    "libcadre need");
	finding_remedy(f, "ip link set lo up, or " REMEDY_SECCOMP
	    " (socket, setsockopt)");
}

/* What becomes of a connection to a seat's door: 0, or -errno. */
static int
knock(const struct listener *l, unsigned int seat, int ms)
{
	struct pollfd p = { .events = POLLOUT };
	socklen_t bytes = sizeof(int);
	struct listener one;
	int err = 0;

	(void)door_of(l, seat, &one);
	p.fd = socket(l->family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (p.fd < 0)
		return -errno;
	if (connect(p.fd, (const struct sockaddr *)&one.sockaddr,
	    one.sockaddr_bytes) < 0)
		err = errno;
	if (err == EINPROGRESS && poll(&p, 1, ms) == 0)
		err = ETIMEDOUT;
	else if (err == EINPROGRESS)
		(void)getsockopt(p.fd, SOL_SOCKET, SO_ERROR, &err, &bytes);
	close(p.fd);
	return -err;
}

/* Through all that a door goes through, and what a client meets there. */
static const char *
doors_try(const struct listener *l, int *ret_err)
{
	if (knock(l, 1, CONNECT_MS) != -ECONNREFUSED)
		return "a door that is shut is not refused";
	if ((*ret_err = knock(l, 0, CONNECT_MS)) < 0)
		return "a door that is open lets nobody in";
	if ((*ret_err = door_keep_out(l, 0)) < 0)
		return "nobody can be kept out";
	if (knock(l, 0, KNOCK_MS) != -ETIMEDOUT)
		return "who shall be kept out is not";
	if ((*ret_err = door_refuse(l, 0)) < 0 ||
	    knock(l, 0, CONNECT_MS) != -ECONNREFUSED)
		return "a door that was open cannot be shut";
	if ((*ret_err = door_listen(l, 0)) < 0 ||
	    (*ret_err = door_let_in(l, 0)) < 0 ||
	    (*ret_err = knock(l, 0, CONNECT_MS)) < 0)
		return "a door that was shut cannot be opened";
	return NULL;
}

static void
doors(const struct patient *p, struct finding *f)
{
	const char *why = NULL;
	struct listener l;
	int err;

	(void)p;
	err = listener_parse_door(&l, "tcp:127.0.0.1:0+N", NULL);
	if (err == 0)
		err = listener_open(&l, 2, 1);
	if (err == 0) {
		why = doors_try(&l, &err);
		listener_close(&l);
		if (why == NULL) {
			finding_set(f, FINDING_OK, "one was shut and opened, "
			    "and its clients met what they should");
			return;
		}
		finding_set(f, FINDING_WARN, "%s%s%s", why, err < 0 ? ": " :
		    "", err < 0 ? strerror(-err) : "");
	} else
		finding_set(f, FINDING_WARN, "%s",
		    text_escaped(cadre_error(err)).s);
	finding_means(f, "with --seat-listen a proxy does not see that a seat "
	    "is gone");
	finding_remedy(f, "leave --seat-listen out, or " REMEDY_SECCOMP
	    " (setsockopt, connect)");
}

/* One byte through a pair of sockets, with the sender's pid. */
static int
credentials_try(int from, int to)
{
	union { struct cmsghdr h; char b[CMSG_SPACE(sizeof(struct ucred))]; } c;
	struct iovec iov = { &(char){ 0 }, 1 };
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1, .msg_control = &c,
	    .msg_controllen = sizeof(c) };
	struct ucred sender;
	int on = 1;

	if (setsockopt(to, SOL_SOCKET, SO_PASSCRED, &on, sizeof(on)) < 0 ||
	    send(from, "", 1, MSG_DONTWAIT | MSG_NOSIGNAL) != 1 ||
	    recvmsg(to, &m, MSG_DONTWAIT) != 1)
		return -errno;
	if (m.msg_controllen < CMSG_LEN(sizeof(sender)) ||
	    c.h.cmsg_type != SCM_CREDENTIALS)
		return -ENODATA;
	memcpy(&sender, CMSG_DATA(&c.h), sizeof(sender));
	return sender.pid == getpid() ? 0 : -ENODATA;
}

static void
credentials(const struct patient *p, struct finding *f)
{
	int pair[2], err;

	(void)p;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		err = -errno;
	else {
		err = credentials_try(pair[0], pair[1]);
		close(pair[0]);
		close(pair[1]);
	}
	if (err == 0) {
		finding_set(f, FINDING_OK, "the sender's pid comes along");
		return;
	}
	finding_set(f, FINDING_FAIL, "%s", strerror(-err));
	finding_means(f, "programs that are exec'd cannot say that they are "
	    "ready, nor attach to their slot");
	finding_remedy(f, REMEDY_SECCOMP " (socketpair, SO_PASSCRED)");
}

/* Refused to the sender, as it shall be: EPERM. */
static int
rights_try(int from, int to)
{
	union { struct cmsghdr h; char b[CMSG_SPACE(sizeof(int))]; } c = {
	    .h = { CMSG_LEN(sizeof(int)), SOL_SOCKET, SCM_RIGHTS } };
	struct iovec iov = { &(char){ 0 }, 1 };
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1, .msg_control = &c,
	    .msg_controllen = sizeof(c) };
	int off = 0;

	memcpy(CMSG_DATA(&c.h), &from, sizeof(int));
	if (setsockopt(to, SOL_SOCKET, SO_PASSRIGHTS, &off, sizeof(off)) < 0)
		return -errno;
	if (sendmsg(from, &m, MSG_DONTWAIT | MSG_NOSIGNAL) >= 0)
		return -EPROTO;
	return errno == EPERM ? 0 : -errno;
}

static void
rights(const struct patient *p, struct finding *f)
{
	int pair[2], err;

	(void)p;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0) {
		finding_set(f, FINDING_UNKNOWN, "socketpair: %s",
		    strerror(errno));
		return;
	}
	err = rights_try(pair[0], pair[1]);
	close(pair[0]);
	close(pair[1]);
	if (err == 0) {
		finding_set(f, FINDING_OK, "the kernel refuses them to the "
		    "sender");
		return;
	}
	finding_set(f, FINDING_WARN, "they are not refused: %s",
	    strerror(-err));
	finding_means(f, "descriptors that a worker or an observer sends to "
	    "the master are closed unread, and such a close can hold it up");
	finding_remedy(f, "Linux 6.16 or later; before, let only users you "
	    "trust read the app");
}

static const struct check checks[] = {
	{ "spread",	"SO_REUSEPORT with classic BPF",	spread },
	{ "doors",	"a door for each seat",		doors },
	{ "passcred",	"credentials with messages",		credentials },
	{ "passrights",	"descriptors sent to the master",	rights },
};
const struct ward ward_sockets = { checks, sizeof(checks) / sizeof(checks[0]) };
