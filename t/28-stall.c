/* SPDX-License-Identifier: BSD-2-Clause */
/* t/28-stall: a worker that is busy for long gets nothing until it is free */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <sys/socket.h>

#include "t/lib/app.h"
#include "t/lib/probe.h"
#include "t/lib/tap.h"

#define SEATS	3
#define ASKED	100

static void
config(struct cadre_master *m, void *arg)
{
	(void)arg;
	if (cadre_master_listen(m, "tcp:127.0.0.1:0", NULL) < 0 ||
	    cadre_master_set(m, CADRE_STALL_MS, 400) < 0)
		exit(99);
}

struct asked {
	struct app	*app;
	unsigned int	seat;
};

static bool
answers(void *arg)
{
	struct asked *q = arg;
	unsigned int seat;
	char answer[64];

	return app_ask(q->app, "hello\n", answer, sizeof(answer)) > 0 &&
	    sscanf(answer, "seat %u", &seat) == 1 && seat == q->seat;
}

int
main(void)
{
	struct app *a = app_start_with(SEATS, app_answer, config, NULL);
	struct asked held = { a, 0 };
	struct cadre_shm_event e;
	struct cadre_seat_view v;
	int fd, answered = 0;
	uint64_t accepted;
	char answer[64];

	for (unsigned int i = 0; i < SEATS; i++)
		ok(app_wait_state(a, i, CADRE_STATE_UP), "seat %u is up", i);
	ok((fd = app_hold_seat(a, &held.seat)) >= 0, "one of them is busy");
	ok(app_wait_event(a, CADRE_EVENT_STALLED, held.seat, &e) &&
	    e.duration_ns > 400000000, "it is called stalled");
	ok(app_seat(a, held.seat, &v) && v.newest.life.stalled_ns != 0,
	    "its row says so");
	ok(probe_turn(a), "the kernel knows");
	accepted = probe_value(a, held.seat, "accepted");
	for (int i = 0; i < ASKED; i++)
		answered += app_ask(a, "hello\n", answer, sizeof(answer)) > 0;
	is_int(answered, ASKED, "the others answer all");
	is_u64(probe_value(a, held.seat, "accepted"), accepted,
	    "it was given nothing");
	(void)!send(fd, "go on\n", 6, MSG_NOSIGNAL);
	ok(app_wait_event(a, CADRE_EVENT_RESUMED, held.seat, NULL),
	    "free again, it is called so");
	ok(app_until(answers, &held), "and is given connections");
	close(fd);
	is_int(app_stop(a), 0, "the master exits 0");
	return done_testing();
}
