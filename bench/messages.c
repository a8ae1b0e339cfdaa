/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What messages cost, beside the bare system calls under them. Each part is a
 * run by itself, and prints its figures on one line; messages.sh puts them side
 * by side.
 *
 *	messages PART [COUNT]
 *
 * oneway-bare	send and receive of 64 bytes on a seqpacket pair, from one
 *		process to another: CPU of both in ns a message; messages/s
 * oneway-epoll	the same, but who receives waits in epoll, as what has a loop
 * oneway	the same by a worker to its master
 * oneway-corked	the same, corked: 16 with one call
 * trip-bare	64 bytes there and back, both ends blocked in recv: us a trip
 * trip-epoll	the same, but both wait in epoll
 * trip		the same, a request of a worker to its master, and its reply;
 *		CPU of both in us a trip
 * trip-busy	the same, where both look for BUSY_US before they sleep
 * publish-awake	CPU in ns that a publisher spends: on 64 bytes to a
 *		topic of 16 subscribers who do not sleep; on 16 sends to them;
 *		wake-ups for each of what it published
 * publish-asleep	the same, and all 16 sleep each time
 * sends-awake, sends-asleep	16 bare sends to processes, likewise
 */
#include <sys/epoll.h>
#include <sys/mman.h>

#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cadre/cadre.h>

#include "bench/measure.h"
#include "bench/messages.h"
#include "shm/clock.h"

#define SUBSCRIBERS	FAN_OUT_MAX
#define PUBLISHERS	1
#define BATCH		10	/* x 16: what a channel takes at once */
#define PATIENCE_MS	10
#define BUSY_US		200	/* more than a trip of any of these takes */

enum type { GO, ITEM, QUESTION, ANSWER, END };

static unsigned int count;
static char item[MESSAGE_BYTES];

/* Shared with what is forked: how it stands, by each its own word. */
static struct shared {
	uint64_t	got[1 + SUBSCRIBERS][8]; /* a line of its own */
	uint64_t	over;
} *shared;

static void
check(int ret, const char *what)
{
	measure_check(ret < 0 ? -errno : 0, what);
}

static double
wall_ns(void)
{
	return (double)clock_now_ns();
}

/* A worker's loop, as far as there is one here. */
static void
turn(struct cadre_worker *w, int timeout_ms)
{
	static int epfd = -1;
	struct epoll_event ev;

	if (epfd < 0)
		check(epfd = epoll_create1(EPOLL_CLOEXEC), "epoll");
	measure_check(cadre_worker_wait(w, epfd, &ev, 1, timeout_ms), "wait");
}

static void
on_go(struct cadre_mailbox *mb, struct cadre_message *m, void *going)
{
	(void)mb;
	(void)m;
	*(bool *)going = true;
}

static bool
begin(struct cadre_worker *w)
{
	static bool going;

	measure_check(cadre_mailbox_on(cadre_worker_mailbox(w), GO, on_go,
	    &going), "handler");
	measure_check(cadre_worker_ready(w), "ready");
	while (!going && !cadre_worker_draining(w))
		turn(w, -1);
	return going;
}

/* In our queue it waits until the loop has sent it. */
static void
say(struct cadre_worker *w, uint32_t to, uint32_t type, const void *bytes,
    size_t n)
{
	int err;

	while ((err = cadre_mailbox_send(cadre_worker_mailbox(w), to, type,
	    bytes, n)) == -ENOBUFS)
		turn(w, PATIENCE_MS);
	measure_check(err, "send");
	if (err > 0)
		turn(w, PATIENCE_MS);
}

static int
finish(struct cadre_worker *w, const struct figures *f)
{
	say(w, CADRE_MASTER, END, f, sizeof(*f));
	while (!cadre_worker_draining(w))
		turn(w, -1);
	return 0;
}

/* Corked; where the queue is full there is a turn, which uncorks. */
static void
say_corked(struct cadre_worker *w)
{
	struct cadre_mailbox *mb = cadre_worker_mailbox(w);
	int err;

	cadre_mailbox_cork(mb);
	while ((err = cadre_mailbox_send(mb, CADRE_MASTER, ITEM, item,
	    MESSAGE_BYTES)) == -ENOBUFS) {
		turn(w, PATIENCE_MS);
		cadre_mailbox_cork(mb);
	}
	measure_check(err, "send");
}

static int
tell(struct cadre_worker *w, void *corked)
{
	struct figures f = { 0 };

	if (!begin(w))
		return 0;
	f.cpu_ns = thread_ns();
	for (unsigned int i = 0; i < count; i++)
		if (corked != NULL)
			say_corked(w);
		else
			say(w, CADRE_MASTER, ITEM, item, MESSAGE_BYTES);
	cadre_mailbox_uncork(cadre_worker_mailbox(w));
	f.cpu_ns = thread_ns() - f.cpu_ns;
	return finish(w, &f);
}

static void
on_answer(struct cadre_mailbox *mb, int err, struct cadre_message *m,
    void *answers)
{
	(void)mb;
	measure_check(err, "answer");
	if (m->n == MESSAGE_BYTES)
		++*(unsigned int *)answers;
}

static int
ask(struct cadre_worker *w, void *arg)
{
	struct cadre_mailbox *mb = cadre_worker_mailbox(w);
	unsigned int answers = 0;
	struct figures f = { 0 };

	(void)arg;
	if (!begin(w))
		return 0;
	f.cpu_ns = thread_ns();
	for (unsigned int i = 0; i < count; i++) {
		measure_check(cadre_mailbox_request(mb, CADRE_MASTER, QUESTION,
		    item, MESSAGE_BYTES, -1, on_answer, &answers), "request");
		while (answers <= i)
			turn(w, -1);
	}
	f.cpu_ns = thread_ns() - f.cpu_ns;
	return finish(w, &f);
}

static void
on_news(struct cadre_mailbox *mb, const struct cadre_news *news, void *arg)
{
	uint64_t *got = arg;

	(void)mb;
	(void)news;
	__atomic_store_n(got, *got + 1, __ATOMIC_RELEASE);
}

static void
on_item(struct cadre_mailbox *mb, struct cadre_message *m, void *arg)
{
	(void)m;
	on_news(mb, NULL, arg);
}

static bool
is_over(void)
{
	return __atomic_load_n(&shared->over, __ATOMIC_ACQUIRE) != 0;
}

/* Awake: in the middle of a turn, until all is over. */
static void
subscribe(struct cadre_worker *w, bool awake)
{
	struct cadre_mailbox *mb = cadre_worker_mailbox(w);
	uint64_t *got = &shared->got[cadre_worker_seat(w)][0];

	measure_check(cadre_mailbox_subscribe(mb, "news", on_news, got),
	    "subscribe");
	measure_check(cadre_mailbox_on(mb, ITEM, on_item, got), "handler");
	if (!begin(w))
		return;
	__atomic_store_n(&shared->got[cadre_worker_seat(w)][1], 1,
	    __ATOMIC_RELEASE);
	while (awake && !is_over())
		sched_yield();
	while (!cadre_worker_draining(w))
		turn(w, -1);
}

static bool
all_got(uint64_t n, unsigned int word)
{
	for (unsigned int i = PUBLISHERS; i < PUBLISHERS + SUBSCRIBERS; i++)
		if (__atomic_load_n(&shared->got[i][word],
		    __ATOMIC_ACQUIRE) < n)
			return false;
	return true;
}

/* Until each has got n of what we publish or send, and sleeps again. */
static void
settle(struct cadre_worker *w, uint64_t n, bool awake)
{
	struct cadre_mailbox_counts c = { .queued = 1 };

	while (!awake && !all_got(n, 0))
		turn(w, 1);
	usleep(SETTLE_US);
	for (turn(w, 0); awake && c.queued > 0; turn(w, 1))
		measure_check(cadre_mailbox_counts(cadre_worker_mailbox(w),
		    CADRE_MASTER, &c), "counts");
}

/* What a section of processor time costs by being measured. */
static double
empty_ns(void)
{
	double sum = 0, from;

	for (int i = 0; i < 1000; i++) {
		from = thread_ns();
		sum += thread_ns() - from;
	}
	return sum / 1000;
}

static double
publish_some(struct cadre_mailbox *mb, unsigned int n)
{
	double from = thread_ns();

	for (unsigned int i = 0; i < n; i++)
		measure_check(cadre_mailbox_publish(mb, "news", item,
		    MESSAGE_BYTES, CADRE_SCOPE_SIBLINGS), "publish");
	return thread_ns() - from;
}

static double
send_some(struct cadre_mailbox *mb, unsigned int n)
{
	double from = thread_ns();

	for (unsigned int i = 0; i < n * SUBSCRIBERS; i++)
		measure_check(cadre_mailbox_send(mb, PUBLISHERS +
		    i % SUBSCRIBERS, ITEM, item, MESSAGE_BYTES), "send");
	return thread_ns() - from;
}

/* One at a time to sleepers, who must sleep again; several to who is awake. */
static void
publish(struct cadre_worker *w, bool awake, struct figures *f)
{
	struct cadre_mailbox *mb = cadre_worker_mailbox(w);
	double empty = empty_ns();
	struct cadre_topic_counts c;
	unsigned int n = awake ? BATCH : 1;

	for (unsigned int i = 0; i < count; i += n) {
		settle(w, 2 * (uint64_t)i, awake);
		f->publish_ns += publish_some(mb, n) - empty;
		settle(w, 2 * (uint64_t)i + 1, awake);
		f->sends_ns += send_some(mb, n) - empty;
	}
	measure_check(cadre_mailbox_topic_counts(mb, &c), "counts");
	f->woken = (double)c.woken;
}

static int
fan_out(struct cadre_worker *w, void *arg)
{
	struct figures f = { 0 };
	bool awake = arg != NULL;

	if (cadre_worker_seat(w) != 0) {
		subscribe(w, awake);
		return 0;
	}
	if (!begin(w))
		return 0;
	while (!all_got(1, 1))
		turn(w, 1);
	publish(w, awake, &f);
	__atomic_store_n(&shared->over, 1, __ATOMIC_RELEASE);
	return finish(w, &f);
}

/* The master's side. */
static struct figures told;
static unsigned int ready, workers, items;
static bool ended;
static struct cadre_master *master;
static int busy_us;
static double cpu_from, wall_from;

static void
on_message(struct cadre_mailbox *mb, struct cadre_message *m, void *arg)
{
	(void)arg;
	if (m->type == ITEM) {
		items += m->n == MESSAGE_BYTES;
	} else if (m->type == QUESTION) {
		measure_check(cadre_mailbox_reply(mb, &m->from, ANSWER,
		    m->bytes, m->n), "reply");
	} else if (m->type == END && m->n == sizeof(told)) {
		memcpy(&told, m->bytes, sizeof(told));
		told.wall_ns = wall_ns() - wall_from;
		told.cpu_ns += thread_ns() - cpu_from;
		ended = true;
		cadre_master_stop(master, CADRE_STOP_GRACEFUL);
	}
}

static void
on_worker(struct cadre_mailbox *mb, const struct cadre_worker_event *e,
    void *arg)
{
	(void)arg;
	if (e->kind == CADRE_WORKER_READY && ++ready == workers) {
		cpu_from = thread_ns();
		wall_from = wall_ns();
		measure_check(cadre_mailbox_broadcast(mb, NULL, 0, GO, NULL,
		    0), "go");
	}
	if (e->kind == CADRE_WORKER_EXITED && !ended)
		measure_check(-ECHILD, "a worker");
}

/* An app of so many; what worker 0 told, with our own processor time. */
static struct figures
app(unsigned int n, cadre_worker_fn *fn, void *arg)
{
	struct cadre_master *m;
	struct cadre_mailbox *mb;

	workers = n;
	measure_runtime_dir();
	measure_check(cadre_master_new("bench-messages", &m), "master");
	mb = cadre_master_mailbox(m);
	measure_check(cadre_mailbox_on(mb, CADRE_TYPE_ANY, on_message, NULL),
	    "handler");
	measure_check(cadre_mailbox_on_worker(mb, on_worker, NULL), "hook");
	measure_check(cadre_master_log_dir(m, NULL), "logs");
	measure_check(cadre_master_set(m, CADRE_BUSY_POLL_US, busy_us),
	    "option");
	measure_check(cadre_master_workers(m, (int)n, fn, arg), "workers");
	master = m;
	if (cadre_master_run(m) != 0 || !ended)
		exit(1);
	cadre_master_free(m);
	return told;
}

static int
oneway(const char *how)
{
	static char corked;
	bool bare = strcmp(how, "oneway-bare") == 0 ||
	    strcmp(how, "oneway-epoll") == 0;
	struct figures f = bare ? bare_oneway(count,
	    strcmp(how, "oneway-epoll") == 0) : app(1, tell,
	    strcmp(how, "oneway-corked") == 0 ? &corked : NULL);

	if (!bare && items != count)
		measure_check(-EPROTO, "messages were lost");
	printf("%.1f %.0f\n", f.cpu_ns / count, count / f.wall_ns * 1e9);
	return 0;
}

static int
trip(const char *how)
{
	bool bare = strcmp(how, "trip-bare") == 0 ||
	    strcmp(how, "trip-epoll") == 0;
	struct figures f;

	busy_us = strcmp(how, "trip-busy") == 0 ? BUSY_US : 0;
	f = bare ? bare_trip(count, strcmp(how, "trip-epoll") == 0) :
	    app(1, ask, NULL);
	printf("%.3f %.3f\n", f.wall_ns / count / 1e3,
	    f.cpu_ns / count / 1e3);
	return 0;
}

static int
published(bool awake)
{
	struct figures f = app(PUBLISHERS + SUBSCRIBERS, fan_out,
	    awake ? &shared : NULL);

	printf("%.1f %.1f %.2f\n", f.publish_ns / count,
	    f.sends_ns / count, f.woken / count);
	return 0;
}

static int
sent(bool asleep)
{
	struct figures f = bare_fan_out(count, SUBSCRIBERS, asleep);

	printf("%.1f\n", f.sends_ns / count);
	return 0;
}

int
main(int argc, char **argv)
{
	const char *part = argc > 1 ? argv[1] : "";

	count = argc > 2 ? (unsigned int)atoi(argv[2]) : 0;
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED)
		measure_check(-errno, "memory");
	if (strncmp(part, "oneway", 6) == 0 && count == 0)
		count = 200000;
	else if (strncmp(part, "trip", 4) == 0 && count == 0)
		count = 20000;
	else if (count == 0)
		count = 1000;
	if (strcmp(part, "publish-awake") == 0)
		count = (count + BATCH - 1) / BATCH * BATCH;
	if (strcmp(part, "oneway") == 0 || strcmp(part, "oneway-bare") == 0 ||
	    strcmp(part, "oneway-epoll") == 0 ||
	    strcmp(part, "oneway-corked") == 0)
		return oneway(part);
	if (strcmp(part, "trip") == 0 || strcmp(part, "trip-bare") == 0 ||
	    strcmp(part, "trip-epoll") == 0 || strcmp(part, "trip-busy") == 0)
		return trip(part);
	if (strcmp(part, "sends-awake") == 0 ||
	    strcmp(part, "sends-asleep") == 0)
		return sent(part[7] == 's');
	if (strcmp(part, "publish-awake") == 0 ||
	    strcmp(part, "publish-asleep") == 0)
		return published(part[9] == 'w');
	fprintf(stderr, "usage: messages oneway[-bare|-epoll] | "
	    "trip[-bare|-epoll|-busy] | publish-awake | publish-asleep | "
	    "sends-awake | sends-asleep [COUNT]\n");
	return 2;
}
