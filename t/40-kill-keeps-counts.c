/* SPDX-License-Identifier: BSD-2-Clause */
/* t/40-kill-keeps-counts: 1,000 kills lose no count that was acknowledged */
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include <sys/prctl.h>
#include <sys/wait.h>

#include "t/lib/app.h"
#include "t/lib/probe.h"
#include "t/lib/tap.h"

enum { KILLS = 1000, WORKERS = 4 };

static int acks[2];		/* a byte for each add, after it */

static void
config(struct cadre_master *m, void *arg)
{
	(void)arg;
	cadre_master_keep_fd(m, acks[1]);
	cadre_master_set(m, CADRE_MIN_UPTIME_MS, 0);
}

static unsigned long
acks_read(void)
{
	unsigned long sum = 0;
	char bytes[4096];

	for (ssize_t n; (n = read(acks[0], bytes, sizeof(bytes))) > 0;)
		sum += (unsigned long)n;
	return sum;
}

int
main(void)
{
	unsigned long acked = 0, total = 0, now;
	uint64_t killed[WORKERS] = { 0 };
	unsigned int kills, fell = 0, seat;
	struct app *a;

	prctl(PR_SET_CHILD_SUBREAPER, 1);	/* orphans would be ours */
	ok(pipe2(acks, O_CLOEXEC) == 0, "a pipe for acknowledgements");
	a = app_start_with(WORKERS, app_count, config, &acks[1]);
	fcntl(acks[0], F_SETFL, O_NONBLOCK);
	for (kills = 0; kills < KILLS; kills++) {
		seat = (unsigned int)rand() % WORKERS;
		if (!app_kill_next(a, seat, &killed[seat]))
			break;
		acked += acks_read();
		now = app_total(a, "requests");
		fell += now < total;
		total = now;
	}
	is_int(kills, KILLS, "workers killed");
	is_int(fell, 0, "the total never fell");
	for (seat = 0; seat < WORKERS; seat++)
		app_wait_respawn(a, seat, killed[seat]);
	is_int(probe_children(a->master, 0), WORKERS, "no zombie is left");
	kill(a->master, SIGTERM);
	close(acks[1]);
	fcntl(acks[0], F_SETFL, 0);
	acked += acks_read();		/* until nobody can write any more */
	is_int(app_wait_end(a), 0, "the master exits 0");
	total = app_total(a, "requests");
	ok(acked <= total && total <= acked + kills,
	    "acked %lu <= total %lu <= acked + kills", acked, total);
	is_int(waitpid(-1, NULL, 0), -1, "no orphan");
	app_free(a);
	return done_testing();
}
