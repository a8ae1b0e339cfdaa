/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One message, one frame: SOCK_SEQPACKET keeps the borders, so a frame comes
 * whole or is refused whole. Descriptors travel in the same message. Nothing
 * here waits, and whatever a peer sends leaves no descriptor behind unless the
 * frame was good.
 */
#include "shm/export.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "shm/fault.h"

#ifndef SO_PASSRIGHTS			/* Linux 6.16 */
#define SO_PASSRIGHTS	83
#endif

#define KERNEL_FDS_MAX	253	/* SCM_MAX_FD: more cannot come at once */

/* Room for every descriptor there can be, and for credentials if asked for. */
union control {
	struct cmsghdr	header;
	char		bytes[CMSG_SPACE(KERNEL_FDS_MAX * sizeof(int)) +
			    CMSG_SPACE(sizeof(struct ucred))];
};

static int
frame_errno(int err)
{
	if (err == EWOULDBLOCK || err == EAGAIN)
		return -EAGAIN;
	return err == ECONNRESET || err == ENOTCONN ? -EPIPE : -err;
}

void
cadre__frame_no_fds(int fd)
{
	int off = 0;

	(void)setsockopt(fd, SOL_SOCKET, SO_PASSRIGHTS, &off, sizeof(off));
}

void
cadre__frame_fd_close(int fd)
{
	struct linger linger = { .l_onoff = 0 };
	socklen_t bytes = sizeof(linger);

	if (getsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, &bytes) == 0 &&
	    linger.l_onoff != 0 && linger.l_linger > 0) {
		linger.l_onoff = 0;
		(void)setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger,
		    sizeof(linger));
	}
	close(fd);
}

/* Only what is used of the room for descriptors is touched. */
static ssize_t
send_parts(int fd, const struct iovec *parts, unsigned int n, const int *fds,
    unsigned int nfds)
{
	union control control;
	struct msghdr msg = { .msg_iov = (struct iovec *)(uintptr_t)parts,
	    .msg_iovlen = n };

	if (nfds > 0) {
		msg.msg_control = &control;
		msg.msg_controllen = CMSG_SPACE(nfds * sizeof(int));
		control.header = (struct cmsghdr){
			.cmsg_level = SOL_SOCKET,
			.cmsg_type = SCM_RIGHTS,
			.cmsg_len = CMSG_LEN(nfds * sizeof(int)),
		};
		memset(CMSG_DATA(&control.header) + (nfds - nfds % 2) *
		    sizeof(int), 0, nfds % 2 * sizeof(uint64_t));
		memcpy(CMSG_DATA(&control.header), fds, nfds * sizeof(int));
	}
	return sendmsg(fd, &msg, MSG_DONTWAIT | MSG_NOSIGNAL);
}

int
cadre__frame_put(int fd, const struct iovec *parts, unsigned int n,
    const int *fds, unsigned int nfds)
{
	ssize_t sent;

	if (nfds > CADRE_FRAME_FDS_MAX)
		return -EINVAL;
	do
		sent = CADRE_FAULT("frame.send") < 0 ? -1 :
		    send_parts(fd, parts, n, fds, nfds);
	while (sent < 0 && errno == EINTR);
	return sent < 0 ? frame_errno(errno) : 0;
}

int
cadre__frame_send(int fd, const struct cadre__frame *frame, const void *body,
    const int *fds, unsigned int nfds)
{
	struct cadre__frame head = *frame;
	struct iovec parts[2] = { { &head, sizeof(head) },
	    { (void *)(uintptr_t)body, frame->length } };

	if (head.length > CADRE_FRAME_BODY_MAX)
		return -EINVAL;
	head.version = CADRE_FRAME_VERSION;
	head.reserved = 0;
	return cadre__frame_put(fd, parts, 2, fds, nfds);
}

/* Every descriptor that came; there is room for all the kernel can send. */
static unsigned int
take_fds(struct msghdr *msg, int *fds)
{
	unsigned int n = 0;

	for (struct cmsghdr *c = CMSG_FIRSTHDR(msg); c != NULL;
	    c = CMSG_NXTHDR(msg, c)) {
		size_t bytes = c->cmsg_len - CMSG_LEN(0);

		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS ||
		    c->cmsg_len < CMSG_LEN(0) ||
		    n + bytes / sizeof(int) > KERNEL_FDS_MAX)
			continue;
		memcpy(fds + n, CMSG_DATA(c), bytes);
		n += (unsigned int)(bytes / sizeof(int));
	}
	return n;
}

/* What SO_PASSCRED added; pid 0, if nothing. */
static struct ucred
take_sender(struct msghdr *msg)
{
	struct ucred sender = { .pid = 0, .uid = (uid_t)-1, .gid = (gid_t)-1 };

	for (struct cmsghdr *c = CMSG_FIRSTHDR(msg); c != NULL;
	    c = CMSG_NXTHDR(msg, c))
		if (c->cmsg_level == SOL_SOCKET &&
		    c->cmsg_type == SCM_CREDENTIALS &&
		    c->cmsg_len == CMSG_LEN(sizeof(sender)))
			memcpy(&sender, CMSG_DATA(c), sizeof(sender));
	return sender;
}

static bool
frame_good(const struct msghdr *msg, size_t n, const struct cadre__frame *head)
{
	return (msg->msg_flags & (MSG_TRUNC | MSG_CTRUNC)) == 0 &&
	    n >= sizeof(*head) && head->version == CADRE_FRAME_VERSION &&
	    head->length <= CADRE_FRAME_BODY_MAX &&
	    head->length == n - sizeof(*head);
}

int
cadre__frame_recv(int fd, struct cadre__frame *ret_frame, void *body,
    size_t bytes, int *fds, unsigned int *inout_nfds)
{
	struct ucred sender;

	return cadre__frame_recv_from(fd, ret_frame, body, bytes, fds,
	    inout_nfds, &sender);
}

int
cadre__frame_recv_from(int fd, struct cadre__frame *ret_frame, void *body,
    size_t bytes, int *fds, unsigned int *inout_nfds,
    struct ucred *ret_sender)
{
	struct cadre__frame head;
	union control control;
	struct iovec iov[2] = { { &head, sizeof(head) }, { body, bytes } };
	struct msghdr msg = { .msg_iov = iov, .msg_iovlen = 2,
	    .msg_control = &control, .msg_controllen = sizeof(control) };
	int came[KERNEL_FDS_MAX];
	unsigned int room = inout_nfds != NULL ? *inout_nfds : 0, nfds;
	ssize_t n;

	do
		n = CADRE_FAULT("frame.recv") < 0 ? -1 :
		    recvmsg(fd, &msg, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return frame_errno(errno);
#ifdef FUZZ_PLANT			/* a body that was cut passes */
	msg.msg_flags &= ~MSG_TRUNC;
#endif
	nfds = take_fds(&msg, came);
	if (n == 0 || nfds > room || !frame_good(&msg, (size_t)n, &head)) {
		for (unsigned int i = 0; i < nfds; i++)
			close(came[i]);
		/* An empty message looks like the end, and is taken for it. */
		return n == 0 ? -EPIPE : -EPROTO;
	}
	if (nfds > 0)
		memcpy(fds, came, nfds * sizeof(int));
	if (inout_nfds != NULL)
		*inout_nfds = nfds;
	*ret_frame = head;
	*ret_sender = take_sender(&msg);
	return 0;
}
