/* t/47-refusals-lied: a worker can say of none but its own refusals, is named, and cannot fill the ring of events */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "runtime/refusal.h"
#include "runtime/worker-control.h"
#include "shm/clock.h"
#include "t/lib/app.h"
#include "t/lib/tap.h"

enum { PLAIN, PROXIED, STICKY = 4, REASONS = 7, COUNT = 3 };

/* Seat i says row i; the seat behind the last, all that it may. */
static const struct row {
	const char	*name;
	uint32_t	reason, listener;
} lies[] = {
	{ "of headers where none is owed", REFUSAL_PROXY_NONE, PLAIN },
	{ "of keys", REFUSAL_STICKY_LATE, STICKY },
	{ "of keys where none is", REFUSAL_STICKY_WAITED, PROXIED },
};
enum { LIES = sizeof(lies) / sizeof(lies[0]), SEATS = LIES + 1 };

static void
say(struct cadre_worker *w, uint32_t reason, uint32_t listener)
{
	struct cadre__frame frame = { .type = CADRE_FRAME_REFUSED,
	    .length = sizeof(struct cadre__frame_refused) };
	struct cadre__frame_refused body = { .reason = reason,
	    .listener = listener, .count = COUNT };

	(void)cadre__frame_send(w->control.fd, &frame, &body, NULL, 0);
}

static int
serve(struct cadre_worker *w, void *arg)
{
	unsigned int seat = cadre_worker_seat(w);

	cadre_worker_ready(w);
	if (cadre_worker_generation(w) > SEATS)
		return app_answer(w, arg);
	if (seat < LIES)
		say(w, lies[seat].reason, lies[seat].listener);
	else
		for (unsigned int i = 0; i < REASONS; i++)
			for (uint32_t k = PROXIED; k < STICKY; k++)
				say(w, i, k);
	return app_answer(w, arg);
}

static void
config(struct cadre_master *m, void *arg)
{
	(void)arg;
	cadre_master_listen(m, "tcp:127.0.0.1:0", "mode=gate");
	for (unsigned int k = PROXIED; k < STICKY; k++)
		cadre_master_listen(m, "tcp:127.0.0.1:0",
		    "mode=gate,proxy=127.0.0.1");
	cadre_master_listen(m, "tcp:127.0.0.1:0", "mode=sticky:cookie:sid");
	cadre_master_set(m, CADRE_MIN_UPTIME_MS, 0);
}

static struct {
	struct cadre_cursor cursor;
	uint64_t	first_ns, last_ns, tries;
	int		n, soon, named;
} seen;

static bool
all_told(void *arg)
{
	const struct app *a = arg;
	struct cadre_shm_event e;

	while (cadre_region_events(a->region, &seen.cursor, &e, 1) > 0) {
		if (e.kind != CADRE_EVENT_PEERS)
			continue;
		if (seen.n++ == 0)
			seen.first_ns = e.mono_ns;
		seen.last_ns = e.mono_ns;
		seen.soon += e.mono_ns < seen.first_ns + NS_PER_S;
		seen.named += memmem(e.text, e.text_bytes, ", seat 3: ", 10) !=
		    NULL;
		seen.tries += e.tries;
	}
	return seen.tries >= REASONS * (STICKY - PROXIED) * COUNT;
}

int
main(void)
{
	struct app *a = app_start_with(SEATS, serve, config, NULL);
	struct cadre_shm_event e;

	for (unsigned int i = 0; i < LIES; i++) {
		a->events = (struct cadre_cursor){ 0 };
		ok(app_wait_event(a, CADRE_EVENT_BAD_FRAME, i, &e) &&
		    memmem(e.text, e.text_bytes, "cannot be", 9) != NULL,
		    "to speak %s is a bad frame", lies[i].name);
	}
	ok(app_until(all_told, a), "what can be is told of");
	is_int(seen.named, seen.n, "each time with the seat");
	ok(seen.soon <= REASONS, "in the first second by %d events, one for "
	    "each reason", seen.soon);
	ok(seen.last_ns - seen.first_ns >= 2 * NS_PER_S, "so the listeners "
	    "take turns");
	is_u64(app_generation(a, LIES), SEATS, "and it lives on");
	is_int(app_stop(a), 0, "the master exits 0");
	return done_testing();
}
