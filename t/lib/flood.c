/* SPDX-License-Identifier: BSD-2-Clause */
/* More messages than anybody takes; see flood.h. */
#include "t/lib/flood.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/timerfd.h>
#include <sys/wait.h>

#include "shm/atomic.h"
#include "shm/clock.h"
#include "t/lib/app.h"
#include "t/lib/probe.h"
#include "t/lib/tap.h"

#define WORKERS		4
#define SINK		0		/* seats: who is stopped, … */
#define FLOODER		1		/* … who sends to that one, … */
#define ASKER		2		/* … who asks the master, … */
#define NEIGHBOUR	3		/* … and who asks the asker */
#define BATCH		64		/* sends between two looks at the loop */
#define TIMER_NS	(NS_PER_MS / 10)
#define PAUSE_MS	1		/* of who asks: it shall not fill a processor */
#define LATE_MAX	65536
#define ANSWERS		10

enum { FLOOD = 1, ASK, BEGIN };

/* Who writes what: the names say it. */
static struct shared {
	uint64_t	sink_came, sink_wrong, sink_next;
	uint64_t	asker_answers, neighbour_answers, unanswered;
	uint64_t	flooder_took, flooder_wrong;
} *shared;

struct order {			/* for whom a flood begins, and how much */
	uint64_t	sends, bytes;
};

static char body[CADRE_MESSAGE_INLINE];

/* The worker's side. */
struct self {
	struct cadre_worker *w;
	struct cadre_mailbox *mb;
	uint64_t	*answers;	/* NULL: it asks nobody */
	uint32_t	whom;
	bool		asks;		/* an answer is awaited */
	uint64_t	next_ns;	/* it asks again */
	struct order	order;
	uint64_t	sent;
};

static void
on_flood(struct cadre_mailbox *mb, struct cadre_message *msg, void *arg)
{
	uint64_t number = UINT64_MAX;

	(void)mb;
	(void)arg;
	if (msg->n >= sizeof(number))
		memcpy(&number, msg->bytes, sizeof(number));
	/* Some may be missing, and those that come are in order. */
	if (number < shm_load(&shared->sink_next))
		shm_store(&shared->sink_wrong, shared->sink_wrong + 1);
	shm_store(&shared->sink_next, number + 1);
	shm_store(&shared->sink_came, shared->sink_came + 1);
}

static void
on_ask(struct cadre_mailbox *mb, struct cadre_message *msg, void *arg)
{
	(void)arg;
	(void)cadre_mailbox_reply(mb, &msg->from, ASK, msg->bytes, msg->n);
}

static void
on_begin(struct cadre_mailbox *mb, struct cadre_message *msg, void *arg)
{
	(void)mb;
	memcpy(&((struct self *)arg)->order, msg->bytes, sizeof(struct order));
}

static void
on_answer(struct cadre_mailbox *mb, int err, struct cadre_message *reply,
    void *arg)
{
	struct self *self = arg;

	(void)mb;
	(void)reply;
	self->asks = false;
	if (err == 0)
		shm_store(self->answers, *self->answers + 1);
	else
		shm_store(&shared->unanswered, shared->unanswered + 1);
}

/* As many as go; the rest when there is room again. */
static void
flood_on(struct self *self)
{
	int err = 0;

	while (err >= 0 && self->sent < self->order.sends) {
		memcpy(body, &self->sent, sizeof(self->sent));
		err = cadre_mailbox_send(self->mb, SINK, FLOOD, body,
		    self->order.bytes);
		self->sent += err >= 0;
	}
	if (self->order.sends == 0)
		return;			/* its words are another's */
	if (err < 0 && err != -ENOBUFS)
		shm_store(&shared->flooder_wrong, (uint64_t)-err);
	shm_store(&shared->flooder_took, self->sent);
}

static void
turn(struct self *self, int ep)
{
	struct epoll_event events[8];
	uint64_t now_ns = clock_now_ns();

	if (self->answers != NULL && !self->asks && now_ns >= self->next_ns) {
		self->next_ns = now_ns + PAUSE_MS * NS_PER_MS;
		self->asks = cadre_mailbox_request(self->mb, self->whom, ASK,
		    "?", 1, -1, on_answer, self) >= 0;
	}
	flood_on(self);
	(void)cadre_worker_wait(self->w, ep, events, 8,
	    self->answers != NULL && !self->asks ? PAUSE_MS : -1);
}

static int
serve(struct cadre_worker *w, void *arg)
{
	struct self self = { .w = w, .mb = cadre_worker_mailbox(w) };
	int ep = epoll_create1(EPOLL_CLOEXEC);

	(void)arg;
	self.whom = cadre_worker_seat(w) == ASKER ? CADRE_MASTER : ASKER;
	if (cadre_worker_seat(w) >= ASKER)
		self.answers = cadre_worker_seat(w) == ASKER ?
		    &shared->asker_answers : &shared->neighbour_answers;
	if (cadre_mailbox_on(self.mb, FLOOD, on_flood, NULL) < 0 ||
	    cadre_mailbox_on(self.mb, ASK, on_ask, NULL) < 0 ||
	    cadre_mailbox_on(self.mb, BEGIN, on_begin, &self) < 0 ||
	    cadre_worker_ready(w) < 0)
		return 99;
	while (!cadre_worker_draining(w))
		turn(&self, ep);
	return 0;
}

/* A loop of the embedder's own, with a timer in it. */
static struct loop {
	struct cadre_master *m;
	struct cadre_mailbox *mb;
	int		ep, timer;
	uint64_t	due_ns;
	uint64_t	late_ns[LATE_MAX];
	unsigned int	lates;
} loop;

static void
timer_take(uint64_t now_ns)
{
	uint64_t n = 0;

	if (read(loop.timer, &n, sizeof(n)) != sizeof(n))
		return;
	if (loop.lates < LATE_MAX)
		loop.late_ns[loop.lates++] = now_ns - loop.due_ns;
	loop.due_ns += n * TIMER_NS;
}

static void
loop_go_on(int timeout_ms)
{
	struct epoll_event events[2];
	int n = epoll_wait(loop.ep, events, 2, timeout_ms);

	for (int i = 0; i < n; i++)
		if (events[i].data.fd == loop.timer)
			timer_take(clock_now_ns());
		else
			(void)cadre_master_dispatch(loop.m);
}

static bool
until(bool (*done)(void *), void *arg)
{
	uint64_t end_ns = clock_now_ns() + APP_WAIT_S * NS_PER_S;

	while (!done(arg)) {
		if (clock_now_ns() > end_ns)
			return false;
		loop_go_on(1);
	}
	return true;
}

static void
loop_watch(int fd)
{
	struct epoll_event e = { .events = EPOLLIN, .data.fd = fd };

	if (epoll_ctl(loop.ep, EPOLL_CTL_ADD, fd, &e) < 0)
		bail_out("epoll_ctl: %s", strerror(errno));
}

static void
timer_begin(void)
{
	struct itimerspec each = { { 0, TIMER_NS }, { 0, TIMER_NS } };

	loop.due_ns = clock_now_ns() + TIMER_NS;
	each.it_value.tv_sec = (time_t)(loop.due_ns / NS_PER_S);
	each.it_value.tv_nsec = (long)(loop.due_ns % NS_PER_S);
	timerfd_settime(loop.timer, TFD_TIMER_ABSTIME, &each, NULL);
}

static bool
all_answered(void *arg)
{
	uint64_t *least = arg;

	return shm_load(&shared->asker_answers) >= least[0] &&
	    shm_load(&shared->neighbour_answers) >= least[1];
}

/* Others go on: each gets so many answers more. */
static bool
others_answered(unsigned int more)
{
	uint64_t least[2] = { shm_load(&shared->asker_answers) + more,
	    shm_load(&shared->neighbour_answers) + more };

	return until(all_answered, least);
}

static pid_t
pid_of(unsigned int seat)
{
	struct cadre_health h = { .pid = 0 };

	(void)cadre_master_health(loop.m, seat, &h);
	return (pid_t)h.pid;
}

static void
begin(enum cadre_drop policy)
{
	memset(&loop, 0, sizeof(loop));
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	probe_dir();
	if (cadre_master_new("flood", &loop.m) < 0 ||
	    cadre_master_workers(loop.m, WORKERS, serve, NULL) < 0 ||
	    cadre_master_set(loop.m, CADRE_MESSAGE_POLICY, policy) < 0 ||
	    cadre_master_set(loop.m, CADRE_HANG_MS, 0) < 0)
		bail_out("no master");
	loop.mb = cadre_master_mailbox(loop.m);
	if (cadre_mailbox_on(loop.mb, ASK, on_ask, NULL) < 0 ||
	    cadre_master_start(loop.m) < 0)
		bail_out("no start");
	loop.ep = epoll_create1(EPOLL_CLOEXEC);
	loop.timer = timerfd_create(CLOCK_MONOTONIC,
	    TFD_NONBLOCK | TFD_CLOEXEC);
	loop_watch(loop.timer);
	loop_watch(cadre_master_fd(loop.m));
	ok(others_answered(ANSWERS), "all are there, and answer");
	ok(flood_stop(pid_of(SINK)), "one is stopped");
}

static int
by_size(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

static uint64_t
late_p99(void)
{
	uint64_t p99;

	if (loop.lates == 0)
		return UINT64_MAX;
	qsort(loop.late_ns, loop.lates, sizeof(*loop.late_ns), by_size);
	p99 = loop.late_ns[loop.lates - 1 - loop.lates / 100];
	diag("%u looks at the timer: p50 %llu us, p99 %llu us late",
	    loop.lates, (unsigned long long)
	    loop.late_ns[loop.lates / 2] / 1000,
	    (unsigned long long)p99 / 1000);
	return p99;
}

static bool
sink_has(void *arg)
{
	struct cadre_mailbox_counts c = { .sent = 0 };
	uint64_t *sent = arg;

	return cadre_mailbox_counts(loop.mb, SINK, &c) == 0 && *sent ==
	    shm_load(&shared->sink_came) + c.dropped_newest + c.dropped_oldest;
}

/* It goes on, and gets what was kept for it: all of `sent` is accounted for. */
static uint64_t
end(uint64_t sent, long kib_before)
{
	struct cadre_mailbox_counts c = { .sent = 0 };
	long kib = probe_status(getpid(), "RssAnon") - kib_before;
	uint64_t late;

	flood_memory("the master", kib);
	ok(others_answered(ANSWERS), "others are answered all the same");
	late = late_p99();
	kill(pid_of(SINK), SIGCONT);
	(void)until(sink_has, &sent);
	(void)cadre_mailbox_counts(loop.mb, SINK, &c);
	is_u64(shm_load(&shared->sink_came) + c.dropped_newest +
	    c.dropped_oldest, sent, "%llu came, %llu and %llu were dropped",
	    (unsigned long long)shm_load(&shared->sink_came),
	    (unsigned long long)c.dropped_newest,
	    (unsigned long long)c.dropped_oldest);
	is_u64(shm_load(&shared->sink_wrong), 0, "those that came are in order");
	is_u64(c.queued + c.queued_bytes, 0, "nothing waits any more");
	is_u64(shm_load(&shared->unanswered), 0, "every question was answered");
	(void)cadre_master_stop(loop.m, CADRE_STOP_GRACEFUL);
	ok(probe_ends(loop.m), "all end");
	cadre_master_free(loop.m);
	close(loop.ep);
	close(loop.timer);
	munmap(shared, sizeof(*shared));
	return late;
}

uint64_t
flood_stopped_worker(unsigned int sends, size_t bytes, enum cadre_drop policy)
{
	uint64_t took = 0, full = 0, wrong = 0;
	long kib;
	int err;

	begin(policy);
	kib = probe_status(getpid(), "RssAnon");
	timer_begin();
	for (uint64_t i = 0; i < sends; i++) {
		memcpy(body, &i, sizeof(i));
		err = cadre_mailbox_send(loop.mb, SINK, FLOOD, body, bytes);
		took += err >= 0;
		full += err == -ENOBUFS;
		wrong += err < 0 && err != -ENOBUFS;
		if (i % BATCH == 0)
			loop_go_on(0);
	}
	ok(wrong == 0 && took + full == sends && (full > 0) ==
	    (policy == CADRE_DROP_NEWEST), "of %u sends of %zu bytes %llu were "
	    "taken", sends, bytes, (unsigned long long)took);
	return end(sends, kib);
}

static bool
all_sent(void *arg)
{
	return shm_load(&shared->flooder_took) == *(uint64_t *)arg;
}

uint64_t
flood_relayed(unsigned int sends, size_t bytes)
{
	struct order order = { sends, bytes };
	long kib;

	begin(CADRE_DROP_NEWEST);
	kib = probe_status(getpid(), "RssAnon");
	timer_begin();
	ok(cadre_mailbox_send(loop.mb, FLOODER, BEGIN, &order,
	    sizeof(order)) == 0 && until(all_sent, &order.sends), "a worker "
	    "sends it %u messages of %zu bytes", sends, bytes);
	is_u64(shm_load(&shared->flooder_wrong), 0, "it was told to wait at "
	    "most");
	return end(sends, kib);
}
