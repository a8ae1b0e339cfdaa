/* t/73-stat-messages: stat -j and the region say how many messages went which way, over all lives of a seat */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <signal.h>

#include "t/lib/app.h"
#include "t/lib/command.h"
#include "t/lib/tap.h"

/* Three to the master, which has no function for them. */
static int
talk(struct cadre_worker *w, void *arg)
{
	struct cadre_mailbox *mb = cadre_worker_mailbox(w);

	for (uint32_t i = 0; i < 3; i++)
		(void)cadre_mailbox_send(mb, CADRE_MASTER, i, "bytes", 5);
	return app_idle(w, arg);
}

static void
greet(struct cadre_mailbox *mb, const struct cadre_worker_event *e, void *arg)
{
	(void)arg;
	if (e->kind == CADRE_WORKER_READY)
		(void)cadre_mailbox_send(mb, e->seat, 1, NULL, 0);
}

static void
config(struct cadre_master *m, void *arg)
{
	(void)arg;
	cadre_master_set(m, CADRE_MIN_UPTIME_MS, 0);
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

int
main(void)
{
	struct app *a = app_start_with(1, talk, config, NULL);
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
	is_int(app_stop(a), 0, "the master exits 0");
	return done_testing();
}
