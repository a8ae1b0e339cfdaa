/* t/41-sticky-once: who is taken back from a seat unpicked, and given to another, is counted once */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <sys/socket.h>

#include "t/lib/keeper.h"
#include "t/lib/sticky.h"
#include "t/lib/tap.h"

enum { WORKERS = 2, STOPPED = 1, WAITING = 3 };

static struct cadre_shm_intake
counts(const struct app *a)
{
	struct cadre_shm_intake in = { .accepted = 0 };

	(void)cadre_region_intake(a->region, 0, &in);
	return in;
}

/* So many that wait at the stopped seat, unpicked: with the key, or without. */
static void
wait_there(const struct app *a, int fds[WAITING], const char *cookie)
{
	char head[96];

	snprintf(head, sizeof(head), "GET / HTTP/1.1\r\n%s%s%s\r\n",
	    cookie != NULL ? "Cookie: sid=" : "", cookie != NULL ? cookie : "",
	    cookie != NULL ? "\r\n" : "");
	for (unsigned int i = 0, n = 0; n < WAITING; i++)
		if (cookie != NULL || sticky_home_of(STICKY_CLIENT(i), 32,
		    WORKERS) == STOPPED) {
			fds[n] = sticky_connect(a, STICKY_CLIENT(i));
			(void)!send(fds[n++], head, strlen(head), MSG_NOSIGNAL);
		}
}

static int
answered_by(int fds[WAITING], unsigned int seat)
{
	struct sticky_answer answer;
	int n = 0;

	for (int i = 0; i < WAITING; i++)
		n += sticky_ask(fds[i], NULL, &answer) == 0 &&
		    answer.seat == seat;
	return n;
}

int
main(void)
{
	struct app *a = keeper_start(WORKERS, sticky_web,
	    "mode=sticky:cookie:sid");
	struct cadre_shm_intake before, in;
	int keyed[WAITING], unkeyed[WAITING];
	char cookie[16];
	int i = 0;

	do
		snprintf(cookie, sizeof(cookie), "%d", i++);
	while (sticky_home_of_text(cookie, WORKERS) != STOPPED);
	ok(sticky_seated(a, WORKERS), "all seats are known");
	before = counts(a);
	ok(keeper_stand(app_pid(a, STOPPED)), "one stands, unnoticed");
	wait_there(a, keyed, cookie);
	wait_there(a, unkeyed, NULL);
	ok(app_wait_event(a, CADRE_EVENT_STALLED, STOPPED, NULL), "now it is");
	is_int(answered_by(keyed, 0), WAITING, "the other answers its clients");
	is_int(answered_by(unkeyed, 0), WAITING, "and who has no key");
	in = counts(a);
	is_u64(in.accepted - before.accepted, 2 * WAITING, "so many came");
	is_u64(in.away - before.away, WAITING, "so many were led away");
	is_u64(in.unkeyed - before.unkeyed, WAITING, "so many had no key");
	app_kill(a, STOPPED, SIGCONT);
	is_int(app_stop(a), 0, "the master exits 0");
	return done_testing();
}
