/* SPDX-License-Identifier: BSD-2-Clause */
/* A worker sends to a master that is stopped; see flood.h. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "shm/atomic.h"
#include "shm/clock.h"
#include "t/lib/app.h"
#include "t/lib/flood.h"
#include "t/lib/probe.h"
#include "t/lib/tap.h"

#define FLOOD		1
#define QUEUE_KIB	1024	/* CADRE_MESSAGE_QUEUE_BYTES, … */
#define FRAMES_KIB	512	/* … and what 1,024 frames cost beside */

/* Written by the test, by the worker, and by the master. */
static struct shared {
	uint64_t	begin;
	uint64_t	took, refused, longest_ns, kib, done;
	uint64_t	came, wrong, next;
} *shared;

struct order {
	uint64_t	sends, bytes;
};

/* Our child, so we are told when it stands. */
bool
flood_stop(pid_t child)
{
	siginfo_t info;

	return kill(child, SIGSTOP) == 0 && waitid(P_PID, (id_t)child, &info,
	    WSTOPPED | WNOWAIT) == 0;
}

void
flood_memory(const char *whose, long kib)
{
#ifdef __SANITIZE_ADDRESS__		/* it keeps what was freed */
	skip(1, "the memory of %s is ASan's", whose);
	(void)kib;
#else
	ok(kib <= QUEUE_KIB + FRAMES_KIB, "the memory of %s grew by %ld KiB",
	    whose, kib);
#endif
}

/* In the master. */
static void
on_flood(struct cadre_mailbox *mb, struct cadre_message *msg, void *arg)
{
	uint64_t number = UINT64_MAX;

	(void)mb;
	(void)arg;
	if (msg->n >= sizeof(number))
		memcpy(&number, msg->bytes, sizeof(number));
	if (number < shared->next)
		shm_store(&shared->wrong, shared->wrong + 1);
	shared->next = number + 1;
	shm_store(&shared->came, shared->came + 1);
}

static void
config(struct cadre_master *m, void *arg)
{
	(void)arg;
	if (cadre_mailbox_on(cadre_master_mailbox(m), FLOOD, on_flood,
	    NULL) < 0)
		exit(99);
}

/* All at once, whatever the answer. */
static void
flood(struct cadre_mailbox *mb, const struct order *order)
{
	static char body[CADRE_MESSAGE_INLINE];
	uint64_t took = 0, refused = 0, longest_ns = 0, from_ns, ns;
	long kib = probe_status(getpid(), "RssAnon");
	int err;

	for (uint64_t i = 0; i < order->sends; i++) {
		memcpy(body, &i, sizeof(i));
		from_ns = clock_now_ns();
		err = cadre_mailbox_send(mb, CADRE_MASTER, FLOOD, body,
		    order->bytes);
		ns = clock_now_ns() - from_ns;
		if (ns > longest_ns)
			longest_ns = ns;
		took += err >= 0;
		refused += err == -ENOBUFS;
	}
	kib = probe_status(getpid(), "RssAnon") - kib;
	shm_store(&shared->took, took);
	shm_store(&shared->refused, refused);
	shm_store(&shared->longest_ns, longest_ns);
	shm_store(&shared->kib, kib > 0 ? (uint64_t)kib : 0);
	shm_store(&shared->done, 1);
}

static int
serve(struct cadre_worker *w, void *arg)
{
	struct cadre_mailbox *mb = cadre_worker_mailbox(w);
	int ep = epoll_create1(EPOLL_CLOEXEC);
	struct epoll_event events[8];

	if (cadre_worker_ready(w) < 0)
		return 99;
	while (!cadre_worker_draining(w)) {
		(void)cadre_worker_wait(w, ep, events, 8, 1);
		if (shm_load(&shared->begin) != 0 &&
		    shm_load(&shared->done) == 0)
			flood(mb, arg);
	}
	return 0;
}

static bool
is_done(void *arg)
{
	(void)arg;
	return shm_load(&shared->done) != 0;
}

static bool
has_all(void *arg)
{
	(void)arg;
	return shm_load(&shared->came) == shm_load(&shared->took);
}

void
flood_stopped_master(unsigned int sends, size_t bytes)
{
	struct order order = { sends, bytes };
	struct app *a;

	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	a = app_start_with(1, serve, config, &order);
	ok(app_wait_state(a, 0, CADRE_STATE_UP), "a worker is up");
	ok(flood_stop(a->master), "its master is stopped");
	shm_store(&shared->begin, 1);
	ok(app_until(is_done, NULL), "it sends all the same");
	is_u64(shm_load(&shared->took) + shm_load(&shared->refused), sends,
	    "of %u sends of %zu bytes %llu were taken; the longest took %llu us",
	    sends, bytes, (unsigned long long)shm_load(&shared->took),
	    (unsigned long long)shm_load(&shared->longest_ns) / 1000);
	ok(shm_load(&shared->refused) > 0, "the others were refused");
	flood_memory("the worker", (long)shm_load(&shared->kib));
	kill(a->master, SIGCONT);
	ok(app_until(has_all, NULL), "the master gets what was taken");
	is_u64(shm_load(&shared->wrong), 0, "in order");
	is_int(app_stop(a), 0, "the master exits 0");
	munmap(shared, sizeof(*shared));
}
