/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The server of bench/dispatch.sh: forked workers that answer who they are,
 * after a service that is a sleep, one request at a time in each worker. It
 * reads as little of HTTP as its clients write, so that what is measured is
 * how connections reach the workers. SIGUSR1 makes a worker compute inside
 * its loop, as an application with a bug would.
 *
 *	dispatch-server [-n NAME] [-w WORKERS] [-s SEATS] [-l ADDRESS] [-m MODE]
 *	    [--service none|exp:MEAN_US|heavy:MEAN_US] [--seed N]
 *	    [--burn MS] [--late MS]
 *
 * Standard output has a line "ready seat S pid P" per worker, and the events.
 */
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/queue.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <netinet/in.h>
#include <netinet/tcp.h>

#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cadre/cadre.h>

#include "shm/clock.h"

#define EVENTS		64
#define HEAD_BYTES	2048

/* Below any pointer, so that connections can stand beside them in epoll. */
enum { LISTENER, SIGNALS, NOT_CONNS };

struct conn {
	LIST_ENTRY(conn) link;
	uint64_t	accepted_ns;
	unsigned int	queued_ms;	/* before we took it; with --late */
	int		fd;
	size_t		bytes;		/* of a request, so far */
	char		head[HEAD_BYTES + 1];
};

static struct {
	const char	*name, *address;
	char		listen[64];	/* the listener's options */
	unsigned int	workers, seats;	/* seats 0: as many as the default */
	unsigned int	burn_ms;
	unsigned int	late_ms;	/* 0: nobody asks */
	unsigned int	seed;
	double		mean_us;
	double		(*draw_us)(double mean_us);
} option = {
	.name = "dispatch", .address = "tcp:127.0.0.1:8080",
	.workers = 2, .burn_ms = 2000, .seed = 1,
};

static struct cadre_counter *requests, *late_queued, *late_held;
static LIST_HEAD(conn_list, conn) conns;
static struct cadre_worker *worker;
static unsigned short chance[3];
static int epfd, signals;

static double
exp_us(double mean_us)
{
	return -mean_us * log(1 - erand48(chance));
}

/*
 * Two exponentials with balanced means: one request in 21 takes 10.5 means,
 * the others half a mean. Its squared coefficient of variation is 10.
 */
static double
heavy_us(double mean_us)
{
	static const double cv2 = 10;
	double rare = (1 - sqrt((cv2 - 1) / (cv2 + 1))) / 2;

	if (erand48(chance) < rare)
		return exp_us(mean_us / (2 * rare));
	return exp_us(mean_us / (2 * (1 - rare)));
}

static void
service(void)
{
	struct timespec rest;
	double us;

	if (option.draw_us == NULL)
		return;
	us = option.draw_us(option.mean_us);
	rest.tv_sec = (time_t)(us / 1e6);
	rest.tv_nsec = (long)((us - 1e6 * (double)rest.tv_sec) * 1e3);
	while (nanosleep(&rest, &rest) < 0 && errno == EINTR)
		;
}

/* Of the clock, not of the processor: a stall has to last so long. */
static void
burn(void)
{
	uint64_t end = clock_now_ns() + option.burn_ms * NS_PER_MS;

	while (clock_now_ns() < end)
		;
}

static void
conn_close(struct conn *c)
{
	LIST_REMOVE(c, link);
	cadre_worker_close(worker, c->fd);
	free(c);
}

/* Since the last byte came, or, without one, since the handshake. */
static unsigned int
silent_ms(int fd)
{
	struct tcp_info info = { 0 };
	socklen_t bytes = sizeof(info);

	if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &bytes) < 0)
		return 0;
	return info.tcpi_last_data_recv;
}

/* Whose fault is a late answer: did it wait for us, or did we sit on it? */
static void
count_late(const struct conn *c)
{
	if (option.late_ms == 0 || silent_ms(c->fd) <= option.late_ms)
		return;
	cadre_counter_add(c->queued_ms > option.late_ms ? late_queued :
	    late_held, 1);
}

/* A client that does not take so little back at once is let go. */
static bool
answer(struct conn *c, bool last)
{
	char body[64], text[256];
	int n;

	service();
	count_late(c);
	cadre_counter_add(requests, 1);
	n = snprintf(body, sizeof(body), "seat %u pid %d\n",
	    cadre_worker_seat(worker), (int)getpid());
	n = snprintf(text, sizeof(text), "HTTP/1.1 200 OK\r\n"
	    "Content-Length: %d\r\nX-Accepted-Ns: %" PRIu64 "\r\n"
	    "Connection: %s\r\n\r\n%s", n, c->accepted_ns,
	    last ? "close" : "keep-alive", body);
	return send(c->fd, text, (size_t)n, MSG_NOSIGNAL) == n && !last;
}

/* Answer what is whole; false: this was the end. */
static bool
conn_answer(struct conn *c)
{
	size_t head;
	char *end;

	while ((end = strstr(c->head, "\r\n\r\n")) != NULL) {
		*end = '\0';
		if (!answer(c, cadre_worker_draining(worker) ||
		    strcasestr(c->head, "\nConnection: close") != NULL))
			return false;
		c->queued_ms = 0;
		head = (size_t)(end + 4 - c->head);
		c->bytes -= head;
		memmove(c->head, end + 4, c->bytes + 1);
	}
	return c->bytes < HEAD_BYTES;
}

/* False: it has ended, or must. */
static bool
conn_read(struct conn *c)
{
	ssize_t n = recv(c->fd, c->head + c->bytes, HEAD_BYTES - c->bytes, 0);

	if (n <= 0)
		return n < 0 && (errno == EAGAIN || errno == EINTR);
	c->bytes += (size_t)n;
	c->head[c->bytes] = '\0';
	return conn_answer(c);
}

/* Its request has mostly come with it: if it ends so, epoll never hears of it. */
static void
conn_open(int fd)
{
	struct epoll_event ev = { .events = EPOLLIN };
	struct conn *c = calloc(1, sizeof(*c));

	if (c == NULL) {
		cadre_worker_close(worker, fd);
		return;
	}
	LIST_INSERT_HEAD(&conns, c, link);
	c->fd = fd;
	c->accepted_ns = clock_now_ns();
	if (option.late_ms != 0)
		c->queued_ms = silent_ms(fd);
	ev.data.ptr = c;
	if (!conn_read(c) || epoll_ctl(epfd, EPOLL_CTL_ADD, fd, &ev) < 0)
		conn_close(c);
}

static void
accept_some(void)
{
	int fd;

	while ((fd = cadre_worker_accept(worker, 0, NULL)) >= 0)
		conn_open(fd);
}

static void
on_ready(const struct epoll_event *e)
{
	struct signalfd_siginfo s;

	if (e->data.u64 == LISTENER)
		accept_some();
	else if (e->data.u64 == SIGNALS) {
		if (read(signals, &s, sizeof(s)) > 0)
			burn();
	} else if (!conn_read(e->data.ptr))
		conn_close(e->data.ptr);
}

/* Take in what is queued; who has said nothing in a second is let go. */
static void
drain(void)
{
	uint64_t end = clock_now_ns() + NS_PER_S, now;
	struct epoll_event events[EVENTS];
	int n;

	accept_some();
	epoll_ctl(epfd, EPOLL_CTL_DEL, cadre_worker_listener_fd(worker, 0), NULL);
	while (!LIST_EMPTY(&conns) && (now = clock_now_ns()) < end) {
		n = cadre_worker_wait(worker, epfd, events, EVENTS,
		    (int)((end - now) / NS_PER_MS) + 1);
		for (int i = 0; i < n; i++)
			on_ready(&events[i]);
	}
	while (!LIST_EMPTY(&conns))
		conn_close(LIST_FIRST(&conns));
}

static int
watch(int fd, uint64_t what)
{
	struct epoll_event ev = { .events = EPOLLIN, .data.u64 = what };

	return epoll_ctl(epfd, EPOLL_CTL_ADD, fd, &ev);
}

static int
serve(struct cadre_worker *w, void *arg)
{
	struct epoll_event events[EVENTS];
	sigset_t mask;
	int n;

	(void)arg;
	worker = w;
	prctl(PR_SET_TIMERSLACK, 1UL);	/* else sleeps are 50 us too long */
	chance[0] = (unsigned short)option.seed;
	chance[1] = (unsigned short)cadre_worker_seat(w);
	sigemptyset(&mask);
	sigaddset(&mask, SIGUSR1);
	sigprocmask(SIG_BLOCK, &mask, NULL);
	epfd = epoll_create1(EPOLL_CLOEXEC);
	signals = signalfd(-1, &mask, SFD_CLOEXEC | SFD_NONBLOCK);
	if (epfd < 0 || signals < 0 || watch(signals, SIGNALS) < 0 ||
	    watch(cadre_worker_listener_fd(w, 0), LISTENER) < 0 ||
	    cadre_worker_ready(w) < 0)
		return 1;
	while (!cadre_worker_draining(w)) {
		n = cadre_worker_wait(w, epfd, events, EVENTS, -1);
		if (n < 0)
			return 1;
		for (int i = 0; i < n; i++)
			on_ready(&events[i]);
	}
	drain();
	return 0;
}

static void
on_event(const struct cadre_shm_event *e, void *arg)
{
	char text[1024];

	(void)arg;
	cadre_event_text(e, text, sizeof(text));
	printf("%s\n", text);
	if (e->kind == CADRE_EVENT_READY)
		printf("ready seat %" PRIu32 " pid %" PRIu64 "\n", e->seat, e->pid);
}

static int
usage(const char *what)
{
	fprintf(stderr, "dispatch-server: cannot use %s; usage: "
	    "dispatch-server [-n NAME] [-w WORKERS] [-s SEATS] [-l ADDRESS] "
	    "[-m MODE]\n    [--service none|exp:MEAN_US|heavy:MEAN_US] [--seed N] "
	    "[--burn MS] [--late MS]\n", what);
	return 2;
}

static bool
count_parse(const char *s, unsigned int *ret_n)
{
	char *end;
	unsigned long n = strtoul(s, &end, 10);

	if (*s < '0' || *s > '9' || *end != '\0' || n > 1000000)
		return false;
	*ret_n = (unsigned int)n;
	return true;
}

static bool
service_parse(const char *s)
{
	static const struct {
		const char	*name;
		double		(*draw_us)(double);
	} laws[] = { { "exp:", exp_us }, { "heavy:", heavy_us } };
	unsigned int us;

	if (strcmp(s, "none") == 0)
		return true;
	for (size_t i = 0; i < sizeof(laws) / sizeof(laws[0]); i++) {
		size_t n = strlen(laws[i].name);

		if (strncmp(s, laws[i].name, n) != 0)
			continue;
		option.draw_us = laws[i].draw_us;
		if (!count_parse(s + n, &us))
			return false;
		option.mean_us = us;
		return true;
	}
	return false;
}

static bool
option_parse(int c, const char *s)
{
	switch (c) {
	case 'n':
		option.name = s;
		return true;
	case 'l':
		option.address = s;
		return true;
	case 'm':
		return snprintf(option.listen, sizeof(option.listen), "mode=%s",
		    s) < (int)sizeof(option.listen);
	case 'w':
		return count_parse(s, &option.workers) && option.workers > 0;
	case 's':
		return count_parse(s, &option.seats) && option.seats > 0;
	case 'B':
		return count_parse(s, &option.burn_ms);
	case 'L':
		return count_parse(s, &option.late_ms);
	case 'R':
		return count_parse(s, &option.seed);
	case 'S':
		return service_parse(s);
	default:
		return false;
	}
}

static int
app_make(struct cadre_master **ret_master)
{
	struct cadre_master *m;
	int err;

	if ((err = cadre_master_new(option.name, &m)) < 0)
		return err;
	if ((err = cadre_master_listen(m, option.address, option.listen)) < 0 ||
	    (err = cadre_master_counter(m, "requests", "",
		"requests answered", &requests)) < 0 ||
	    (err = cadre_master_counter(m, "late_queued", "",
		"answered late, having waited for this worker",
		&late_queued)) < 0 ||
	    (err = cadre_master_counter(m, "late_held", "",
		"answered late, having waited inside this worker",
		&late_held)) < 0 ||
	    (err = cadre_master_workers(m, (int)option.workers, serve,
		NULL)) < 0 ||
	    (option.seats > 0 && (err = cadre_master_set(m, CADRE_MAX_WORKERS,
		option.seats)) < 0) ||
	    (err = cadre_master_on_event(m, on_event, NULL)) < 0) {
		cadre_master_free(m);
		return err;
	}
	*ret_master = m;
	return 0;
}

int
main(int argc, char **argv)
{
	static const struct option long_options[] = {
		{ "burn", required_argument, NULL, 'B' },
		{ "late", required_argument, NULL, 'L' },
		{ "seed", required_argument, NULL, 'R' },
		{ "service", required_argument, NULL, 'S' },
		{ NULL, 0, NULL, 0 },
	};
	struct cadre_master *m;
	int err, c;

	while ((c = getopt_long(argc, argv, ":n:w:s:l:m:", long_options, NULL))
	    != -1)
		if (!option_parse(c, optarg))
			return usage(argv[optind - 1]);
	if (optind < argc)
		return usage(argv[optind]);
	setvbuf(stdout, NULL, _IOLBF, 0);
	/* A mode that is not there, or not here: the caller leaves it out. */
	if ((err = app_make(&m)) < 0) {
		cadre_fail(err);
		return 2;
	}
	err = cadre_master_run(m);
	cadre_master_free(m);
	return err;
}
