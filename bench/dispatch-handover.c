/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What it costs to hand a connection over: so many to a message, by the
 * runtime's own calls, from a process like the acceptor to one like a worker,
 * which waits in epoll, takes what there is and closes it as the acceptor closes
 * its copies (a worker's own close is in every mode). Processor time of both;
 * pairs of runs, one right after the other, who is first taking turns.
 *
 *	dispatch-handover [CONNECTIONS [PAIRS]]
 */
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <netinet/in.h>

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench/measure.h"
#include "runtime/handover.h"

#define PAIRS_MAX	1000
#define LIMIT		0.25

static void
check(int ret, const char *what)
{
	measure_check(ret < 0 ? -errno : 0, what);
}

/* A connection as it is handed over, over and over. */
static void
connection(struct handed *ret_handed)
{
	struct sockaddr_in a = {
		.sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) },
	};
	socklen_t bytes = sizeof(a);
	int listener = socket(AF_INET, SOCK_STREAM, 0);
	int client = socket(AF_INET, SOCK_STREAM, 0);

	check(bind(listener, (struct sockaddr *)&a, sizeof(a)), "bind");
	check(listen(listener, 1), "listen");
	check(getsockname(listener, (struct sockaddr *)&a, &bytes), "name");
	check(connect(client, (struct sockaddr *)&a, sizeof(a)), "connect");
	memset(ret_handed, 0, sizeof(*ret_handed));
	ret_handed->bytes = sizeof(a);
	ret_handed->fd = accept(listener, (struct sockaddr *)&a, &bytes);
	check(ret_handed->fd, "accept");
	memcpy(ret_handed->address, &a, sizeof(a));
	close(listener);
}

/* A worker, at most 8 in a turn as the runtime has it: until so many came. */
static void
take(const struct handover *h, unsigned int count)
{
	struct handed handed[HANDOVER_BATCH];
	struct epoll_event ev = { .events = EPOLLIN };
	int epfd = epoll_create1(EPOLL_CLOEXEC), fds[HANDOVER_BATCH], n, taken;

	check(epoll_ctl(epfd, EPOLL_CTL_ADD, h->worker, &ev), "epoll");
	while (count > 0) {
		check(epoll_wait(epfd, &ev, 1, -1), "wait");
		for (taken = 0; taken < HANDOVER_BATCH; taken += n) {
			n = handover_receive(h->worker, handed, false);
			if (n == -EAGAIN)
				break;
			measure_check(n, "receive");
			for (int i = 0; i < n; i++)
				fds[i] = handed[i].fd;
			handover_forget(fds, (unsigned int)n);
			count -= (unsigned int)n;
		}
	}
}

static void
give(const struct handover *h, const struct handed *one, unsigned int count,
    unsigned int batch)
{
	struct pollfd p = { .fd = h->ours, .events = POLLOUT };
	struct handed handed[HANDOVER_BATCH];
	int err;

	for (unsigned int i = 0; i < batch; i++)
		handed[i] = *one;
	for (unsigned int i = 0; i < count; i += batch) {
		while ((err = handover_send(h, handed, batch)) == -EAGAIN)
			poll(&p, 1, -1);
		measure_check(err, "send");
	}
}

static double
child_ns(const struct rusage *r)
{
	return ((double)r->ru_utime.tv_sec + (double)r->ru_stime.tv_sec) * 1e9 +
	    ((double)r->ru_utime.tv_usec + (double)r->ru_stime.tv_usec) * 1e3;
}

/* Of both processes, per connection; count is a multiple of batch. */
static double
cost_ns(const struct handed *one, unsigned int count, unsigned int batch)
{
	struct handover h;
	struct rusage taker;
	double before;
	int status;
	pid_t pid;

	measure_check(handover_open(&h), "handover");
	pid = fork();
	check(pid, "fork");
	if (pid == 0) {
		take(&h, count);
		_exit(0);
	}
	before = measure_cpu_ns();
	give(&h, one, count, batch);
	before = measure_cpu_ns() - before;
	check(wait4(pid, &status, 0, &taker), "wait");
	handover_close(&h);
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
		measure_check(-ECHILD, "the taker");
	return (before + child_ns(&taker)) / count;
}

int
main(int argc, char **argv)
{
	unsigned int count = argc > 1 ? (unsigned int)atoi(argv[1]) : 400000;
	unsigned int pairs = argc > 2 ? (unsigned int)atoi(argv[2]) : 9;
	static double one_ns[PAIRS_MAX], all_ns[PAIRS_MAX], ratio[PAIRS_MAX];
	struct handed handed;
	double median;
	char title[96];

	count -= count % HANDOVER_BATCH;
	if (count == 0 || pairs == 0 || pairs > PAIRS_MAX) {
		fprintf(stderr,
		    "usage: dispatch-handover [CONNECTIONS [PAIRS]]\n");
		return 2;
	}
	snprintf(title, sizeof(title), "handover: %u connections a run, %u "
	    "pairs", count, pairs);
	measure_conditions(title);
	connection(&handed);
	for (unsigned int i = 0; i < pairs; i++) {
		if (i % 2 == 0)
			one_ns[i] = cost_ns(&handed, count, 1);
		all_ns[i] = cost_ns(&handed, count, HANDOVER_BATCH);
		if (i % 2 == 1)
			one_ns[i] = cost_ns(&handed, count, 1);
		ratio[i] = all_ns[i] / one_ns[i];
	}
	median = measure_quantile(ratio, pairs, 0.5);
	printf("one to a message  %.0f ns of CPU a connection\n"
	    "%d to a message    %.0f ns\n"
	    "ratio             %.3f (%.3f to %.3f) [limit: at most %.2f: %s]\n",
	    measure_quantile(one_ns, pairs, 0.5), HANDOVER_BATCH,
	    measure_quantile(all_ns, pairs, 0.5), median,
	    measure_quantile(ratio, pairs, 0),
	    measure_quantile(ratio, pairs, 1), LIMIT,
	    median <= LIMIT ? "met" : "NOT MET");
	return 0;
}
