/* SPDX-License-Identifier: BSD-2-Clause */
/* A worker that sends forged frames; see suspect.h. */
#include "t/lib/suspect.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sys/mman.h>

#include <cadre/cadre.h>

#include "shm/atomic.h"
#include "shm/clock.h"
#include "t/lib/app.h"
#include "t/lib/probe.h"
#include "t/lib/tap.h"

#define WORKERS		3
#define ANSWERS		3

enum { SEND = 1, SENT, ASK };

static struct {
	struct cadre_master *m;
	struct cadre_mailbox *mb;
	uint64_t	generation;	/* of the suspect, if it is online */
	uint64_t	after;		/* of one that has sent, and sent on */
	unsigned int	spawned;	/* of other seats */
	unsigned int	told;		/* events CADRE_EVENT_BAD_FRAME */
	char		why[512];
} t;
static const struct forge *forged;
static uint64_t *answers, *failures;	/* of the bystanders, by seat */

/* The suspect: a row by number, and then a message as it should be. */
static void
on_send(struct cadre_mailbox *mb, struct cadre_message *msg, void *arg)
{
	unsigned int row;
	int err;

	(void)arg;
	memcpy(&row, msg->bytes, sizeof(row));
	err = forge_send(forge_find(), &forged[row]);
	if (err < 0)
		_exit(98);
	(void)cadre_mailbox_send(mb, CADRE_MASTER, SENT, NULL, 0);
}

/* The others, and the master. */
static void
on_take(struct cadre_mailbox *mb, struct cadre_message *msg, void *arg)
{
	const unsigned char *bytes = msg->bytes;
	static volatile unsigned int sum;

	(void)mb;
	(void)arg;
	for (size_t i = 0; i < msg->n; i++)
		sum += bytes[i];
}

static void
on_ask(struct cadre_mailbox *mb, struct cadre_message *msg, void *arg)
{
	(void)arg;
	(void)cadre_mailbox_reply(mb, &msg->from, ASK, msg->bytes, msg->n);
}

struct asker {
	unsigned int	seat;
	bool		waits;
};

static void
on_answer(struct cadre_mailbox *mb, int err, struct cadre_message *reply,
    void *arg)
{
	struct asker *a = arg;
	uint64_t *n = err == 0 ? &answers[a->seat] : &failures[a->seat];

	(void)mb;
	(void)reply;
	shm_store(n, *n + 1);
	a->waits = false;
}

static int
serve(struct cadre_worker *w, void *arg)
{
	struct cadre_mailbox *mb = cadre_worker_mailbox(w);
	struct asker a = { .seat = cadre_worker_seat(w) };
	int ep = epoll_create1(EPOLL_CLOEXEC);
	struct epoll_event events[8];

	(void)arg;
	if (cadre_mailbox_on(mb, SEND, on_send, NULL) < 0 ||
	    cadre_mailbox_on(mb, ASK, on_ask, NULL) < 0 ||
	    cadre_mailbox_on(mb, SUSPECT_TAKE, on_take, NULL) < 0 ||
	    cadre_worker_ready(w) < 0)
		return 99;
	while (!cadre_worker_draining(w)) {
		if (a.seat != SUSPECT && !a.waits)
			a.waits = cadre_mailbox_request(mb,
			    a.seat == BYSTANDER ? CADRE_MASTER : BYSTANDER, ASK,
			    "?", 1, -1, on_answer, &a) >= 0;
		(void)cadre_worker_wait(w, ep, events, 8, -1);
	}
	return 0;
}

/* The master. */
static void
on_sent(struct cadre_mailbox *mb, struct cadre_message *msg, void *arg)
{
	(void)mb;
	(void)arg;
	t.after = msg->from.generation;
}

static void
on_worker(struct cadre_mailbox *mb, const struct cadre_worker_event *e,
    void *arg)
{
	(void)mb;
	(void)arg;
	if (e->seat != SUSPECT)
		t.spawned += e->kind == CADRE_WORKER_SPAWNED;
	else if (e->kind == CADRE_WORKER_READY)
		t.generation = e->generation;
	else if (e->kind == CADRE_WORKER_DISCONNECTED)
		t.generation = 0;
}

static void
on_event(const struct cadre_shm_event *e, void *arg)
{
	(void)arg;
	if (e->kind != CADRE_EVENT_BAD_FRAME)
		return;
	t.told++;
	cadre_event_text(e, t.why, sizeof(t.why));
}

static bool
until(bool (*done)(const uint64_t *), const uint64_t *arg)
{
	uint64_t end_ns = clock_now_ns() + APP_WAIT_S * NS_PER_S;
	struct pollfd p = { .fd = cadre_master_fd(t.m), .events = POLLIN };

	while (!done(arg)) {
		if (clock_now_ns() > end_ns)
			return false;
		(void)poll(&p, 1, 10);
		(void)cadre_master_dispatch(t.m);
	}
	return true;
}

static bool
answered(const uint64_t *least)
{
	for (unsigned int i = BYSTANDER; i < WORKERS; i++)
		if (shm_load(&answers[i]) < least[i])
			return false;
	return true;
}

static bool
others_go_on(void)
{
	uint64_t least[WORKERS] = { 0 };

	for (unsigned int i = BYSTANDER; i < WORKERS; i++)
		least[i] = shm_load(&answers[i]) + ANSWERS;
	return until(answered, least);
}

static bool
is_younger(const uint64_t *generation)
{
	return t.generation > *generation;
}

static bool
is_off(const uint64_t *generation)
{
	return t.generation != *generation;
}

static bool
has_sent_on(const uint64_t *generation)
{
	return t.after == *generation;
}

static bool
order(unsigned int row)
{
	static const uint64_t none;

	return until(is_younger, &none) && cadre_mailbox_send(t.mb, SUSPECT,
	    SEND, &row, sizeof(row)) >= 0;
}

static void
bad(unsigned int row)
{
	uint64_t generation;
	unsigned int told = t.told;

	ok(order(row), "%s", forged[row].what);
	generation = t.generation;
	ok(until(is_off, &generation), "the worker is disconnected");
	ok(t.told == told + 1, "an event says: %s", t.why);
	ok(t.after != generation, "what it sends then is not read");
	ok(until(is_younger, &generation) && others_go_on(),
	    "it is followed by another, and the others go on");
}

static void
odd(unsigned int row)
{
	uint64_t generation;
	unsigned int told = t.told;

	t.after = 0;
	ok(order(row), "%s", forged[row].what);
	generation = t.generation;
	ok(until(has_sent_on, &generation), "the worker sends on");
	ok(t.told == told && others_go_on(), "and so do the others");
}

static void
begin(void)
{
	answers = mmap(NULL, 2 * WORKERS * sizeof(*answers),
	    PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	failures = answers + WORKERS;
	probe_dir();
	if (cadre_master_new("app", &t.m) < 0 ||
	    cadre_master_workers(t.m, WORKERS, serve, NULL) < 0 ||
	    cadre_master_set(t.m, CADRE_MIN_UPTIME_MS, 0) < 0 ||
	    cadre_master_on_event(t.m, on_event, NULL) < 0)
		bail_out("no master");
	t.mb = cadre_master_mailbox(t.m);
	if (cadre_mailbox_on(t.mb, SENT, on_sent, NULL) < 0 ||
	    cadre_mailbox_on(t.mb, ASK, on_ask, NULL) < 0 ||
	    cadre_mailbox_on(t.mb, SUSPECT_TAKE, on_take, NULL) < 0 ||
	    cadre_mailbox_on_worker(t.mb, on_worker, NULL) < 0 ||
	    cadre_master_start(t.m) < 0)
		bail_out("no start");
}

void
suspect_test(const struct forge *rows, unsigned int n, bool are_bad)
{
	static const uint64_t none;
	struct cadre_mailbox_counts c = { .sent = 0 };
	int fds;

	forged = rows;
	begin();
	ok(until(is_younger, &none) && others_go_on(), "all are up");
	fds = probe_fds(0);
	for (unsigned int i = 0; i < n; i++) {
		if (are_bad)
			bad(i);
		else
			odd(i);
		is_int(probe_fds(0), fds, "no descriptor is left");
	}
	is_int((int)t.spawned, WORKERS - 1, "the others are the same processes");
	is_u64(failures[BYSTANDER] + failures[BYSTANDER + 1], 0, "of whose "
	    "questions each was answered");
	(void)cadre_mailbox_counts(t.mb, CADRE_NO_SEAT, &c);
	is_u64(c.bad, are_bad ? n : 0, "the master has counted");
	(void)cadre_master_stop(t.m, CADRE_STOP_GRACEFUL);
	ok(probe_ends(t.m), "all end");
	cadre_master_free(t.m);
}
