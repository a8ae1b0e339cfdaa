/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A message is an array of peer addresses, one for each descriptor with it,
 * so its length tells how many it carries, and the bytes in a worker's queue
 * how many wait there.
 */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include <sys/ioctl.h>
#include <sys/uio.h>

#include <linux/sockios.h>

#include "runtime/handover.h"
#include "shm/fault.h"

/*
 * Room for a message per connection, and little more: the socket says that it
 * can be written again when a few of them are left.
 */
#define SEND_BYTES	8192

/* Of headers newer than ours; the numbers are the kernel's. */
#ifndef SCM_PIDFD
#define SCM_PIDFD	4
#endif
#ifndef SO_PASSPIDFD
#define SO_PASSPIDFD	76
#endif
#ifndef SO_PASSRIGHTS
#define SO_PASSRIGHTS	83
#endif

struct peer {
	uint32_t	bytes;
	char		address[28];
};

union ancillary {
	char		bytes[CMSG_SPACE(HANDOVER_BATCH * sizeof(int))];
	struct cmsghdr	align;
};

/* What else may come, if a worker has asked for it at its end. */
union ancillary_all {
	char		bytes[CMSG_SPACE(HANDOVER_BATCH * sizeof(int)) +
			    CMSG_SPACE(sizeof(struct ucred)) +
			    CMSG_SPACE(sizeof(int)) + CMSG_SPACE(256) +
			    3 * CMSG_SPACE(sizeof(struct timespec))];
	struct cmsghdr	align;
};

int
handover_open(struct handover *h)
{
	int type = SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC;
	int pair[2], bytes = SEND_BYTES, err;

	if (CADRE_FAULT("handover.open") < 0 ||
	    socketpair(AF_UNIX, type, 0, pair) < 0)
		return -errno;
	/* Refused, it only means that a full seat is noticed later. */
	(void)setsockopt(pair[0], SOL_SOCKET, SO_SNDBUF, &bytes, sizeof(bytes));
	/* Or a worker could fill it, and nobody would read that. */
	if (shutdown(pair[0], SHUT_RD) < 0) {
		err = -errno;
		close(pair[0]);
		close(pair[1]);
		return err;
	}
	h->ours = pair[0];
	h->worker = pair[1];
	return 0;
}

/* As socketpair(2) makes them; what a kernel does not know is not set. */
bool
handover_is_usable(const struct handover *h)
{
	static const struct { int option, usual; } options[] = {
		{ SO_PASSCRED, 0 }, { SO_PASSSEC, 0 }, { SO_PEEK_OFF, -1 },
		{ SO_TIMESTAMP, 0 }, { SO_TIMESTAMPNS, 0 },
		{ SO_PASSPIDFD, 0 }, { SO_PASSRIGHTS, 1 }, { SO_GET_FILTER, 0 },
	};
	struct pollfd p = { .fd = h->worker, .events = POLLRDHUP };
	socklen_t bytes;
	int value;

	if (poll(&p, 1, 0) > 0 && (p.revents & POLLRDHUP) != 0)
		return false;
	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
		value = options[i].usual;
		/* Of a filter: how many instructions it has, for no room. */
		bytes = options[i].option == SO_GET_FILTER ? 0 : sizeof(value);
		if (getsockopt(h->worker, SOL_SOCKET, options[i].option,
		    &value, &bytes) < 0)
			continue;
		if (options[i].option == SO_GET_FILTER)
			value = (int)bytes;
		if (value != options[i].usual)
			return false;
	}
	return true;
}

void
handover_close(struct handover *h)
{
	if (h->ours >= 0)
		close(h->ours);
	if (h->worker >= 0)
		close(h->worker);
	h->ours = h->worker = -1;
}

static int
send_error(int err)
{
	switch (err) {
	case ENOBUFS:
	case ENOMEM:
	case ETOOMANYREFS:
		return -ENOBUFS;
	case EPERM:			/* by its filter, or its options */
	case ECONNREFUSED:
	case ENOTCONN:
		return -EPIPE;
	default:
		return -err;
	}
}

int
handover_send(const struct handover *h, const struct handed *handed,
    unsigned int n)
{
	struct peer peers[HANDOVER_BATCH];
	struct iovec iov = { peers, n * sizeof(peers[0]) };
	union ancillary anc;
	struct msghdr msg = {
		.msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = anc.bytes,
		.msg_controllen = CMSG_SPACE(n * sizeof(int)),
	};
	struct cmsghdr *c;

	memset(&anc, 0, sizeof(anc));
	c = CMSG_FIRSTHDR(&msg);
	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(n * sizeof(int));
	for (unsigned int i = 0; i < n; i++) {
		memcpy(CMSG_DATA(c) + i * sizeof(int), &handed[i].fd,
		    sizeof(int));
		peers[i].bytes = handed[i].bytes;
		memcpy(peers[i].address, handed[i].address,
		    sizeof(peers[i].address));
	}
	if (CADRE_FAULT("handover.send") < 0 ||
	    sendmsg(h->ours, &msg, MSG_DONTWAIT | MSG_NOSIGNAL) < 0)
		return send_error(errno);
	return 0;
}

/* What came with a message that is none. */
static void
drop(const struct handed *handed, unsigned int n)
{
	for (unsigned int i = 0; i < n; i++)
		close(handed[i].fd);
}

static unsigned int
descriptors(struct msghdr *msg, struct handed *handed)
{
	struct cmsghdr *c;
	unsigned int n = 0, came;
	int fd;

	for (c = CMSG_FIRSTHDR(msg); c != NULL; c = CMSG_NXTHDR(msg, c)) {
		if (c->cmsg_level != SOL_SOCKET ||
		    (c->cmsg_type != SCM_RIGHTS && c->cmsg_type != SCM_PIDFD))
			continue;
		came = (unsigned int)((c->cmsg_len - CMSG_LEN(0)) /
		    sizeof(int));
		for (unsigned int i = 0; i < came; i++) {
			memcpy(&fd, CMSG_DATA(c) + i * sizeof(int), sizeof(fd));
			if (c->cmsg_type == SCM_RIGHTS && n < HANDOVER_BATCH)
				handed[n++].fd = fd;
			else if (fd >= 0)
				close(fd);
		}
	}
	return n;
}

/* One recvmsg(2): how many came, or -errno; of a bad one none is left open. */
static int
receive(int fd, struct handed *handed, struct peer *peers, int flags)
{
	struct iovec iov = { peers, HANDOVER_BATCH * sizeof(*peers) };
	union ancillary_all anc;
	struct msghdr msg = {
		.msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = anc.bytes, .msg_controllen = sizeof(anc.bytes),
	};
	unsigned int n;
	ssize_t got;
	int err = 0;

	got = CADRE_FAULT("handover.receive") < 0 ? -1 :
	    recvmsg(fd, &msg, MSG_DONTWAIT | MSG_CMSG_CLOEXEC | flags);
	if (got <= 0)
		return got < 0 ? -errno : -EPIPE;
	n = descriptors(&msg, handed);
	if ((msg.msg_flags & MSG_CTRUNC) != 0)
		err = -EMFILE;
	else if ((size_t)got != n * sizeof(*peers))
		err = -EPROTO;
	if (err < 0)
		drop(handed, n);
	return err < 0 ? err : (int)n;
}

int
handover_receive(int fd, struct handed handed[HANDOVER_BATCH], bool careful)
{
	struct peer peers[HANDOVER_BATCH];
	int n = 0;

	if (careful) {
		n = receive(fd, handed, peers, MSG_PEEK);
		drop(handed, n > 0 ? (unsigned int)n : 0);
	}
	/* One that makes no sense is taken out, or it would be there for ever. */
	if (n >= 0 || n == -EPROTO)
		n = receive(fd, handed, peers, 0);
	for (int i = 0; i < n; i++) {
		handed[i].bytes = peers[i].bytes;
		memcpy(handed[i].address, peers[i].address,
		    sizeof(handed[i].address));
	}
	return n;
}

/* Few, and mostly in order already. */
static void
sort(int *fds, unsigned int n)
{
	for (unsigned int i = 1; i < n; i++) {
		unsigned int k = i;
		int fd = fds[i];

		for (; k > 0 && fds[k - 1] > fd; k--)
			fds[k] = fds[k - 1];
		fds[k] = fd;
	}
}

/* What is accepted in one go has numbers in a row, and so half the price. */
void
handover_forget(int *fds, unsigned int n)
{
	unsigned int end;

	sort(fds, n);
	for (unsigned int i = 0; i < n; i = end) {
		for (end = i + 1; end < n && fds[end] == fds[end - 1] + 1;)
			end++;
		if (end == i + 1)
			close(fds[i]);
		else
			(void)close_range((unsigned int)fds[i],
			    (unsigned int)fds[end - 1], 0);
	}
}

unsigned int
handover_unpicked(int worker_fd)
{
	int bytes = 0;

	if (ioctl(worker_fd, SIOCINQ, &bytes) < 0 || bytes < 0)
		return HANDOVER_BATCH;
	return (unsigned int)bytes / (unsigned int)sizeof(struct peer);
}
