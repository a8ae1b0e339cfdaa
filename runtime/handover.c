/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A message is an array of peer addresses, one for each descriptor with it,
 * so its length tells how many it carries, and the bytes in a worker's queue
 * how many wait there.
 */
#include <errno.h>
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

struct peer {
	uint32_t	bytes;
	char		address[28];
};

union ancillary {
	char		bytes[CMSG_SPACE(HANDOVER_BATCH * sizeof(int))];
	struct cmsghdr	align;
};

int
handover_open(struct handover *h)
{
	int type = SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC;
	int pair[2], bytes = SEND_BYTES;

	if (CADRE_FAULT("handover.open") < 0 ||
	    socketpair(AF_UNIX, type, 0, pair) < 0)
		return -errno;
	/* Refused, it only means that a full seat is noticed later. */
	(void)setsockopt(pair[0], SOL_SOCKET, SO_SNDBUF, &bytes, sizeof(bytes));
	h->ours = pair[0];
	h->worker = pair[1];
	return 0;
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
		return errno == ENOBUFS || errno == ETOOMANYREFS ? -EAGAIN :
		    -errno;
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
	struct cmsghdr *c = CMSG_FIRSTHDR(msg);
	unsigned int n;

	if (c == NULL || c->cmsg_level != SOL_SOCKET ||
	    c->cmsg_type != SCM_RIGHTS)
		return 0;
	n = (unsigned int)((c->cmsg_len - CMSG_LEN(0)) / sizeof(int));
	for (unsigned int i = 0; i < n; i++)
		memcpy(&handed[i].fd, CMSG_DATA(c) + i * sizeof(int),
		    sizeof(int));
	return n;
}

/* One recvmsg(2): how many came, or -errno; of a bad one none is left open. */
static int
receive(int fd, struct handed *handed, struct peer *peers, int flags)
{
	struct iovec iov = { peers, HANDOVER_BATCH * sizeof(*peers) };
	union ancillary anc;
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
