/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One byte a pull, and no more kept than there must be. That the socket takes
 * ROOM bytes is sure even if somebody sets its buffer to the least: each
 * counts as under 768 bytes of memory, of 4,608.
 */
#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/timerfd.h>

#include <linux/sockios.h>

#include "runtime/wake.h"
#include "shm/clock.h"
#include "shm/fault.h"
#include "shm/frame.h"

#define ROOM		4		/* from so many on it is emptied */
#define TAKE_BYTES	512		/* in a call, … */
#define TAKES		8		/* … and calls: whoever fills it goes on */

int
wake_open(struct wake *w)
{
	int type = SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, ends[2];

	if (CADRE_FAULT("wake.open") < 0 ||
	    socketpair(AF_UNIX, type, 0, ends) < 0)
		return -errno;
	/* A descriptor that came with a byte could make its close wait. */
	cadre__frame_no_fds(ends[0]);
	cadre__frame_no_fds(ends[1]);
	*w = (struct wake){ .cord = ends[0], .bell = ends[1] };
	return 0;
}

void
wake_close(struct wake *w)
{
	close(w->cord);
	close(w->bell);
}

bool
wake_pull(int cord)
{
	return CADRE_FAULT("wake.pull") == 0 && (send(cord, "", 1,
	    MSG_DONTWAIT | MSG_NOSIGNAL) == 1 || errno == EAGAIN);
}

/*
 * So many bytes. Before Linux 6.16 descriptors come with them, whose close must
 * not wait.
 */
static bool
take(int bell, size_t n)
{
	union {
		struct cmsghdr	header;
		char		bytes[CMSG_SPACE(CADRE_FRAME_FDS_MAX *
				    sizeof(int))];
	} control;
	char bytes[TAKE_BYTES];
	struct iovec iov = { bytes, n };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1,
	    .msg_control = &control, .msg_controllen = sizeof(control) };
	struct cmsghdr *c;
	int fd;

	if (recvmsg(bell, &msg, MSG_DONTWAIT | MSG_CMSG_CLOEXEC) <= 0)
		return false;
	for (c = CMSG_FIRSTHDR(&msg); c != NULL; c = CMSG_NXTHDR(&msg, c))
		for (size_t at = CMSG_LEN(0); c->cmsg_level == SOL_SOCKET &&
		    c->cmsg_type == SCM_RIGHTS && at < c->cmsg_len;
		    at += sizeof(fd)) {
			memcpy(&fd, (char *)c + at, sizeof(fd));
			cadre__frame_fd_close(fd);
		}
	return true;
}

/*
 * All but one; if another took that meanwhile, there is a new one. Killed in
 * between it leaves none, and the master tells all sleepers to look.
 */
void
wake_empty(int bell, int cord)
{
	int n = 0;

	for (int i = 0; i < TAKES; i++) {
		if (ioctl(bell, SIOCINQ, &n) < 0 || n < ROOM)
			break;
		n = n - 1 < TAKE_BYTES ? n - 1 : TAKE_BYTES;
		if (!take(bell, (size_t)n))
			break;
		CADRE_FAULT_AT("wake.emptied");
	}
	if (n == 0)
		(void)wake_pull(cord);
}

int
wake_clock(void)
{
	const struct timespec look = {
		.tv_nsec = WAKE_LOOK_MS * NS_PER_MS
	};
	const struct itimerspec every = {
		.it_interval = look, .it_value = look
	};
	int fd, err;

	fd = CADRE_FAULT("wake.clock") < 0 ? -1 :
	    timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
	if (fd < 0 || timerfd_settime(fd, 0, &every, NULL) == 0)
		return fd < 0 ? -errno : fd;
	err = -errno;
	close(fd);
	return err;
}

void
wake_clock_read(int clock)
{
	uint64_t expirations;

	(void)!read(clock, &expirations, sizeof(expirations));
}
