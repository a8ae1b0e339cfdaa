/* SPDX-License-Identifier: BSD-2-Clause */
/* Descriptors: that none is left behind. */
#include "t/fuzz/fds.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include "t/fuzz/fuzz.h"

int
fds_first_free(void)
{
	int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);

	claim(fd >= 0);
	close(fd);
	return fd;
}

void
fds_claim(const int *fds, unsigned int n)
{
	claim(fcntl(fds[0], F_GETFD) == FD_CLOEXEC);
	claim(fcntl(fds[n - 1], F_GETFD) == FD_CLOEXEC);
	for (unsigned int i = 0; i < n; i++)
		claim(close(fds[i]) == 0);
}

unsigned int
fds_open_from(int first, unsigned int n)
{
	struct pollfd p[FDS_MAX];
	unsigned int open = 0;

	claim(n <= FDS_MAX);
	for (unsigned int i = 0; i < n; i++)
		p[i] = (struct pollfd){ .fd = first + (int)i };
	claim(poll(p, n, 0) >= 0);
	for (unsigned int i = 0; i < n; i++)
		open += (p[i].revents & POLLNVAL) == 0;
	return open;
}
