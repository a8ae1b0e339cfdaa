/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The client of bench/sticky.sh: short connections, so many at a time, each
 * from the address and with the cookie of another of many clients; the same
 * bytes in every mode. And silent ones, which it opens and leaves alone.
 *
 *	sticky-load PORT SECONDS TOGETHER CLIENTS SILENT
 *
 * Prints "COUNT FAILED P50_US P99_US". Silent peers are opened again when they
 * are closed; they come before, and are no part of what is counted.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include "shm/clock.h"

#define EVENTS		256
#define TIMES		4000000

struct conn {
	int		fd;
	bool		silent;
	uint64_t	began_ns;
};

static struct sockaddr_in to = { .sin_family = AF_INET };
static unsigned int clients, next_client;
static uint32_t *times_us;
static size_t ntimes, failed;
static int epfd;

static bool
enter(struct conn *c)
{
	unsigned int i = next_client++ % clients;
	struct sockaddr_in from = { .sin_family = AF_INET,
	    .sin_addr.s_addr = htonl(0x7f010001U + (i / 250 << 8) + i % 250) };
	struct epoll_event e = { .events = EPOLLIN, .data.ptr = c };
	int on = 1, n;
	char head[160];

	c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	c->began_ns = clock_now_ns();
	/* So many ports of each address, and none is chosen too early. */
	(void)setsockopt(c->fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on,
	    sizeof(on));
	if (c->fd < 0 || bind(c->fd, (struct sockaddr *)&from, sizeof(from)) <
	    0 || connect(c->fd, (struct sockaddr *)&to, sizeof(to)) < 0)
		return false;
	n = snprintf(head, sizeof(head), "GET / HTTP/1.1\r\nHost: bench\r\n"
	    "Connection: close\r\nCookie: a=b; sid=%08x%08x\r\n\r\n",
	    i * 2654435761U, i);
	if (!c->silent && send(c->fd, head, (size_t)n, MSG_NOSIGNAL) != n)
		return false;
	(void)fcntl(c->fd, F_SETFL, O_NONBLOCK);
	return epoll_ctl(epfd, EPOLL_CTL_ADD, c->fd, &e) == 0;
}

/* True: it has been answered, or is gone. */
static bool
hear(struct conn *c)
{
	char bytes[4096];
	ssize_t n, all = 0;

	while ((n = recv(c->fd, bytes, sizeof(bytes), 0)) > 0)
		all += n;
	if (n < 0 && errno == EAGAIN)
		return false;
	if (c->silent)
		return true;
	if (all > 0 && ntimes < TIMES)
		times_us[ntimes++] = (uint32_t)((clock_now_ns() -
		    c->began_ns) / 1000);
	failed += all == 0;
	return true;
}

static int
compare(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

static void
run(uint64_t end_ns)
{
	struct epoll_event events[EVENTS];
	struct conn *c;
	int n;

	while (clock_now_ns() < end_ns) {
		n = epoll_wait(epfd, events, EVENTS, 100);
		for (int i = 0; i < n; i++) {
			c = events[i].data.ptr;
			if (!hear(c))
				continue;
			close(c->fd);
			if (!enter(c))
				failed++;
		}
	}
}

int
main(int argc, char **argv)
{
	unsigned int together, silent;
	struct rlimit limit;
	struct conn *all;

	if (argc != 6)
		return 2;
	to.sin_port = htons((in_port_t)atoi(argv[1]));
	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	together = (unsigned int)atoi(argv[3]);
	clients = (unsigned int)atoi(argv[4]);
	silent = (unsigned int)atoi(argv[5]);
	if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
		limit.rlim_cur = limit.rlim_max;
		(void)setrlimit(RLIMIT_NOFILE, &limit);
	}
	times_us = calloc(TIMES, sizeof(*times_us));
	all = calloc(together + silent, sizeof(*all));
	epfd = epoll_create1(EPOLL_CLOEXEC);
	if (times_us == NULL || all == NULL || epfd < 0)
		return 1;
	for (unsigned int i = 0; i < silent + together; i++) {
		all[i].silent = i < silent;
		if (!enter(&all[i]))
			failed++;
	}
	run(clock_now_ns() + (uint64_t)atoi(argv[2]) * NS_PER_S);
	qsort(times_us, ntimes, sizeof(*times_us), compare);
	printf("%zu %zu %u %u\n", ntimes, failed,
	    ntimes > 0 ? times_us[ntimes / 2] : 0,
	    ntimes > 0 ? times_us[ntimes * 99 / 100] : 0);
	return 0;
}
