/* t/90-kills: of what is acknowledged, 100,000 kills lose nothing, and no total falls */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "shm/atomic.h"
#include "shm/clock.h"
#include "t/lib/app.h"
#include "t/lib/probe.h"
#include "t/lib/tap.h"

enum { KILLS = 100000, WORKERS = 16 };

struct watch {			/* of an observer in a process of its own */
	uint64_t	stop, reads, falls;
};

static int acks[2];		/* a byte for each add, after it */

static void
config(struct cadre_master *m, void *arg)
{
	(void)arg;
	cadre_master_keep_fd(m, acks[1]);
	cadre_master_set(m, CADRE_MIN_UPTIME_MS, 0);
}

/* A pipe's worth; 0 where there is none. */
static unsigned long
acks_read(void)
{
	char bytes[4096];
	ssize_t n = read(acks[0], bytes, sizeof(bytes));

	return n > 0 ? (unsigned long)n : 0;
}

/* Read totals as fast as they can be, until it is told to stop. */
static pid_t
watch(const struct app *a, struct watch *w)
{
	uint64_t total = 0, now;
	pid_t pid = fork();

	if (pid != 0)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	setpriority(PRIO_PROCESS, 0, 19);
	for (; shm_load(&w->stop) == 0; w->reads++, total = now) {
		now = app_total(a, "requests");
		w->falls += now < total;
	}
	_exit(0);
}

static unsigned int
kill_all(struct app *a, unsigned long *ret_acked, unsigned int *ret_missing)
{
	uint64_t killed[WORKERS] = { 0 };
	unsigned int kills, seat;

	for (kills = 0; kills < KILLS; kills++) {
		seat = (unsigned int)(random() % WORKERS);
		if (!app_kill_next(a, seat, &killed[seat]))
			break;
		*ret_acked += acks_read();
	}
	for (seat = 0; seat < WORKERS; seat++)
		*ret_missing += !app_wait_respawn(a, seat, killed[seat]);
	return kills;
}

int
main(void)
{
	struct watch *w = mmap(NULL, sizeof(*w), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	unsigned int kills, missing = 0;
	unsigned long acked = 0, n, total;
	uint64_t from_ns = clock_now_ns();
	struct app *a;
	pid_t observer;

	prctl(PR_SET_CHILD_SUBREAPER, 1);	/* orphans would be ours */
	ok(pipe2(acks, O_CLOEXEC) == 0, "a pipe for acknowledgements");
	a = app_start_with(WORKERS, app_count, config, &acks[1]);
	fcntl(acks[0], F_SETPIPE_SZ, 4096);	/* soon full: they wait then */
	fcntl(acks[0], F_SETFL, O_NONBLOCK);
	observer = watch(a, w);
	kills = kill_all(a, &acked, &missing);
	is_int(kills, KILLS, "workers killed, in %u s",
	    (unsigned int)((clock_now_ns() - from_ns) / NS_PER_S));
	is_int(missing, 0, "every seat has a worker again");
	is_int(probe_children(a->master, 0), WORKERS, "no zombie is left");
	shm_store(&w->stop, 1);
	is_int(app_end_of(observer), 0, "the observer ends");
	ok(w->reads > 0 && w->falls == 0, "it read %lu totals, none fell",
	    (unsigned long)w->reads);
	kill(a->master, SIGTERM);
	close(acks[1]);
	fcntl(acks[0], F_SETFL, 0);
	while ((n = acks_read()) > 0)	/* until nobody can write any more */
		acked += n;
	is_int(app_wait_end(a), 0, "the master exits 0");
	total = app_total(a, "requests");
	ok(acked <= total && total <= acked + kills,
	    "acked %lu <= total %lu <= acked + kills", acked, total);
	is_int(waitpid(-1, NULL, 0), -1, "no orphan");
	app_free(a);
	return done_testing();
}
