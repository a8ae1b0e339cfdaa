/* SPDX-License-Identifier: BSD-2-Clause */
/* Linked with --wrap=epoll_wait: waits that do not wait are counted. */
#include <sys/epoll.h>

#include "t/lib/trips.h"

int	__real_epoll_wait(int, struct epoll_event *, int, int);
int	__wrap_epoll_wait(int, struct epoll_event *, int, int);

static bool waited;

int
__wrap_epoll_wait(int epfd, struct epoll_event *events, int n, int timeout_ms)
{
	trips_looks += timeout_ms == 0;
	trips_bursts += timeout_ms == 0 && waited;
	waited = timeout_ms != 0;
	return __real_epoll_wait(epfd, events, n, timeout_ms);
}
