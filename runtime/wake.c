/* SPDX-License-Identifier: BSD-2-Clause */
/* Sockets that are shut, and shut again; see wake.h. */
#include <errno.h>
#include <stdint.h>
#include <time.h>
#include <unistd.h>

#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/timerfd.h>

#include "runtime/wake.h"
#include "shm/clock.h"
#include "shm/fault.h"

int
wake_open(void)
{
	int ends[2];

	if (CADRE_FAULT("wake.open") < 0 ||
	    socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0)
		return -errno;
	/* Of a pair: so it can be neither connected nor listened at. */
	(void)shutdown(ends[0], SHUT_RDWR);
	close(ends[1]);
	return ends[0];
}

void
wake_ring(int bell)
{
	(void)shutdown(bell, SHUT_RDWR);
}

/* An edge for being added, and one for each ring. */
static bool
tells(int epfd, int bell)
{
	struct epoll_event e = { .events = EPOLLIN | EPOLLET };

	if (CADRE_FAULT("wake.works") < 0 ||
	    epoll_ctl(epfd, EPOLL_CTL_ADD, bell, &e) < 0 ||
	    epoll_wait(epfd, &e, 1, 0) != 1 || epoll_wait(epfd, &e, 1, 0) != 0)
		return false;
	wake_ring(bell);
	return epoll_wait(epfd, &e, 1, 0) == 1;
}

bool
wake_works(void)
{
	int bell = wake_open(), epfd = epoll_create1(EPOLL_CLOEXEC);
	bool works = bell >= 0 && epfd >= 0 && tells(epfd, bell);

	if (bell >= 0)
		close(bell);
	if (epfd >= 0)
		close(epfd);
	return works;
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
