/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What each mode of a listener needs beyond sockets: tried with the functions
 * that master, acceptor and workers use. Mode spread is tried in
 * doctor-sockets.c.
 */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include <linux/membarrier.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <cadre/error.h>

#include "runtime/handover.h"
#include "runtime/listen.h"
#include "tools/doctor.h"
#include "tools/text.h"

#define CONNECT_MS	1000

/* Gate: all workers wait for one socket, and a connection wakes one of them. */
static void
exclusive(const struct patient *p, struct finding *f)
{
	struct epoll_event e = { .events = EPOLLIN | EPOLLEXCLUSIVE };
	int epfd = epoll_create1(EPOLL_CLOEXEC);
	int fd = eventfd(1, EFD_CLOEXEC | EFD_NONBLOCK), err = 0;

	(void)p;
	if (epfd < 0 || fd < 0 || epoll_ctl(epfd, EPOLL_CTL_ADD, fd, &e) < 0 ||
	    epoll_wait(epfd, &e, 1, 0) < 0)
		err = errno;
	if (epfd >= 0)
		close(epfd);
	if (fd >= 0)
		close(fd);
	if (err == 0) {
		finding_set(f, FINDING_OK, "works");
		return;
	}
	finding_set(f, FINDING_FAIL, "%s", strerror(err));
	finding_means(f, "mode gate, which is auto's, does not work");
	finding_remedy(f, "mode=spread, or " REMEDY_SECCOMP " (epoll_ctl)");
}

/* One descriptor there; does it come out at that end, and is it the same? */
static int
pass(const struct handover *h, int fd, int from)
{
	struct handed given = { .fd = fd }, taken[HANDOVER_BATCH];
	struct stat a, b;
	int err, n;

	err = handover_send(h, &given, 1);
	if (err == 0 && handover_unpicked(h->worker) != 1)
		err = -ENODATA;
	n = err == 0 ? handover_receive(from, taken, false) : err;
	if (n < 0)
		return n;
	err = n == 1 && fstat(fd, &a) == 0 && fstat(taken[0].fd, &b) == 0 &&
	    a.st_dev == b.st_dev && a.st_ino == b.st_ino ? 0 : -ENODATA;
	for (int i = 0; i < n; i++)
		close(taken[i].fd);
	return err;
}

/* Rr, least and sticky: the acceptor hands over, and takes back what nobody took. */
static void
handover(const struct patient *p, struct finding *f)
{
	int pair[2], err;
	struct handover h;

	(void)p;
	err = handover_open(&h);
	if (err == 0) {
		err = socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0,
		    pair) < 0 ? -errno : 0;
		if (err == 0) {
			err = pass(&h, pair[0], h.worker);
			close(pair[0]);
			close(pair[1]);
		}
		handover_close(&h);
	}
	if (err == 0) {
		finding_set(f, FINDING_OK, "a descriptor came through, and was "
		    "counted");
		return;
	}
	finding_set(f, FINDING_FAIL, "%s", strerror(-err));
	finding_means(f, "modes rr, least and sticky do not work, and no "
	    "connection is rescued from a worker that is stalled");
	finding_remedy(f, "mode=spread, or " REMEDY_SECCOMP
	    " (socketpair, sendmsg, ioctl)");
}

/* A connection that nobody accepts. */
static int
wait_there(const struct listener *l, unsigned int *ret_queue)
{
	struct pollfd p = { .fd = l->fds[0], .events = POLLIN };
	int err = 0, fd;

	fd = socket(l->family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	if (connect(fd, (const struct sockaddr *)&l->sockaddr,
	    l->sockaddr_bytes) < 0 && errno != EINPROGRESS)
		err = -errno;
	else if (poll(&p, 1, CONNECT_MS) < 1)
		err = -ETIMEDOUT;
	else
		*ret_queue = listener_queue(l, 0);
	close(fd);
	return err;
}

static void
queue_depth(const struct patient *p, struct finding *f)
{
	unsigned int queue = 0;
	struct listener l;
	int err;

	(void)p;
	err = listener_parse(&l, "tcp:127.0.0.1:0", NULL);
	if (err == 0 && (err = listener_open(&l, 1, 1)) == 0) {
		err = wait_there(&l, &queue);
		listener_close(&l);
	}
	if (err < 0) {
		finding_set(f, FINDING_UNKNOWN, "no connection on loopback: "
		    "%.300s", strerror(-err));
		return;
	}
	finding_set(f, queue == 1 ? FINDING_OK : FINDING_FAIL, "one connection "
	    "waited, %u told", queue);
	if (queue == 1)
		return;
	finding_means(f, "a worker that waits for events but takes none is not "
	    "found, nor rescued from");
	finding_remedy(f, REMEDY_SECCOMP " (getsockopt TCP_INFO)");
}

/* What liburcu makes its readers' side cheap with. */
static void
membarrier(const struct patient *p, struct finding *f)
{
	long have = syscall(SYS_membarrier, MEMBARRIER_CMD_QUERY, 0);
	int err = have < 0 ? errno : 0;

	(void)p;
	if (have >= 0 && (have & MEMBARRIER_CMD_PRIVATE_EXPEDITED) != 0) {
		finding_set(f, FINDING_OK, "private expedited");
		return;
	}
	finding_set(f, FINDING_WARN, "%s", err != 0 ? strerror(err) :
	    "not private expedited");
	finding_means(f, "modes rr, least and sticky work, but the acceptor "
	    "pays a memory barrier for each look at its routes");
	finding_remedy(f, REMEDY_SECCOMP " (membarrier)");
}

static const struct check checks[] = {
	{ "exclusive",	"mode gate, EPOLLEXCLUSIVE",	exclusive },
	{ "handover",	"modes rr, least and sticky",	handover },
	{ "queue_depth", "accept queue by TCP_INFO",	queue_depth },
	{ "membarrier",	"membarrier(2)",		membarrier },
};
const struct ward ward_dispatch = { checks,
    sizeof(checks) / sizeof(checks[0]) };
