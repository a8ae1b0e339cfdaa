/* t/73-stat-messages: stat -j and the region say how many messages went which way, over all lives of a seat */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "t/lib/app.h"
#include "t/lib/command.h"
#include "t/lib/tap.h"

#define QUEUE	16

/*
 * Three to the master, which has no function for them; seat 1 hears nothing of
 * what is sent to it.
 */
static int
talk(struct cadre_worker *w, void *arg)
{
	struct cadre_mailbox *mb = cadre_worker_mailbox(w);

	if (cadre_worker_seat(w) == 1) {
		cadre_worker_ready(w);
		for (;;)
			pause();
	}
	for (uint32_t i = 0; i < 3; i++)
		(void)cadre_mailbox_send(mb, CADRE_MASTER, i, "bytes", 5);
	return app_idle(w, arg);
}

static void
greet(struct cadre_mailbox *mb, const struct cadre_worker_event *e, void *arg)
{
	(void)arg;
	if (e->kind != CADRE_WORKER_READY)
		return;
	while (cadre_mailbox_send(mb, e->seat, 1, NULL, 0) >= 0 && e->seat == 1)
		;
}

static void
config(struct cadre_master *m, void *arg)
{
	(void)arg;
	cadre_master_set(m, CADRE_MIN_UPTIME_MS, 0);
	cadre_master_set(m, CADRE_MESSAGE_QUEUE, QUEUE);
	cadre_master_set(m, CADRE_DRAIN_TIMEOUT_MS, 1);
	/* Or the note of seat 1 says that it is stalled, which it is. */
	cadre_master_set(m, CADRE_STALL_MS, 0);
	cadre_mailbox_on_worker(cadre_master_mailbox(m), greet, NULL);
}

struct seen {
	struct app *a;
	uint64_t sent, received;
};

static bool
are_seen(void *arg)
{
	struct seen *s = arg;
	struct cadre_seat_view v;

	return app_seat(s->a, 0, &v) && v.messages_sent == s->sent &&
	    v.messages_received == s->received;
}

static bool
is_full(void *a)
{
	struct cadre_seat_view v;

	return app_seat(a, 1, &v) && v.messages_queued == QUEUE &&
	    v.messages_dropped == 1;
}

int
main(void)
{
	struct app *a = app_start_with(2, talk, config, NULL);
	struct seen s = { a, 1, 3 };
	struct command c;
	json_t *j;

	ok(app_until(are_seen, &s), "one was sent, three came");
	app_kill(a, 0, SIGKILL);
	ok(app_wait_respawn(a, 0, 1), "its worker is killed, and replaced");
	s = (struct seen){ a, 2, 6 };
	ok(app_until(are_seen, &s), "its successor counts on");
	COMMAND(&c, "stat", "-j", "app");
	if ((j = command_json(&c)) == NULL)
		bail_out("no JSON");
	is_int(json_int_at(j, "seats.0.messages.sent"), 2, "stat: sent");
	is_int(json_int_at(j, "seats.0.messages.received"), 6, "received");
	is_int(json_int_at(j, "seats.0.messages.dropped"), 0, "dropped");
	is_int(json_int_at(j, "seats.0.messages.queued"), 0, "queued");
	json_decref(j);
	ok(app_until(is_full, a), "seat 1 hears nothing");
	COMMAND(&c, "stat", "-1", "app");
	ok(strstr(c.out, "16 messages wait, 1 dropped") != NULL,
	    "and the screen says so") || (diag("%s", c.out), 0);
	is_int(app_stop(a), 0, "the master exits 0");
	return done_testing();
}
